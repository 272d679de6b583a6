"""How many reviews like one side of a product, as a sentence in both languages."""

from __future__ import annotations

from daogou.domain.text import Text


def counted(label: Text, good: int, bad: int) -> Text:
    """The sentence; `label` names the side."""
    n = good + bad
    en, zh = label.show("en"), label.show("zh")
    if not bad:
        return Text(zh=f"{n} 条评价提到{zh}，都满意", en=f"{en}: all {n} reviews that mention it like it")
    if not good:
        return Text(zh=f"{n} 条评价提到{zh}，都不满意", en=f"{en}: none of the {n} reviews that mention it like it")
    return Text(zh=f"{n} 条评价提到{zh}，{good} 条满意", en=f"{en}: {good} of {n} reviews that mention it like it")
