"""The shop's own recommender as it would have been at the split, and each of its sources alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from daogou.domain.kinds import Kind
from daogou.evaluation.offline.systems import DEPTH, OURS, Ranked
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import RecommendRequest
from daogou.retrieval.shelf import Shelf

if TYPE_CHECKING:
    from daogou.domain.hit import Hits
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
    ) -> None:
        """`config`: how the shop arranges its answers. `seconds` is what training the release took; `tell` hears which
        part of a ranking is done."""
        self.shelf = Shelf(release.items())
        self.shelf.refresh(past.catalogue)
        self._recommender = Recommender(release, self.shelf, past.followed, shoppers=past.shoppers, config=config)
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
        return self._recommender.recommend(_request(question, kind, k, seen=seen))

    def rank(self, questions: Sequence[Question], *, seen: bool) -> Mapping[str, Ranked]:
        """The fused list, and for each source the list of its evidence alone."""
        fused = self.ask(questions, kind="for-you", seen=seen)
        alone: dict[str, Ranked] = {}
        for place, question in enumerate(questions):
            for name, first in self._alone(question, seen=seen).items():
                if not len(first):  # what was bought says nothing of new products
                    continue
                if name not in alone:
                    alone[name] = Ranked.blank(len(questions))
                alone[name].fill(place, first.rows, first.scores)
            self._tell(0.5 + 0.5 * (place + 1) / len(questions))
        return {OURS: fused, **{f"{name} alone": ranked for name, ranked in sorted(alone.items())}}

    def ask(self, questions: Sequence[Question], *, kind: Kind, seen: bool) -> Ranked:
        """The fused lists of one kind."""
        ranked = Ranked.blank(len(questions))
        started = time.process_time()
        for place, question in enumerate(questions):
            items = self.hits(question, kind=kind, seen=seen).items
            rows = self.shelf.rows(hit.product for hit in items)
            ranked.fill(place, rows, np.array([hit.score for hit in items]))
            self._tell(0.5 * (place + 1) / len(questions))
        self.answer_ms = 1000 * (time.process_time() - started) / max(len(questions), 1)
        return ranked

    def _alone(self, question: Question, *, seen: bool) -> Mapping[str, Candidates]:
        """What each source puts first."""
        found = self._recommender.evidence(_request(question, "for-you", DEPTH, seen=seen))
        return {name: evidence.best(DEPTH) for name, evidence in found.items()}


def _request(question: Question, kind: Kind, k: int, *, seen: bool) -> RecommendRequest:
    return RecommendRequest(
        shopper=question.shopper,
        session=question.session,
        kind=kind,
        k=k,
        at=question.at,
        exclude_seen=not seen,
    )
