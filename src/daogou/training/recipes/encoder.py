"""Tunes the packaged text encoder to a shop: queries near what was clicked or bought after them.

In-batch contrastive loss (InfoNCE, van den Oord et al. 2018, https://arxiv.org/abs/1807.03748) on pairs of the shop:
query and product, name of a category and product, name and description, two products of one purchase; with hard
negatives that the untuned encoder finds (Xiong et al. 2020, https://arxiv.org/abs/2007.00808), without those too like
the right product, which are mostly right themselves (de Souza P. Moreira et al. 2024,
https://arxiv.org/abs/2407.15831); on prefixes of the vectors too (Kusupati et al. 2022,
https://arxiv.org/abs/2205.13147). A share of the weights as they were is mixed into what is judged and served (Wortsman
et al. 2022, https://arxiv.org/abs/2109.01903). The vectors of the word pieces stay as they are: a tuned model is 22 MB
beside the package. torch tunes; what is judged and served is the ONNX graph in integers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.retrieval.encoding.e5 import E5, in_integers, shortened
from daogou.retrieval.meaning import text_of
from daogou.training.asking import GAP, ways
from daogou.training.pairs import Behaviour, Varied, Wanted, named
from daogou.training.recipes.learner import Learner, device, seeded
from daogou.training.recipes.network import Network, digest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.domain.text import Text
    from daogou.ports.encoder import Encoder
    from daogou.retrieval.encoding.graph import Weights
    from daogou.retrieval.encoding.tuned import TuningConfig
    from daogou.retrieval.encoding.weights import Model
    from daogou.training.exam import Exam


@dataclass(frozen=True, slots=True)
class Tuned:
    """What came of it."""

    graph: bytes
    recalls: NDArray[np.float64]
    """Recall@10 of each query it stopped by."""
    steps: int
    seconds: float
    """Processor time."""

    @property
    def recall(self) -> float:
        return float(self.recalls.mean())


# --- data ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts that belong together by place, one negative each, and which of the products are no negatives for whom."""

    asking: Sequence[str]
    offered: Sequence[str]
    """The right ones, then the negatives."""
    right_too: NDArray[np.bool_]
    """(asking, offered)"""


@dataclass(frozen=True, slots=True)
class _Asked:
    """Texts that ask for products, with what is right for each and what is surely wrong."""

    texts: Sequence[str]
    right: Wanted
    wrong: Mapping[str, Sequence[int]]


