"""Where a language model may come in: it may order and connect verified sentences, and state nothing itself.

A phraser is given numbered facts and returns text with marks such as `{1}` where the facts go. The server puts the
facts' own words in the marks' place, so no figure of a shop ever passes through a model. Everything outside the marks
is checked by `connective`; anything that could state a fact makes the whole text be refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from daogou.assistant.phrases import normalised, phrases
from daogou.assistant.verify import figures
from daogou.domain.text import language_of

if TYPE_CHECKING:
    from daogou.assistant.say import Said
    from daogou.assistant.tools import Tools
    from daogou.domain.text import Language

_MARK = re.compile(r"\{(\d{1,3})\}")
_NAMED = re.compile(r"[《“\"「『][^》”\"」』]*[》”\"」』]|https?:|www\.|[@<>#$€£¥￥%％*_`|\[\]{}/\\]")
_CAPITALS = re.compile(r"(?<![.!?。！？:：\n]\s)(?<!^)(?<![.!?\n])\b(?!I\b)[A-Z]\w*")
_SPELT = re.compile(r"[零〇一二两三四五六七八九十百千万亿半](?!些|起|下|直|定|样|般|切|边|方面|共|同)")
_LONGEST = 1200


class Phraser(Protocol):
    """Words around facts; may be a model behind a network, may be wrong, slow or hostile."""

    async def phrase(self, facts: Sequence[str], *, question: str, language: Language) -> str:
        """Text with each fact's mark, `{1}` to `{n}`, exactly once."""


class Refused(Exception):
    """A phrasing that states something on its own."""


def accept(text: str, said: Sequence[Said], *, language: Language, tools: Tools) -> str:
    """Put the facts in place of their marks. Raises Refused naming what is wrong with the text."""
    if len(text) > _LONGEST:
        raise Refused("too long")
    order = [int(number) - 1 for number in _MARK.findall(text)]
    if sorted(order) != list(range(len(said))):
        raise Refused("a fact is missing, repeated or made up")
    for part in _MARK.split(text)[::2]:
        connective(part, language=language, tools=tools)
    return _MARK.sub(lambda mark: said[int(mark.group(1)) - 1].text, text)


def connective(text: str, *, language: Language, tools: Tools) -> None:
    """Raise Refused if a text between facts could state one.

    Refused are figures in digits or words, the guarded words of both languages' tables, quotations, links, names in
    capitals, the other language, and anything the shop's own vocabulary takes for a product, brand, category or value.
    """
    plain = normalised(text)
    if not plain.strip(" ,.;:!?，。；：！？、…—-~"):
        return
    if any(char.isnumeric() and not _is_han(char) for char in text) or figures(text) or _SPELT.search(text):
        raise Refused("a figure that no record gave")
    for table in (phrases("zh"), phrases("en")):
        found = table.guarded.search(plain)
        if found:
            raise Refused(f"a fact in its own words: {found.group()!r}")
    if _NAMED.search(text) or _CAPITALS.search(text.strip()):
        raise Refused("a name, a link or a quotation")
    if language_of(plain) != language and any(char.isalpha() for char in plain):
        raise Refused("another language")
    understood = tools.understand(text)
    if understood.slots:
        raise Refused(f"something of the catalogue: {understood.slots[0].value!r}")


def _is_han(char: str) -> bool:
    return "㐀" <= char <= "鿿"
