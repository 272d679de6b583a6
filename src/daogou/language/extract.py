"""Short extracts of longer texts, cut at the end of a sentence."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[^。！？!?\n]*?(?:[。！？!?\n]|\.(?=\s|$)|$)")


def sentences(text: str) -> list[str]:
    """The sentences of a text, with their marks; those without words are left out."""
    return [found for one in _SENTENCE.findall(text) if (found := one.strip())]


def extract(text: str, *, limit: int = 240) -> str:
    """The leading sentences that fit in `limit` characters; a longer first sentence is cut with an ellipsis."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    kept = ""
    for sentence in _SENTENCE.findall(flat):
        if len(kept) + len(sentence) > limit:
            break
        kept += sentence
    return kept.strip() or flat[: limit - 1].rstrip() + "…"
