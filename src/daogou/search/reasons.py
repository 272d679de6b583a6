"""Says why a product is in a result, from the parts of its score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from daogou.domain.hit import Reason, ReasonKind
from daogou.domain.text import Text
from daogou.language.names import display_name

if TYPE_CHECKING:
    from daogou.domain.query import Slot, Where
    from daogou.domain.rule import Rule
    from daogou.retrieval.shelf import Shelf

_PLAIN: Mapping[str, tuple[ReasonKind, Text]] = {
    "exact": ("words", Text(zh="正是您输入的商品", en="Exactly what you typed")),
    "meaning": ("content", Text(zh="与您所说的意思相近", en="Near in meaning to what you typed")),
    "complete": ("words", Text(zh="包含您输入的每个词", en="Has every word of your query")),
    "alike": ("content", Text(zh="与最匹配的商品相似", en="Like the products that match best")),
    "like": ("content", Text(zh="与您选的商品相似", en="Like the product you chose")),
    "kind": ("words", Text(zh="正是这类商品", en="The kind of thing you named")),
    "popular": ("popular", Text(zh="近期受欢迎", en="Popular in this shop")),
    "history": ("history", Text(zh="符合您最近的浏览和购买", en="Close to what you viewed and bought")),
    "chosen": ("popular", Text(zh="搜索此词的顾客常选", en="Chosen often after this search")),
    "new": ("new", Text(zh="新品", en="New here")),
    "rated": ("reviews", Text(zh="评分高", en="Rated well")),
    "cheap": ("attribute", Text(zh="价格较低", en="Among the cheaper here")),
    "brand": ("popular", Text(zh="顾客常选的品牌", en="A brand that is often chosen here")),
}
SMALLEST = 0.02
"""A part of the score below this share is not worth a sentence."""


def because(
    parts: Mapping[str, float],
    *,
    matched: Sequence[str] | None,
    wishes: Sequence[Slot],
    where: Where,
    shelf: Shelf,
    rules: Mapping[str, Rule],
    said: Mapping[str, Text] | None = None,
) -> tuple[Reason, ...]:
    """The reasons of one product, largest share first.

    `matched` are the typed words that the product contains, None where nothing was typed. `said` is what reviewers say
    of each side, person or occasion that was asked for, by part of the score. A rule that lowered the score and a
    filter that it passed are stated with share 0.
    """
    total = sum(value for value in parts.values() if value > 0)
    reasons = [
        rules[name].stated(round(value / total, 4))
        if name in rules
        else Reason("reviews", said[name], round(value / total, 4), source=f"search.{name.partition(':')[0]}")
        if said and name in said
        else _reason(name, value / total, matched, wishes, shelf)
        for name, value in parts.items()
        if total > 0 and value / total >= SMALLEST
    ]
    reasons += [rules[name].stated(0.0) for name, value in parts.items() if value < 0 and name in rules]
    reasons.sort(key=lambda reason: -reason.share)
    return (*reasons, *_filters(where, shelf)) or (_CATALOGUE,)


def _reason(name: str, share: float, matched: Sequence[str] | None, wishes: Sequence[Slot], shelf: Shelf) -> Reason:
    share = round(share, 4)
    if name == "words":
        return Reason("words", _words(matched), share, source="search.words")
    if name.startswith("wish:"):
        slot = wishes[int(name.removeprefix("wish:"))]
        return Reason("attribute", _value(slot.name, slot.value, shelf), share, source="search.wish")
    kind, text = _PLAIN[name]
    return Reason(kind, text, share, source=f"search.{name}")


def _words(matched: Sequence[str] | None) -> Text:
    if matched is None:
        return Text(zh="名称与您选的商品用词相同", en="Named in words of the product you chose")
    if not matched:
        return Text(zh="商品介绍中提到", en="Its description mentions your words")
    return Text(zh=f"匹配“{'、'.join(matched)}”", en=f"Matches “{', '.join(matched)}”")


_CATALOGUE = Reason("rule", Text(zh="按商品目录顺序", en="In the order of the catalogue"), source="search.browse")


def _filters(where: Where, shelf: Shelf) -> list[Reason]:
    wanted = [("category", where.category)] if where.category else []
    wanted += [("brand", brand) for brand in sorted(where.brands) if len(where.brands) == 1]
    wanted += [(name, value) for name, values in where.attributes.items() for value in values if len(values) == 1]
    return [Reason("attribute", _value(name, value, shelf), 0.0, source="search.filter") for name, value in wanted]


def _value(name: str, value: str, shelf: Shelf) -> Text:
    label, called = shelf.label(name, value), display_name(name)
    return Text(zh=f"{called.show('zh')}：{label.show('zh')}", en=f"{called.show('en')}: {label.show('en')}")
