"""What the generated pages have in common: one line of text, tables, and the notes beneath a dataclass's fields."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import is_dataclass
from itertools import pairwise


def prose(text: str | None) -> str:
    """A docstring as paragraphs."""
    return inspect.cleandoc(text or "")


def line(text: str | None) -> str:
    """Text as a table cell."""
    return " ".join((text or "").split()).replace("|", "\\|")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table; cells are given as they shall stand there."""
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def field_notes(kind: type) -> dict[str, str]:
    """The string beneath each field of a class, and of the dataclasses that it extends."""
    notes: dict[str, str] = {}
    for base in kind.__bases__:
        if is_dataclass(base):
            notes |= field_notes(base)
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    statements = body.body if isinstance(body, ast.ClassDef) else []
    for before, after in pairwise(statements):
        if (
            isinstance(before, ast.AnnAssign)
            and isinstance(before.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            notes[before.target.id] = inspect.cleandoc(str(after.value.value))
    return notes
