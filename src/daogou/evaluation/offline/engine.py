"""The shop's own recommender as it would have been at the split, and each of its sources alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
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


class Engine:
    """`evaluation.offline.systems.System`: the fused recommender and the sources behind it."""

    def __init__(
        self,
        release: Release,
        past: Stores,
        *,
        config: RecommendConfig,
        seconds: float,
        tell: Callable[[float], None],
        later: Unfolding | None = None,
    ) -> None:
        """`config`: how the shop arranges its answers. `seconds` is what training the release took; `tell` hears which
        part of a ranking is done. `later`: the log from its beginning, where the shop takes in what happens between
        the training and a question."""
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
        """CPU milliseconds of one answer with its reasons, measured by the last ranking."""

    @property
    def fit_s(self) -> Mapping[str, float]:
        """CPU seconds of the whole training, and of the sources whose fit the training timed."""
        timed = {name: value for name, value in self._metrics.items() if name.startswith("cpu_s.")}
        return {OURS: self._seconds} | {f"{name.removeprefix('cpu_s.')} alone": s for name, s in timed.items()}

    def hits(self, question: Question, *, kind: Kind = "for-you", k: int = DEPTH, seen: bool = False) -> Hits:
        """The shop's answer to one question, with reasons."""
        return self._then(question.at).recommend(_request(question, kind, k, seen=seen))

    def rank(self, questions: Sequence[Question], *, seen: bool) -> Mapping[str, Ranked]:
        """The fused list, and for each source the list of its evidence alone."""
        fused = self.ask(questions, kind="for-you", seen=seen)
        alone: dict[str, Ranked] = {}
        for done, place in enumerate(_in_time(questions), 1):
            for name, first in self._alone(questions[place], seen=seen).items():
                if not len(first):  # what was bought says nothing of new products
                    continue
                if name not in alone:
                    alone[name] = Ranked.blank(len(questions))
                alone[name].fill(place, first.rows, first.scores)
            self._tell(0.5 + 0.5 * done / len(questions))
        return {OURS: fused, **{f"{name} alone": ranked for name, ranked in sorted(alone.items())}}

    def ask(self, questions: Sequence[Question], *, kind: Kind, seen: bool) -> Ranked:
        """The fused lists of one kind."""
        ranked = Ranked.blank(len(questions))
        took = 0.0
        for done, place in enumerate(_in_time(questions), 1):
            self._then(questions[place].at)
            started = time.process_time()
            items = self.hits(questions[place], kind=kind, seen=seen).items
            took += time.process_time() - started
            rows = self.shelf.rows(hit.product for hit in items)
            ranked.fill(place, rows, np.array([hit.score for hit in items]))
            self._tell(0.5 * done / len(questions))
        self.answer_ms = 1000 * took / max(len(questions), 1)
        return ranked

    def _alone(self, question: Question, *, seen: bool) -> Mapping[str, Candidates]:
        """What each source puts first."""
        found = self._then(question.at).evidence(_request(question, "for-you", DEPTH, seen=seen))
        return {name: evidence.best(DEPTH) for name, evidence in found.items()}

    def _then(self, at: Instant) -> Recommender:
        """The recommender as it was at a moment. One that has taken in what came later is opened anew."""
        if self._later is not None:
            if at < self._later.now:
                self._recommender = self._open()
            self._later.now = at
            self._recommender.refresh()
        return self._recommender


def _in_time(questions: Sequence[Question]) -> list[int]:
    """Places, the earliest question first."""
    return sorted(range(len(questions)), key=lambda place: questions[place].at)


def _request(question: Question, kind: Kind, k: int, *, seen: bool) -> RecommendRequest:
    return RecommendRequest(
        shopper=question.shopper,
        session=question.session,
        kind=kind,
        k=k,
        at=question.at,
        exclude_seen=not seen,
    )
