"""Whom and what reviewers bought a product for: 给爸爸买的, “my wife loves it”, 送人合适.

What they say is kept as further sides of the product, `for:father` or `for:gift`, so that it is counted, heard live and
asked by search like the others. A person counts where something was bought for, given to or liked by them: who
recommended the shop (朋友推荐的) was given nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from daogou.domain.text import Text
from daogou.language.shopping import GIFT, occasions, people
from daogou.opinions.clauses import spans
from daogou.opinions.mining import Opinion

if TYPE_CHECKING:
    from daogou.domain.review import Review
    from daogou.opinions.mining import Polarity

FOR = "for:"
"""What the sides begin with that say whom or what for."""
_GOOD, _BAD = 4.0, 2.0
"""Stars from which, and up to which, a review says that it suited or did not."""
_OTHERS = frozenset({"boss", "client", "her", "him", "colleague", "teacher", "woman", "man"})
"""Whom a review names without having bought for them: 给老板点赞 praises the shop."""
_VAGUE = frozenset({"home", "office", "school", "date", "business", "outdoor", GIFT})
"""Occasions whose words say other things in a review: “took it home”, “up to date”."""
_ALSO: Mapping[str, tuple[str, ...]] = {
    "father": ("parents",),
    "mother": ("parents",),
    "grandmother": ("elderly",),
    "grandfather": ("elderly",),
    "parents": ("father", "mother"),
    "elderly": ("grandmother", "grandfather"),
    "child": ("son", "daughter", "boy", "girl"),
    "son": ("child", "boy"),
    "daughter": ("child", "girl"),
    "boy": ("son", "child"),
    "girl": ("daughter", "child"),
}
"""Whose presents would do as well."""

_GAVE = r"(?:送给|买给|带给|寄给|孝敬|送|给|帮|替|为)(?:我|俺|自己|家里|家|的|两个|一个|了)*"
_LIKED = (
    r"们?(?:[的也都就]|说|表示|觉得|用了?|穿了?|看了?|收到)*(?:很|非常|特别|超级?|挺|好|真的?|最|太)*"
    r"(?:喜欢|满意|开心|高兴|爱不释手|好评|暖和|舒服|合适|好用)"
)
_USED = (
    r"(?:适合|用于|用来|拿来|拿去|买来|带去|作为|作|做|当|为了?)(?:去|来|在)?(?P<zh>ZH)(?![池场馆酒])"
    r"|(?P<then>ZH)的?(?:时候?)?(?:用|穿|戴|背|送|礼物|必备|专用|刚好)"
    r"|\b(?:for|on|during)\s+(?:my |our |the |a |his |her |their )?(?P<en>EN)\b"
)
_GIFTS = re.compile(
    r"送人|送礼|(?<=[当做作为的日节婚])礼[物品](?![盒袋])"
    r"|\b(?:as|for|a|the|my|great|good|nice|lovely|perfect|ideal|birthday|christmas|wedding)\s+(?:gift|present)s?\b"
    r"(?!\s*(?:card|wrap|bag|box))"
)
_NOT = re.compile(
    r"(?:不|别|没|无法|不太|不是很)(?:太|是|能|宜|建议|适合|推荐|用来|拿来)*$|\b(?:not|never|hardly)\b[a-z\s]*$"
)
_TOLD = re.compile(r"推荐|介绍")
_FROM_THE_SELLER = re.compile(r"商家|卖家|店家|店主|客服|赠|还送")
_GOODS = "宝贝"
"""A baby, and what sellers call their goods."""


def purposes(review: Review, judged: Iterable[Opinion] = ()) -> list[Opinion]:
    """Whom and what a review says it was for, each once, with the first clause that says so.

    It suited if the review speaks well of the product: by `judged`, the opinions found in it, or by its stars where
    these are none or balance. A review of three stars says nothing.
    """
    said = _verdict(review.rating, judged)
    if said is None:
        return []
    first: dict[str, Opinion] = {}
    for text in (review.title, review.text):
        for start, end in spans(text):
            quote = text[start:end]
            clause = quote.lower()
            for purpose, at in _purposes(clause):
                verdict: Polarity = "bad" if _NOT.search(clause[:at]) else said
                first.setdefault(purpose, Opinion(FOR + purpose, verdict, quote))
    return list(first.values())


def close_to(purpose: str) -> Iterator[str]:
    """The sides that answer a wish: for a father, what was bought for parents as well."""
    for each in (purpose, *_ALSO.get(purpose, ())):
        yield FOR + each


@cache
def purpose_labels() -> Mapping[str, Text]:
    """How each purpose is called."""
    return {
        line[0]: Text(en=line[0], zh=next((word for word in line if not word.isascii()), ""))
        for line in (*people(), *occasions())
    }


def _verdict(rating: float | None, judged: Iterable[Opinion]) -> Polarity | None:
    balance = sum(1 if opinion.polarity == "good" else -1 for opinion in judged)
    if balance:
        return "good" if balance > 0 else "bad"
    if rating is None or rating >= _GOOD:
        return "good"
    return "bad" if rating <= _BAD else None


def _purposes(clause: str) -> Iterator[tuple[str, int]]:
    """Each purpose of a clause in small letters, and where what says so begins."""
    given = list(_recipients(clause))
    yield from given
    gifts = [at for _, at in given if clause.startswith(("送", "孝敬"), at)]
    if not _FROM_THE_SELLER.search(clause):
        gifts += [match.start() for match in _GIFTS.finditer(clause)]
    yield from ((GIFT, at) for at in gifts[:1])
    happens = _happens()
    for match in happens.pattern.finditer(clause):
        yield happens.value[match["zh"] or match["then"] or match["en"]], match.start()


def _recipients(clause: str) -> Iterator[tuple[str, int]]:
    if _TOLD.search(clause):
        return
    someone = _someone()
    for match in someone.pattern.finditer(clause):
        said = next(word for word in match.groups() if word)
        yield someone.value[said], match.start()


class _Finder:
    """Words of purposes inside a pattern."""

    def __init__(self, lines: Iterable[tuple[str, ...]], pattern: str) -> None:
        self.value = {word: line[0] for line in lines for word in line if word != _GOODS}
        zh = _either(word for word in self.value if not word.isascii())
        en = _either(word for word in self.value if word.isascii())
        self.pattern = re.compile(pattern.replace("ZH", zh).replace("EN", en))


@cache
def _someone() -> _Finder:
    lines = [line for line in people() if line[0] not in _OTHERS]
    owner = r"(?:my|our|his|her)\s+(?:[a-z]+\s+)?"
    return _Finder(
        lines,
        rf"{_GAVE}(ZH)|(ZH){_LIKED}|\b(?:for|to)\s+{owner}(EN)s?\b"
        r"|\b(?:my|our)\s+(EN)\s+(?:just |really |absolutely )?"
        r"(?:loves?|loved|likes?|liked|enjoys?|adores?|is happy|was happy)\b",
    )


@cache
def _happens() -> _Finder:
    lines = [line for line in occasions() if line[0] not in _VAGUE]
    return _Finder(lines, _USED)


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
