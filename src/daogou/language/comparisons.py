"""Wishes against what is being looked at: “更便宜的”, “bigger”, “lighter than this”, 大一号."""

from __future__ import annotations

import re
from collections.abc import Iterator

from daogou.language.wishes import Said, Wish

# (dimension, direction): Chinese adjectives / English comparatives
_TABLE = """
price less: 便宜 实惠 低价 / cheaper less-expensive less-pricey lower-priced more-affordable lower-price
price more: 贵 高档 高端 高级 / pricier dearer more-expensive more-premium fancier higher-end more-upscale
size more: 大 宽敞 / bigger larger roomier size-up
size less: 小 小巧 / smaller more-compact size-down
length more: 长 / longer
length less: 短 / shorter
weight less: 轻 轻便 轻巧 / lighter less-heavy
weight more: 重 沉 / heavier
thickness more: 厚 厚实 / thicker
thickness less: 薄 轻薄 / thinner
width more: 宽 / wider
width less: 窄 / narrower
height more: 高 / taller higher
height less: 矮 低 / lower
warmth more: 暖和 保暖 / warmer
warmth less: 凉快 / cooler
softness more: 软 柔软 / softer
softness less: 硬 / harder firmer
noise less: 安静 静音 / quieter less-noisy
speed more: 快 / faster quicker
brightness more: 亮 / brighter
color more: 深 / darker deeper
quality more: 好 结实 耐用 / better nicer sturdier
"""
_NOUNS = {
    "screen": "屏幕 屏 / screen display", "capacity": "容量 / capacity", "battery": "续航 电池 / battery-life battery",
    "storage": "内存 存储 / storage memory", "power": "功率 / power wattage",
}  # fmt: skip
"""What a bigger or longer one is said of, where it is not the whole thing."""


def _rows() -> Iterator[tuple[str, str, list[str], list[str]]]:
    for line in _TABLE.strip().splitlines():
        (name, value), (zh, en) = line.partition(":")[0].split(), line.partition(":")[2].split("/")
        yield name, value, zh.split(), [word.replace("-", " ") for word in en.split()]


_ZH = {word: (name, value) for name, value, zh, _ in _rows() for word in zh}
DIRECTIONS = {word: (name, value) for name, value, _, en in _rows() for word in en}
"""What an English comparative compares, and whether it wants more or less of it."""
_NOUN = {word.replace("-", " "): name for name, words in _NOUNS.items() for word in words.replace("/", " ").split()}


def _any_of(words: dict[str, str] | dict[str, tuple[str, str]]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_ZH_WORD, _ZH_NOUN = f"(?P<word>{_any_of(_ZH)})", f"(?:(?P<noun>{_any_of(_NOUN)})(?:能|要|可以)?)?"
_CHINESE = (
    re.compile(rf"{_ZH_NOUN}比.{{1,8}}?(?:更|还)?{_ZH_WORD}(?:一?[点些]儿?)?的?"),
    re.compile(rf"{_ZH_NOUN}(?:稍微|稍|略微)?(?:更加?|再){_ZH_WORD}(?:一?[点些]儿?)?的?(?P<after>{_any_of(_NOUN)})?的?"),
    re.compile(rf"{_ZH_NOUN}(?:稍微|稍|略微|要)?{_ZH_WORD}(?:一?[点些]儿?|几[百十]块)(?:儿)?的?"),
    re.compile(r"(?P<word>[大小])(?:一|1|半|两)[号码](?:的)?"),
    re.compile(r"太(?P<dear>贵)了?"),
)  # fmt: skip
_EN_NOUN = rf"(?:\s(?P<noun>{_any_of(_NOUN)}))?"
_ENGLISH = re.compile(
    rf"(?<![a-z])(?:a\s(?:bit|little)\s|slightly\s|much\s|even\s|something\s)?(?P<word>{_any_of(DIRECTIONS)})(?![a-z]){_EN_NOUN}"
    r"(?:\sthan\s(?:this|that|it|these|those)(?:\s(?:one|ones))?(?![a-z])|\sthan\sthe\s[a-z]+(?:\sone)?(?![a-z]))?"
)


_TOO_DEAR = ("price", "less")
_TOO_EXPENSIVE = re.compile(r"(?<!not )(?<!nothing )too\s(?:expensive|pricey|dear|costly)(?![a-z])")
_NOT_BEFORE = re.compile("(?:不|别|不要|不能|性价比?)$")


def comparisons(said: Said) -> Iterator[Wish]:
    """Comparative slots: `name` is what is compared ("price", "size", …), `value` is "more" or "less"."""
    for pattern in _CHINESE:
        for match in pattern.finditer(said.text):
            if _NOT_BEFORE.search(said.text[: match.start()]):
                continue  # 别太贵 and 性价比更高 ask for an order
            yield _wish(match, _ZH[match["word"]] if "word" in match.groupdict() else _TOO_DEAR)
    for match in _TOO_EXPENSIVE.finditer(said.text):
        yield _wish(match, _TOO_DEAR)
    for match in _ENGLISH.finditer(said.text):
        yield _wish(match, DIRECTIONS[match["word"]])


def _wish(match: re.Match[str], meaning: tuple[str, str]) -> Wish:
    name, value = meaning
    noun = match.groupdict().get("noun") or match.groupdict().get("after")
    if noun and name in ("size", "length", "height"):
        name = _NOUN[noun]
    return Wish(*match.span(), "comparative", name, value)
