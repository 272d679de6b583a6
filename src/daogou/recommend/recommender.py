"""Recommendations: retrieve from every source, fuse, arrange, and say why."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from daogou.domain.errors import NotFound
from daogou.domain.hit import Hit, Hits, Reason
from daogou.domain.ids import Instant, ProductId, SessionId, ShopperId, current_instant
from daogou.language.label_names import LabelNames
from daogou.recommend import degraded, sources
from daogou.recommend.config import RecommendConfig
from daogou.recommend.degraded import Answered
from daogou.recommend.explanation import Counterfactual, Explanation, rank_with_pins, standing, withheld
from daogou.recommend.exploring import POOL, dice, epsilon_of, explore
from daogou.recommend.fusions import fusions
from daogou.recommend.group import LIKES, suiting
from daogou.recommend.live import Live
from daogou.recommend.looking import look, look_for_group
from daogou.recommend.models import Models, Opened
from daogou.recommend.ranking import reorderings
from daogou.recommend.reading import Reading, readings
from daogou.recommend.reasons import Reasoner
from daogou.recommend.request import RecommendRequest
from daogou.recommend.situation import Situation
from daogou.retrieval.arrange import Variety, ahead, arrange
from daogou.retrieval.candidates import Candidates
from daogou.retrieval.chance import APART, told
from daogou.retrieval.companions import path_of
from daogou.retrieval.content import bag_of
from daogou.retrieval.fusion import Fused
from daogou.retrieval.retriever import Placing
from daogou.retrieval.rules import Rulebook

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.article import Article
    from daogou.domain.rule import Rule
    from daogou.ports.stores import Followed, Shoppers
    from daogou.recommend.exploring import Placed
    from daogou.retrieval.evidence import Evidence
    from daogou.retrieval.shelf import Shelf

_TAIL_UNTRAINED = 50_000
"""Events from which a shop without a release learns what is popular."""
_PLACED_AT_ONCE = 20
"""Products new to the release that one answer may place by their words, about a millisecond each."""


class _Listed(NamedTuple):
    """The places of an answer."""

    picked: Candidates
    """What was picked for its score."""
    ordered: Sequence[tuple[int, Rule | None]]
    """The row of each place, and the rule that pinned it there."""
    drawn: Mapping[int, Placed]
    """By row what was placed by lot or might have been."""

    @property
    def scored(self) -> dict[int, float]:
        """The score of each row that was picked."""
        return dict(zip(self.picked.rows.tolist(), self.picked.scores.tolist(), strict=True))


class Recommender:
    """Answers from one release plus everything that has happened since. Safe to call from several threads."""

    def __init__(
        self,
        release: Opened | None,
        shelf: Shelf,
        events: Followed,
        *,
        shoppers: Shoppers | None = None,
        config: RecommendConfig | None = None,
        label_names: LabelNames | None = None,
        clock: Callable[[], Instant] = current_instant,
    ) -> None:
        """The shelf must have been built in the release's order: `Shelf(release.items())`."""
        if release is not None and shelf.ids[: len(items := list(release.items()))] != items:
            raise ValueError("the shelf's rows are not the release's: build it with Shelf(release.items())")
        self._models = Models.open(release) if release else Models.untrained(max(0, events.head() - _TAIL_UNTRAINED))
        self._shelf = shelf
        self._config = config or RecommendConfig()
        self._label_names = label_names or LabelNames()
        self._live = Live(self._models, shelf, events, shoppers, most_shown=self._config.exposure.most)
        self.rules = Rulebook((), shelf)
        """The shop's rules; may be replaced at any time."""
        self._clock = clock
        self._fusions = fusions(self._models)
        self._reorderings = reorderings(self._models, shelf)
        self._placed = self._models.n
        self._lock = threading.RLock()

    @property
    def release(self) -> str:
        """The release that answers; empty before the first training."""
        return self._models.release

    def refresh(self) -> int:
        """Take in new events and new products; every answer does this first. Returns how many events there were."""
        with self._lock:
            self._place_new_products()
            return self._live.refresh()

    def met_unknown(self) -> bool:
        """Has something been done with a product that was not on the shelf, since this was last asked?

        Of the events that were taken in: ask after an answer, or after `refresh`.
        """
        with self._lock:
            met, self._live.met_unknown = self._live.met_unknown, False
            return met

    def recommend(self, request: RecommendRequest) -> Hits:
        """Answer a request. Raises BadRequest for one that cannot be; an unknown shopper or product is served."""
        with self._lock:
            situation = self._look(request)
            allowed = self._allowed(request, situation)
            found = {} if situation.members else sources.found(situation, self._models, self._shelf, allowed)
            fused = self._fused(request, situation, allowed, found)
            listed = self._listed(request, situation, allowed, fused)
            shown = [row for row, _ in listed.ordered]
            made = fused.parts(shown)
            reasoner = Reasoner(situation, self._shelf, self._models, fused.names, self._label_names)
            varied = self._varied(request, listed.picked, fused.totals[1])
            because = reasoner.reasons(made, shown, drawn=listed.drawn, varied=varied)
            chances = self._chances(situation, found, shown)
            scored = listed.scored
            hits = tuple(
                Hit(
                    self._shelf.ids[row],
                    scored[row] if row in scored else float(made[place].sum()),
                    because[place] if pin is None else (pin.stated(1.0),),
                    listed.drawn[row].propensity if pin is None and row in listed.drawn else None,
                    chances.get(row),
                )
                for place, (row, pin) in enumerate(listed.ordered)
            )
        most = self._config.variety.most
        held = most if most is not None and len(listed.picked) < min(request.k, len(fused.rows)) else None
        missing = degraded.said(Answered(request, situation, self._shelf, hits, self.release, held))
        return Hits(hits, self._models.release, degraded=missing)

    def ranked(self, request: RecommendRequest) -> Candidates:
        """What `recommend` shows, in that order and with these scores: without the reasons, which are more than half of
        the time of a long list."""
        with self._lock:
            situation = self._look(request)
            allowed = self._allowed(request, situation)
            fused = self._fused(request, situation, allowed)
            listed = self._listed(request, situation, allowed, fused)
        scored = listed.scored
        rows = [row for row, _ in listed.ordered]
        if pinned := [row for row in rows if row not in scored]:
            scored |= zip(pinned, fused.parts(pinned).sum((1, 2)).tolist(), strict=True)
        return Candidates(np.array(rows, np.int32), np.array([scored[row] for row in rows], np.float32))

    def evidence(self, request: RecommendRequest) -> dict[str, Evidence]:
        """What each source says to a request by itself, before it is weighed; also those without a weight."""
        with self._lock:
            situation = self._look(request)
            allowed = self._allowed(request, situation)
            found = sources.found(situation, self._models, self._shelf, allowed)
            for name, retriever in self._models.further.items():
                if name not in found:
                    found[name] = retriever.evidence(situation.trail)
        return {name: evidence.kept(allowed[evidence.rows]) for name, evidence in found.items()}

    def read(self, request: RecommendRequest, articles: Iterable[Article]) -> tuple[Reading, ...]:
        """The articles that suit the request: beside its product, or else for the shopper. Raises BadRequest."""
        with self._lock:
            return readings(articles, self._look(request), self._shelf, request.k)

    def explain(self, shopper: ShopperId, product: ProductId) -> Explanation:
        """Take apart what speaks for a product. Raises NotFound for a product that is not on the shelf."""
        with self._lock:
            request = RecommendRequest(shopper=shopper, k=1)
            situation = self._look(request)
            row = self._shelf.row.get(product)
            if row is None:
                raise NotFound(f"no product {product!r}", where=product)
            fused = self._fused(request, situation, self._asked_for(row, request, situation))
            allowed = self._allowed(request, situation)
            score, rank = standing(fused, row, allowed)
            parts: Counter[str] = Counter()
            for part in fused.contributions(row):
                parts[part.source] += part.value  # type: ignore[assignment]  # Counter holds any number
            why = Reasoner(situation, self._shelf, self._models, fused.names, self._label_names)
            found = why.reasons(fused.parts([row]), [row], most=20)[0]
            because = tuple(self._counterfactual(reason, row, request, situation, fused) for reason in found)
            pinning = situation.ruling.pinning(allowed)
            pin = dict(pinning.pinned).get(row)
            if pin is not None:
                because = (Counterfactual(pin.stated(1.0), score, rank), *because)
            if pin is not None or rank is not None:
                rank = rank_with_pins(pinning, fused, row, allowed)
        return Explanation(
            shopper, product, self.release, score, rank, dict(parts), because, withheld(row, situation, self._shelf)
        )

    def prior(self) -> NDArray[np.float32]:
        """How popular each product is, by row: 0 to 1, on a logarithmic scale."""
        with self._lock:
            self.refresh()
            counts = np.log1p(self._models.popularity.popular.of(np.arange(len(self._shelf), dtype=np.int32)))
        return (counts / max(float(counts.max(initial=0.0)), 1e-9)).astype(np.float32)

    def affinity(self, shopper: ShopperId | None, session: SessionId | None) -> NDArray[np.float32] | None:
        """How near each product is to the taste of whoever asks, by row: 0 to 1; None for someone without a history."""
        request = RecommendRequest(shopper=shopper, session=session, kind="for-you")
        with self._lock:
            situation = self._look(request)
            if not len(situation.trail.rows):
                return None
            situation = situation.tasting()
            rows, scores = self._fused(request, situation, self._allowed(request, situation)).totals
        taste = np.zeros(len(self._shelf), np.float32)
        taste[rows] = scores / max(float(scores.max(initial=0.0)), 1e-9)
        return taste

    def _look(self, request: RecommendRequest) -> Situation:
        self.refresh()
        at = request.at if request.at is not None else self._clock()

        def one(request: RecommendRequest) -> Situation:
            return look(
                request,
                at,
                shelf=self._shelf,
                live=self._live,
                models=self._models,
                rules=self.rules,
                fusions=self._fusions,
                reorderings=self._reorderings,
                config=self._config,
            )

        return look_for_group(request, one) if request.chosen() == "group" else one(request)

    def _listed(
        self, request: RecommendRequest, situation: Situation, allowed: NDArray[np.bool_], fused: Fused
    ) -> _Listed:
        """The products of the answer in their places."""
        rows, scores = fused.totals
        epsilon = epsilon_of(request, self._config.explore)
        pool = POOL * request.k if epsilon else request.k
        picked = arrange(rows, scores, pool, variety=self._variety(request), groups=self._groups)
        order, drawn = picked.rows.tolist(), {}
        if epsilon:
            places = explore(order, request.k, epsilon=epsilon, random=dice(request, situation.at))
            order, drawn = [place.row for place in places], {place.row: place for place in places}
        return _Listed(picked, situation.ruling.pinning(allowed).pin(order, request.k), drawn)

    def _fused(
        self,
        request: RecommendRequest,
        situation: Situation,
        allowed: NDArray[np.bool_],
        found: Mapping[str, Evidence] | None = None,
    ) -> Fused:
        """Every source's entries for the allowed rows, on one scale. `found`: what they say, where that is known."""
        if situation.members:
            each = [self._fused(request, member.unruled(), allowed) for member in situation.members]
            liked = sources.liked(situation.likes, self._shelf)
            return situation.ruled(suiting(each, liked.kept(allowed.take(liked.rows))))
        if found is None:
            found = sources.found(situation, self._models, self._shelf, allowed)
        events = self._models.sequential.degree
        fused = situation.fused(found, events, allowed)
        rows, _ = fused.totals
        wanted = request.k if self._variety(request).most is None else request.k * self._config.variety.pool
        if len(rows) >= wanted:
            return fused
        left = allowed.copy()
        left[rows] = False
        if situation.candidates is not None:
            others = sources.given(situation.candidates, left)
        else:
            others = sources.fill(self._models, self._shelf, left, wanted)
        return situation.fused({**found, **others}, events, allowed)

    def _chances(self, situation: Situation, found: Mapping[str, Evidence], shown: Sequence[int]) -> dict[int, float]:
        """How likely each of the candidates is next; empty where that is not asked or not known."""
        learnt = self._models.chance
        if learnt is None or situation.candidates is None or situation.kind != "for-you" or not shown:
            return {}
        rows, events = np.array(shown, np.int32), self._models.sequential.degree
        told_of = {name: evidence for name, evidence in found.items() if name not in {*APART, LIKES}}
        fused = situation.fusion.fuse(told_of, events, situation.trail.rows)
        popular = self._models.popularity.popular.of(rows)
        chances = learnt.of(told(rows, fused, situation.trail, events=events, popular=popular))
        return dict(zip(shown, chances.tolist(), strict=True))

    def _asked_for(self, row: int, request: RecommendRequest, situation: Situation) -> NDArray[np.bool_]:
        """The rows that may be shown, and this one whether it may or not."""
        mask = self._allowed(request, situation)
        mask[row] = True
        return mask

    def _allowed(self, request: RecommendRequest, situation: Situation) -> NDArray[np.bool_]:
        mask = self._shelf.available.copy() if request.where is None else self._shelf.allowed(request.where)
        mask[situation.excluded] = False
        if situation.candidates is not None:
            listed = np.zeros(len(mask), bool)
            listed[situation.candidates] = True
            mask &= listed
        if situation.ruling.limits:
            mask &= ~situation.ruling.taken(len(mask))
        return mask

    def _counterfactual(
        self, reason: Reason, row: int, request: RecommendRequest, situation: Situation, fused: Fused
    ) -> Counterfactual:
        """Answer again as if the reason's products had never been touched, or its source said nothing."""
        if reason.products:
            rows = frozenset(self._shelf.rows(reason.products).tolist())
            other = self._fused(request, situation.without(rows), self._asked_for(row, request, situation))
        else:
            other = fused.silenced(reason.source)
        return Counterfactual(reason, *standing(other, row, self._allowed(request, situation)))

    def _variety(self, request: RecommendRequest) -> Variety:
        """A list that the caller gave is put in another order, and nothing of it is left out."""
        variety = self._config.variety
        return variety if request.candidates is None else replace(variety, most=None)

    def _varied(self, request: RecommendRequest, picked: Candidates, scores: NDArray[np.float32]) -> frozenset[int]:
        """The rows that others with a higher score made way for, so that a list is not all of one kind."""
        if self._variety(request).silent:
            return frozenset()
        return frozenset(picked.rows[ahead(picked, scores)].tolist())

    def _groups(self, row: int) -> Sequence[str]:
        product = self._shelf.products[row]
        if product is None:
            return ()
        brand = (f"brand {product.brand.casefold()}",) if product.brand else ()
        return (*brand, f"category {product.category[-1].key}") if product.category else brand

    def _place_new_products(self) -> None:
        content = self._models.content
        if content is None or self._placed == len(self._shelf):
            return
        end = min(len(self._shelf), self._placed + _PLACED_AT_ONCE)
        for row in range(self._placed, end):
            product = self._shelf.products[row]
            if product is not None:
                bag = bag_of(product, content.config)
                content.place(row, bag)
                self._models.companions.place(row, path_of(product))
                for retriever in self._models.further.values():
                    if isinstance(retriever, Placing):
                        retriever.place(row, bag)
        self._placed = end
