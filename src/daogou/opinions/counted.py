"""How many reviews say something of a product, as a sentence in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from daogou.domain.text import Text
from daogou.opinions.bought_for import FOR, purpose_labels


def counted(label: Text, good: int, bad: int) -> Text:
    """The sentence; `label` names the side."""
    n = good + bad
    en, zh = label.show("en"), label.show("zh")
    if not bad:
        return Text(zh=f"{n} 条评价提到{zh}，都满意", en=f"{en}: all {n} reviews that mention it like it")
    if not good:
        return Text(zh=f"{n} 条评价提到{zh}，都不满意", en=f"{en}: none of the {n} reviews that mention it like it")
    return Text(zh=f"{n} 条评价提到{zh}，{good} 条满意", en=f"{en}: {good} of {n} reviews that mention it like it")


def purposes_counted(good: Mapping[str, int]) -> Text:
    """How many reviews say that it suited each person or occasion, most first; the sides as `for:father`."""
    said = [(purpose_labels()[side.removeprefix(FOR)], n) for side, n in good.items() if n]
    said.sort(key=lambda each: -each[1])
    en = (f"{label.en} ({n} review{'s' if n > 1 else ''})" for label, n in said)
    return Text(
        zh=f"评价说买给或用于：{'、'.join(f'{label.zh}（{n} 条）' for label, n in said)}",
        en=f"Bought for: {', '.join(en)}",
    )
