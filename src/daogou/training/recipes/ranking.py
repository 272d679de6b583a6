"""Ranking: trees learnt from held-back steps, kept where they surely rank others of them better than the fusion.

Most held-back steps lie in the midst of a visit, where the kind and brand of the step before say much. Somebody who
comes back after days is after something else: the trees are heard at the beginning of a visit only where they surely
rank better, by a quarter, the steps that began one. A newest step that began a visit is all there is of that visit; on
such steps the trees gain several times what they do at the beginning of visits that go on.

Only what was known at the moment of a step is told. What a product costs and when it came is as the catalogue has it
now, and products that came after the step are among those it is ranked with, as new ones; stock and stars are left out,
because they tell of the time after the step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.domain.ids import DAY_MS
from daogou.features.history import STRENGTH
from daogou.retrieval.ranking import NAMES, QUESTIONS, Asker, Ranker, RankingConfig, described, spared
from daogou.retrieval.repeat import BASKET_REST_DAYS, REST_DAYS
from daogou.retrieval.shelf import Shelf
from daogou.retrieval.weighing import parts_of
from daogou.training.lesson import Skip

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.retrieval.fusion import Fusion
    from daogou.retrieval.pool import Pool
    from daogou.training.validation import Case

K = 10
_STEP = 2.0
"""What a tree says at most, before the rate: however well they part what they learn from, all trees together multiply
no score by more than the exponential of trees * rate * this."""
_PART = 0.25
"""Of what lists reach at the beginning of visits, what trees surely add where they are heard there."""
_SURE = 1.96
"""Standard errors of a mean to either side that hold 95 %."""


@dataclass(frozen=True, slots=True)
class Lists:
    """The first products of the fused list of each case whose answer is among them."""

    told: NDArray[np.float32]
    """(products, features)"""
    scores: NDArray[np.float32]
    """(products,) of the fusion."""
    answer: NDArray[np.bool_]
    """(products,)"""
    lengths: NDArray[np.int64]
    """(cases,)"""
    asked: int
    """Cases in all: of the others neither order has the answer."""

    @property
    def begin(self) -> NDArray[np.bool_]:
        """(cases,) The step began a visit."""
        starts = np.cumsum(self.lengths) - self.lengths
        found: NDArray[np.bool_] = self.told[starts, NAMES.index("pause")] > BASKET_REST_DAYS
        return found

    def part(self, lists: NDArray[np.bool_]) -> Lists:
        """Some of the cases."""
        kept = np.repeat(lists, self.lengths)
        return Lists(self.told[kept], self.scores[kept], self.answer[kept], self.lengths[lists], int(lists.sum()))

    def gains(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """(cases,) NDCG@10 of the answer under scores (products,); a tie counts half a place."""
        starts = np.cumsum(self.lengths) - self.lengths
        own = np.repeat(scores[self.answer], self.lengths)
        above, level = (np.add.reduceat(mask, starts, dtype=np.int64) for mask in (scores > own, scores == own))
        rank = above + 0.5 * (level - 1)
        return np.where(rank < K, 1 / np.log2(rank + 2), 0.0)

    def reached(self, scores: NDArray[np.floating], wanted: NDArray[np.int64], k: int) -> NDArray[np.float64]:
        """(cases,) NDCG@k of all answers of each under scores (products,). `wanted`: how many products each asks for,
        those that are not in its list too."""
        of = np.repeat(np.arange(len(self.lengths)), self.lengths)
        order = np.lexsort((-scores, of))  # ties stay as they are
        place = np.arange(len(of)) - np.repeat(np.cumsum(self.lengths) - self.lengths, self.lengths)
        hit = self.answer[order] & (place < k)
        discounts = 1 / np.log2(np.arange(2, k + 2))
        found = np.bincount(of[hit], discounts[place[hit]], len(self.lengths))
        reached: NDArray[np.float64] = found / np.cumsum(discounts)[np.minimum(wanted, k) - 1]
        return reached


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Held-back steps, and what the sources found for them without having seen them."""

    pool: Pool
    fusion: Fusion
    cases: Sequence[Case]
    products: Sequence[Product]
    events: NDArray[np.floating]
    """How many steps each row has among those that the sources were fitted on."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Those that have a say."""
        return tuple(name for name, weight in self.fusion.weights.items() if weight > 0)

    def parts(self) -> Iterator[NDArray[np.float32]]:
        """For each source what it adds to the score of each product of the pool."""
        seen = np.where(self.pool.seen, np.float32(self.fusion.seen), np.float32(1))
        yield from (seen * part for _, part in parts_of(self.pool, self.fusion, self.events))


