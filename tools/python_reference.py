"""The page on Python: what `daogou.open_shop` gives, from the signatures and docstrings of `Shop`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import fields

import daogou
from daogou.domain.hit import Hit, Hits, Reason
from daogou.domain.query import Where
from daogou.shop.shop import Shop
from tools.markdown import field_notes, line, prose, table


def python() -> str:
    """The calls of a shop and the shapes of their answers."""
    parts = [
        "# Python\n",
        "The HTTP routes and the command line make these same calls. Errors are `daogou.domain.errors`: see "
        "[errors](errors.md).\n",
        *_call("daogou.open_shop", daogou.open_shop),
        "## A shop\n",
        prose(Shop.__doc__) + "\n",
    ]
    for name, member in vars(Shop).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            parts += [f"### shop.{name}\n", prose(member.__doc__) + "\n"]
        elif inspect.isfunction(member):
            parts += _call(f"shop.{name}", member, level=3)
    parts.append("## Answers and filters\n")
    for kind in (Hits, Hit, Reason, Where):
        parts += _shape(kind)
    return "\n".join(parts)


def _call(name: str, call: object, *, level: int = 2) -> Iterator[str]:
    signature = inspect.signature(call)  # type: ignore[arg-type]
    kept = [each for each in signature.parameters.values() if each.name != "self"]
    marked = "async " if inspect.iscoroutinefunction(call) else ""
    yield f"{'#' * level} {name}\n"
    yield f"```text\n{marked}{name}{_plainly(signature.replace(parameters=kept))}\n```\n"
    yield prose(getattr(call, "__doc__", "")) + "\n"


def _plainly(signature: inspect.Signature) -> str:
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(signature))


def _shape(kind: type) -> Iterator[str]:
    notes = field_notes(kind)
    yield f"### {kind.__name__}\n"
    yield prose(kind.__doc__) + "\n"
    yield from table(
        ("field", "type", "meaning"),
        ((f"`{each.name}`", f"`{line(str(each.type))}`", line(notes.get(each.name))) for each in fields(kind)),
    )
