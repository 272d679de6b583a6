"""What shoppers ask about: sides of products, attributes, and what a shop has pages on. Read from topics.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from daogou.domain.text import Text
from daogou.opinions.aspects import Lexicon, Words

_ENGLISH = re.compile(
    r"^\W*(?:(?:hi|hello|hey|so|and|but|ok|please)\W+)*(?:is|are|was|does|do|did|can|could|will|would|should|has|have|how|what"
    r"|whats|which|when|where|who|why|anyone|anybody)\b"
)
_CHINESE = re.compile(
    r"[吗嘛]|么(?:$|\W)|呢(?:$|\W)|多少|多[大重长久高宽]|几[天个岁升斤件年月度码瓦小]|什么|啥|哪|怎么|怎样|如何|是否|(.)不\1|有没有|[能会可]不[能会可]"
)
_ALWAYS = frozenset({"price"})
"""Sides that the record always answers, in full view."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that is asked about."""

    id: str
    label: Text
    attributes: tuple[str, ...] = ()
    """Names in the catalogue that answer; the first is the one to fill in."""
    aspect: str | None = None
    """The side of a product that reviewers speak of."""
    pages: tuple[str, ...] = ()
    """Topics of the shop's pages that answer."""


@dataclass(frozen=True)
class Topics:
    """All topics at once."""

    by_id: Mapping[str, Topic]
    words: Mapping[str, str]
    """Each word that asks for one, with its id."""
    lexicon: Lexicon

    @cached_property
    def _every(self) -> Words:
        """Words for topics and for sides, found together so that the longest wins: “made of” is not “made”."""
        return Words([*self.words, *self.lexicon.naming])

    @cached_property
    def _of_aspect(self) -> Mapping[str, str]:
        return {topic.aspect: topic.id for topic in self.by_id.values() if topic.aspect}

    @cached_property
    def _of_attribute(self) -> Mapping[str, str]:
        return {name: topic.id for topic in reversed([*self.by_id.values()]) for name in topic.attributes}

    def asked(self, text: str, attributes: Iterable[str] = ()) -> tuple[str, ...]:
        """The topics that a question names; where it names none, those of the attributes whose values it names.

        A word of opinion that belongs to one side alone (耐穿) names it where no other word names any.
        """
        words = [word for word, _, _ in self._every.find(text.casefold().replace("’", "'"))]
        naming, aspects = self.lexicon.naming, self.lexicon.aspects
        named = [
            topic
            for word in words
            for topic in (
                [self.words[word]]
                if word in self.words
                else [self._of_aspect.get(id, "") for id in naming[word] if word in aspects[id].words]
            )
        ]
        if not named:
            named = [self._of_aspect.get(naming[word][0], "") for word in words if len(naming[word]) == 1]
        if not any(named):
            named = [self._of_attribute.get(name, f"attribute:{name}") for name in attributes]
        return tuple(dict.fromkeys(filter(None, named)))

    def topic(self, id: str) -> Topic:
        """The topic of an id that `asked` gave; the shop's own attributes are topics by their names."""
        if id in self.by_id:
            return self.by_id[id]
        name = id.removeprefix("attribute:")
        return Topic(id, Text.of(name.replace("_", " ")), (name,))

    def mentions(self, topic: Topic, text: str) -> bool:
        """Does a text speak of the topic in any of its words?"""
        return topic.id in self.asked(text)


def is_question(text: str) -> bool:
    """True for a text that asks something, by its mark, its particle or its first word."""
    small = text.casefold().strip()
    return small.endswith(("?", "？")) or bool(_CHINESE.search(small) or _ENGLISH.match(small))


@cache
def _shipped() -> Mapping[str, Any]:
    return tomllib.loads((files("daogou.opinions") / "topics.toml").read_text("utf-8"))


def topics_of(lexicon: Lexicon) -> Topics:
    """The topics that ship with Daogou, and every other side of products that the shop's reviewers may judge."""
    tables = _shipped()
    made = {
        id: Topic(
            id,
            Text(**table["label"]),
            tuple(table.get("attributes", ())),
            table.get("aspect"),
            tuple(table.get("pages", ())),
        )
        for id, table in tables.items()
    }
    covered = {topic.aspect for topic in made.values()} | _ALWAYS
    made |= {
        id: Topic(id, aspect.label, (id,), id)
        for id, aspect in lexicon.aspects.items()
        if id not in covered and id not in made
    }
    words = {word: id for id, table in tables.items() for word in table["words"]}
    return Topics(made, words, lexicon)