def fit(held: HeldBack, *, config: RankingConfig, seed: int) -> tuple[Ranker, dict[str, float]]:
    """The ranker and how much better it ranks. Raises Skip, with the reason, where there is none to be had."""
    if not config.enabled:
        raise Skip("switched off: [training.ranking] enabled = false")
    loaded()
    lists = _lists(held, config)
    if (n := len(lists.lengths)) < config.least:
        raise Skip(f"{n} validation steps with the answer among the first {config.first}, fewer than {config.least}")
    before = lists.gains(lists.scores)
    ranked = corrected(lists, np.arange(n) % config.folds, held.sources, config, seed)
    gains = lists.gains(lists.scores * spared(ranked / lists.scores, lists.told.T)) - before
    found = surely(
        gains, lists.asked, before=float(before.sum()) / lists.asked, of=f"NDCG@{K}", judged="the fusion", on="steps"
    )
    begin = lists.begin
    found["beginnings"] = float(begin.mean())
    asked = max(1, int(begin.sum()))
    reached = float(before[begin].sum()) / asked
    gained, sure, _ = _interval(gains[begin], asked)
    found |= {"beginnings.before": reached, "beginnings.gain": gained, "beginnings.gain.low": sure}
    heard = sure > _PART * reached
    ranker = learn(lists, held.sources, config, seed, within_days=None if heard else BASKET_REST_DAYS)
    return ranker, {f"ranking.ndcg@{K}.{name}": found[name] for name in found}


def loaded() -> None:
    """Raise Skip where LightGBM does not load: it needs an OpenMP of the system, which slim images leave out."""
    try:
        import lightgbm  # noqa: F401
    except OSError as error:
        raise Skip(
            f"LightGBM does not load ({error}): install OpenMP, as libgomp1 on Debian or libomp by Homebrew"
        ) from None


def corrected(
    lists: Lists, fold: NDArray[np.int64], sources: Sequence[str], config: RankingConfig, seed: int
) -> NDArray[np.float32]:
    """(products,) The scores, each list's multiplied as trees say that learnt from the lists of other folds. `fold`:
    (lists,)"""
    scores = lists.scores.copy()
    for judged in range(config.folds):
        ranker = learn(lists.part(fold != judged), sources, config, seed)
        here = np.repeat(fold == judged, lists.lengths)
        scores[here] *= ranker.factors(lists.told[here].T)
    return scores


def surely(gains: NDArray[np.float64], n: int, *, before: float, of: str, judged: str, on: str) -> dict[str, float]:
    """What n gains come to, of which those not given are 0; raises Skip where they are not surely above 0. `before`:
    what `judged` reached without them."""
    mean, low, high = _interval(gains, n)
    if low <= 0:
        raise Skip(
            f"tried, not surely better: {of} {before:.4f} of {judged} became {before + mean:.4f} on held-back {on}, "
            f"the 95 % interval of the gain is {low:+.4f} to {high:+.4f}"
        )
    return {"before": before, "gain": mean, "gain.low": low, "gain.high": high}


def _interval(gains: NDArray[np.float64], n: int) -> tuple[float, float, float]:
    """The mean of n gains, of which those not given are 0, and its 95 % interval."""
    mean = float(gains.sum()) / n
    error = np.sqrt(max(0.0, float((gains**2).sum()) / n - mean**2) / n)
    return mean, float(mean - _SURE * error), float(mean + _SURE * error)


