"""Sentences made of claims: a template's fields are sources, and each is filled from the record it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.assistant.phrases import phrases

if TYPE_CHECKING:
    from daogou.assistant.records import Records
    from daogou.domain.conversation import Claim


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, with the claims that stand in it word for word."""

    text: str
    claims: tuple[Claim, ...] = ()


def say(records: Records, template: str, /, *, name: str = "", **sources: str) -> Said | None:
    """Fill a template from records; None if one of them holds no such fact, so that nothing is half said.

    `name` fills {name} with a word that is no fact, such as the name of an attribute.
    """
    claims = {field: records.claim(source) for field, source in sources.items()}
    stated = {field: claim for field, claim in claims.items() if claim is not None}
    if len(stated) < len(claims):
        return None
    words = {field: claim.text for field, claim in stated.items()}
    return Said(phrases(records.language).say[template].format(name=name, **words), tuple(stated.values()))


def fields_of(id: str, *names: str) -> dict[str, str]:
    """Sources of fields of a product, as `say` takes them."""
    return {name: f"product:{id}#{name}" for name in names}


def first(*options: Said | None) -> list[Said]:
    """The first sentence that could be said, as a list; empty if none could."""
    return next(([said] for said in options if said is not None), [])


def every(*options: Said | None) -> list[Said]:
    """All sentences that could be said."""
    return [said for said in options if said is not None]