class Pairs:
    """Draws batches."""

    def __init__(
        self,
        products: Sequence[Product],
        behaviour: Behaviour,
        learnt: Wanted,
        *,
        encoder: Encoder,
        config: TuningConfig,
        random: Random,
        taxonomy: Iterable[Text] = (),
        also: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """`also`: other names of the shop's categories, by each name in lower case."""
        self._also = also or {}
        self._products, self._config, self.random = products, config, random
        self._texts = Varied(
            products, random, typos=config.typos, swaps=config.swaps, drops=config.drops, taxonomy=taxonomy
        )
        self._ways = ways(learnt)
        self._together = behaviour.bought_together
        self._described = [row for row, product in enumerate(products) if product.description]
        vectors = encoder.passages([text_of(product) for product in products])  # (products, dim)
        self._near = shortened(vectors - vectors.mean(0), vectors.shape[1])
        self._queries, self._names = (
            self._asked(wanted, vectors, encoder.queries(list(wanted))) for wanted in (learnt, named(products))
        )

    def draw(self) -> Batch:
        """A batch of the four kinds of pair, in the shares of the config."""
        config = self._config
        described, together, names = accumulate((config.descriptions, config.together, config.names))
        asking: list[str] = []
        right: list[int] = []
        wrong: list[int] = []
        known: list[Container[int]] = []
        for _ in range(config.batch):
            chance = self.random.random()
            rows: Container[int]
            if chance < described and self._described:
                row = self.random.choice(self._described)
                description = self._products[row].description
                said = self.random.choice([text for text in (description.zh, description.en) if text])
                text, rows = f"query: {said}", {row}
            elif chance < together and self._together:
                first, row = self.random.choice(self._together)
                text, rows = f"passage: {self._texts.product(first)}", {first, row}
            else:
                by_name = chance < names and self._names.texts
                asked = self._names if by_name else self._queries
                said = self.random.choice(asked.texts)
                rows, surely_not = asked.right[said], asked.wrong[said]
                row = self.random.choices(list(rows), list(rows.values()))[0]
                text = f"query: {self._texts.query(self._worded(said) if by_name else said)}"
                if surely_not:
                    wrong.append(self.random.choice(surely_not))
            asking.append(text)
            right.append(row)
            known.append(rows)
        every = np.array(right + wrong)
        near = self._near[right] @ self._near[every].T > self._config.same
        listed = np.array([[row in each for row in right + wrong] for each in known])
        right_too = near | listed
        right_too[np.arange(len(right)), np.arange(len(right))] = False
        return Batch(asking, [f"passage: {self._texts.product(row)}" for row in right + wrong], right_too)

    def _worded(self, name: str) -> str:
        """A category's name, or as often one of its other names; by itself, or as often in one of the ways in which
        shoppers ask."""
        if (others := self._also.get(name)) and self.random.random() < 0.5:
            name = self.random.choice(others)
        known = self._ways.get(name.isascii(), ())
        return self.random.choice(known).replace(GAP, name) if known and self.random.random() < 0.5 else name

    def _asked(self, wanted: Wanted, vectors: NDArray[np.float32], asked: NDArray[np.float32]) -> _Asked:
        """Surely wrong is what is near the text, is not right and is not like anything that is."""
        wrong = {}
        for text, vector in zip(wanted, asked, strict=True):
            right = list(wanted[text])
            best = np.argsort(-(vectors @ vector))[: self._config.hard]
            best = best[~np.isin(best, right)]
            near = (self._near[best] @ self._near[right].T).max(1)
            wrong[text] = best[near <= self._config.same].tolist()
        return _Asked(list(wanted), wanted, wrong)


# --- loss ---------------------------------------------------------------------------------------------------------


def loss_of(asking: Any, offered: Any, right_too: Any, config: TuningConfig) -> Any:
    """Softmax over what is offered in the batch, from each text that asks, and back; the mean over the prefixes.

    Inputs: asking (pairs, dim), offered (pairs + negatives, dim), right_too (pairs, pairs + negatives). Suits pairs
    without judged negatives. Compare with a margin between one right and one wrong text, which needs larger batches of
    hard cases. Example: `loss_of(eye, eye, zeros, config)` is near 0.
    """
    import torch
    from torch.nn import functional as F

    n = len(asking)
    places = torch.arange(n, device=asking.device)
    total = 0.0
    for dim in config.dims:
        a, o = F.normalize(asking[:, :dim], dim=-1), F.normalize(offered[:, :dim], dim=-1)
        scores = (a @ o.T / config.temperature).masked_fill(right_too, -1e9)  # (pairs, pairs + negatives)
        total = total + F.cross_entropy(scores, places) + F.cross_entropy(scores[:, :n].T, places)
    return total / (2 * len(config.dims))


def blended(tuned: Weights, begun: Weights, share: float) -> Weights:
    """The weights with a share of what they began as (WiSE-FT), which knew words that nobody has asked with yet."""
    return {name: (1 - share) * weight + share * begun[name] for name, weight in tuned.items()}


# --- loop ---------------------------------------------------------------------------------------------------------


def tune(
    model: Model,
    pairs: Pairs,
    exam: Exam,
    *,
    config: TuningConfig,
    seed: int,
    kept: Path,
    tell: Callable[[str], None],
    weights: Weights | None = None,
) -> Tuned:
    """Tune until the exam says stop; returns the best that was seen.

    `kept` is a file: a tuning that was interrupted goes on from there if nothing it depends on has changed, and one
    that was finished is read from there. It stays. `weights`: where to begin, if not with the packaged ones.
    """
    with seeded(seed):
        return _loop(model, pairs, exam, config=config, seed=seed, kept=kept, tell=tell, weights=weights)


def _loop(
    model: Model,
    pairs: Pairs,
    exam: Exam,
    *,
    config: TuningConfig,
    seed: int,
    kept: Path,
    tell: Callable[[str], None],
    weights: Weights | None,
) -> Tuned:
    import torch

    begun = model.weights() if weights is None else weights
    network = Network(model, begun, rank=config.rank, device=device())
    pairs.random.seed(seed)
    learner = Learner([(network.parameters, config.rate)], steps=config.steps, random=pairs.random)
    mark = f"{exam.mark} {config} {seed} {digest(begun)}"
    graph, recalls, steps, spent = learner.resume(kept, mark) or (b"", [-1.0], 0, 0.0)
    best, started = Tuned(graph, np.array(recalls), steps, spent), time.process_time()
    while learner.step < config.steps:
        batch = pairs.draw()
        encoded = network.encode([*batch.asking, *batch.offered])
        asking, offered = encoded[: len(batch.asking)], encoded[len(batch.asking) :]
        learner.learn(loss_of(asking, offered, torch.tensor(batch.right_too, device=network.device), config))
        seconds = spent + time.process_time() - started
        late = seconds > 60 * config.minutes
        if learner.step % config.look and learner.step < config.steps and not late:
            continue
        graph = in_integers(model, blended(network.weights(), begun, config.blend))
        found = Tuned(
            graph, exam.recalls(E5(model, "tuned", partial(bytes, graph), dim=config.dim)), learner.step, seconds
        )
        tell(f"encoder: step {learner.step} of {config.steps}, recall@10 {found.recall:.4f} on queries to stop by")
        if found.recall > best.recall:
            best = found
        if late or learner.step - best.steps >= config.look * config.patience:
            learner.step = config.steps
        learner.keep(kept, mark, (best.graph, best.recalls.tolist(), best.steps, seconds))
    return best
