"""The shop's own recommender as it would have been at the split, and each of its sources alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.kinds import Kind
from daogou.evaluation.offline.systems import DEPTH, OURS, Ranked
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.shelf import Shelf

if TYPE_CHECKING:
    from daogou.domain.hit import Hits
    from daogou.domain.ids import Instant
    from daogou.evaluation.offline.past import Unfolding
    from daogou.evaluation.offline.questions import Question
    from daogou.ports.stores import Stores
    from daogou.recommend.config import RecommendConfig
    from daogou.retrieval.candidates import Candidates
    from daogou.training.releases import Release

_TIMED = 50
"""About so many answers of a ranking are asked for with their reasons, too, to see what one takes."""


class Engine:
    """`evaluation.offline.systems.System`: the fused recommender and the sources behind it."""

    def __init__(
        self,
        release: Release,
        past: Stores,
        *,
        config: RecommendConfig,
        seconds: float,
        tell: Callable[[str, float], None],
        later: Unfolding | None = None,
    ) -> None:
        """`config`: how the shop arranges its answers. `seconds` is what training the release took; `tell` hears what
        is ranked and which part of it is done. `later`: the log from its beginning, where the shop takes in what
        happens between the training and a question."""
        self.shelf = Shelf(release.items())
        self.shelf.refresh(past.catalogue)
        self._later = later
        followed = past.followed if later is None else later
        self._open = partial(Recommender, release, self.shelf, followed, shoppers=past.shoppers, config=config)
        self._recommender = self._open()
        self._seconds = seconds
        self._metrics = release.manifest.metrics
        self._tell = tell
        self.answer_ms = 0.0
        """CPU milliseconds of one answer with its reasons, of some that the last ranking measured beside its own."""

    @property
    def fit_s(self) -> Mapping[str, float]:
        """CPU seconds of the whole training, and of the sources whose fit the training timed."""
        timed = {name: value for name, value in self._metrics.items() if name.startswith("cpu_s.")}
        return {OURS: self._seconds} | {f"{name.removeprefix('cpu_s.')} alone": s for name, s in timed.items()}

    def hits(self, question: Question, *, kind: Kind = "for-you", k: int = DEPTH, seen: bool = False) -> Hits:
        """The shop's answer to one question, with reasons."""
        return self._then(question.at).recommend(_request(question, kind, k, seen=seen))

    def listed(self, question: Question, *, kind: Kind = "for-you", k: int = DEPTH, seen: bool = False) -> Candidates:
        """The same products and scores, without reasons."""
        return self._then(question.at).ranked(_request(question, kind, k, seen=seen))

    def rank(self, questions: Sequence[Question], *, seen: bool) -> Mapping[str, Ranked]:
        """The fused list, and for each source the list of its evidence alone."""
        ranked = {OURS: Ranked.blank(len(questions))}
        took = []
        for done, place in enumerate(self._in_time(questions, "all products" if seen else "new products")):
            question = questions[place]
            fused = self.listed(question, seen=seen)
            ranked[OURS].fill(place, fused.rows, fused.scores)
            for name, first in self._alone(question, seen=seen).items():
                if len(first):  # what was bought says nothing of new products
                    if name not in ranked:
                        ranked[name] = Ranked.blank(len(questions))
                    ranked[name].fill(place, first.rows, first.scores)
            if done % max(1, len(questions) // _TIMED) == 0:
                took.append(self._seconds_of(question, seen=seen))
        self.answer_ms = 1000 * float(np.mean(took or [0.0]))
        return {OURS: ranked.pop(OURS), **dict(sorted(ranked.items()))}

    def ask(self, questions: Sequence[Question], *, kind: Kind, seen: bool) -> Ranked:
        """The fused lists of one kind."""
        ranked = Ranked.blank(len(questions))
        for place in self._in_time(questions, kind):
            first = self.listed(questions[place], kind=kind, seen=seen)
            ranked.fill(place, first.rows, first.scores)
        return ranked

    def _alone(self, question: Question, *, seen: bool) -> Mapping[str, Candidates]:
        """What each source puts first."""
        found = self._then(question.at).evidence(_request(question, "for-you", DEPTH, seen=seen))
        return {f"{name} alone": evidence.best(DEPTH) for name, evidence in found.items()}

    def _seconds_of(self, question: Question, *, seen: bool) -> float:
        """CPU seconds of one answer with its reasons."""
        started = time.process_time()
        self.hits(question, seen=seen)
        return time.process_time() - started

    def _in_time(self, questions: Sequence[Question], what: str) -> Iterator[int]:
        """Places, the earliest question first; it is told how far they are."""
        for done, place in enumerate(sorted(range(len(questions)), key=lambda place: questions[place].at)):
            self._tell(what, done / len(questions))
            yield place
        self._tell(what, 1.0)

    def _then(self, at: Instant) -> Recommender:
        """The recommender as it was at a moment. One that has taken in what came later is opened anew."""
        if self._later is not None:
            if at < self._later.now:
                self._recommender = self._open()
            self._later.now = at
            self._recommender.refresh()
        return self._recommender


def _request(question: Question, kind: Kind, k: int, *, seen: bool) -> RecommendRequest:
    return RecommendRequest(
        shopper=question.shopper,
        session=question.session,
        kind=kind,
        k=k,
        at=question.at,
        exclude_seen=not seen,
    )
