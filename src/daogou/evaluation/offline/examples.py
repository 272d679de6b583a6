"""A few shoppers with what they knew, what they turned to next, and what each system would have shown them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.text import Text
from daogou.evaluation.offline.systems import NOTHING, OURS, Ranked

if TYPE_CHECKING:
    from daogou.evaluation.offline.engine import Engine
    from daogou.evaluation.offline.questions import Question

EXAMPLES = 4
SHOWN = 5
BESIDE = ("item-kNN", "most popular")
"""Baselines whose lists stand beside the shop's."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One product of a list."""

    title: Text
    wanted: bool
    """The shopper turned to it after the split."""
    because: Text = Text()
    """The strongest reason, where the system states one."""


@dataclass(frozen=True, slots=True)
class Example:
    """One shopper. They are not named: the report may be passed on."""

    history: tuple[Text, ...]
    """The newest products of the past, newest first."""
    later: tuple[Text, ...]
    lists: Mapping[str, tuple[Entry, ...]]


def examples(
    engine: Engine, rankings: Mapping[str, Ranked], asked: Sequence[Question], *, seed: int
) -> tuple[Example, ...]:
    """Shoppers with some history, drawn with the seed whether or not their lists turned out well."""
    able = [place for place, question in enumerate(asked) if len(question.history) >= 3]
    drawn = np.random.default_rng(seed).permutation(len(able))[:EXAMPLES]
    return tuple(_example(engine, rankings, asked[able[place]], able[place]) for place in drawn.tolist())


def _example(engine: Engine, rankings: Mapping[str, Ranked], question: Question, place: int) -> Example:
    wanted = set(question.new.tolist())
    ours = tuple(
        Entry(_title(engine, row), row in wanted, hit.because[0].text if hit.because else Text())
        for hit in engine.hits(question, k=SHOWN).items
        for row in [engine.shelf.row[hit.product]]
    )
    beside = {name: rankings[name].rows[place, :SHOWN].tolist() for name in BESIDE if name in rankings}
    lists = {
        name: tuple(Entry(_title(engine, row), row in wanted) for row in rows if row != NOTHING)
        for name, rows in beside.items()
    }
    return Example(
        history=tuple(_title(engine, row) for row in question.history[::-1][:SHOWN].tolist()),
        later=tuple(_title(engine, row) for row in question.new[:SHOWN].tolist()),
        lists={OURS: ours, **lists},
    )


def _title(engine: Engine, row: int) -> Text:
    product = engine.shelf.products[row]
    return product.title if product is not None else Text.of(engine.shelf.ids[row])