def _lists(held: HeldBack, config: RankingConfig) -> Lists:
    """The lists as they would have been shown, without what the shopper has just bought."""
    pool, cases = held.pool, held.cases
    askers = [asker for case in cases if (asker := case.asker) is not None]
    days = REST_DAYS if held.fusion.rests else BASKET_REST_DAYS
    resting = [_resting(asker, days) for asker in askers]
    scores = np.zeros(len(pool.rows), np.float32)
    for part in held.parts():
        scores += part
    asked: list[int] = []
    first: list[NDArray[np.int64]] = []
    ends = pool.lengths.cumsum()
    for number, end, length, answer in zip(pool.numbers, ends, pool.lengths, pool.answers, strict=True):
        one = slice(end - length, end)
        shown = np.where(np.isin(pool.rows[one], resting[number]), 0, scores[one])
        best = np.argsort(-shown, kind="stable")[: config.first]
        best = best[shown[best] > 0] + end - length
        if answer in best:
            asked.append(int(number))
            first.append(best)
    here = np.concatenate([np.empty(0, np.int64), *first])
    lengths = np.array([len(best) for best in first], np.int64)
    parts = np.stack([part[here] for part in held.parts()])  # (sources, products)
    goods = Shelf.of(held.products)
    told = []
    for number, best, end in zip(asked, first, lengths.cumsum(), strict=True):
        of = parts[:, end - len(best) : end]
        told.append(described(pool.rows[best], scores[best], of, askers[number], goods=goods, events=held.events).T)
    answered = np.isin(here, pool.answers)
    n = sum(case.target not in out for case, out in zip(cases, resting, strict=True))
    width = len(NAMES) + len(parts)
    return Lists(np.concatenate([np.empty((0, width), np.float32), *told]), scores[here], answered, lengths, n)


def _resting(asker: Asker, days: float) -> NDArray[np.int32]:
    """What more was done with lately than to look at it: it is not recommended. And what was turned to last, which is
    never the answer: turned to again it is the same step."""
    resting = (asker.trail.weights > STRENGTH["view"]) & (asker.at - asker.times < days * DAY_MS)
    resting[:1] = True
    return asker.trail.rows[resting]


def learn(
    lists: Lists, sources: Sequence[str], config: RankingConfig, seed: int, *, within_days: float | None = None
) -> Ranker:
    """LambdaMART on top of the logarithm of the fused score, which it corrects."""
    import lightgbm

    data = lightgbm.Dataset(
        lists.told, lists.answer.astype(np.int32), group=lists.lengths, init_score=np.log(lists.scores)
    )
    options = {
        "objective": "lambdarank", "num_leaves": QUESTIONS + 1, "learning_rate": config.rate,
        "min_data_in_leaf": config.leaf, "max_delta_step": _STEP, "lambdarank_truncation_level": 2 * K,
        "use_missing": False, "feature_fraction": 0.6, "bagging_fraction": 0.8, "bagging_freq": 1,
        "seed": seed, "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbose": -1,
    }  # fmt: skip
    trees = lightgbm.train(options, data, config.trees).dump_model()["tree_info"]
    tables = [_table(tree["tree_structure"]) for tree in trees]
    features, limits, says = (np.stack(columns) for columns in zip(*tables, strict=True))
    return Ranker(sources, features, limits, says, config, within_days=within_days)


def _table(tree: dict[str, Any]) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
    """The questions of a tree, and what it says to every combination of answers."""
    questions: list[dict[str, Any]] = []

    def number(node: dict[str, Any]) -> None:
        if "split_feature" in node:
            node["question"] = len(questions)
            questions.append(node)
            number(node["left_child"])
            number(node["right_child"])

    def leaf(node: dict[str, Any], answers: int) -> float:
        while "split_feature" in node:
            node = node["left_child"] if answers >> node["question"] & 1 else node["right_child"]
        return float(node["leaf_value"])

    number(tree)
    features, limits = np.zeros(QUESTIONS, np.int32), np.zeros(QUESTIONS, np.float32)
    for place, node in enumerate(questions):
        features[place], limits[place] = node["split_feature"], _at_most(node["threshold"])
    says = np.array([leaf(tree, answers) for answers in range(1 << QUESTIONS)], np.float32)
    return features, limits, says


def _at_most(threshold: float) -> np.float32:
    """The largest number of 32 bits that is not above the threshold, so that the same numbers pass."""
    near = np.float32(threshold)
    return near if float(near) <= threshold else np.nextafter(near, np.float32(-np.inf))
