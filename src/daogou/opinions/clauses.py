"""Cuts a text into clauses: what is judged and how stand close together."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = "。！？；，、,.!?;…~～\\n"
_HAN = "㐀-鿿豈-﫿"
_CLAUSE = re.compile(
    rf"[^{_END}]+?(?=[{_END}]|(?<=[{_HAN}])\s+(?=[{_HAN}])|但是|但|不过|可是|就是|而且"
    r"|\bbut\b|\bhowever\b|\balthough\b|\bthough\b|$)"
)
"""A space between Chinese characters stands where its writer left out the comma."""


def clauses(text: str) -> Iterator[str]:
    """The clauses of a text, without the space around them."""
    for start, end in spans(text):
        yield text[start:end]


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the clauses of a text begin and end."""
    for match in _CLAUSE.finditer(text):
        clause = match.group()
        if kept := clause.strip():
            start = match.start() + clause.index(kept)
            yield start, start + len(kept)
