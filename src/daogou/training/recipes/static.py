"""Distils a text encoder into vectors of word pieces, which are added up: no network at query time.

Each piece begins as what the encoder makes of it alone (model2vec, https://github.com/MinishLab/model2vec), on the
principal axes of the shop's texts; then the sums of pieces are brought to what the encoder makes of whole texts, and
the order of some products for a text to the order in which the encoder has them (as ListNet, Cao et al. 2007, with the
encoder's shares as the right ones). Seconds of work. To pull queries to clicked products at the same time made it
worse: see the experiments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.retrieval.encoding.e5 import shortened
from daogou.retrieval.encoding.static import Static
from daogou.retrieval.meaning import text_of
from daogou.training.pairs import Varied, Wanted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.ports.encoder import Encoder
    from daogou.retrieval.encoding.tuned import TuningConfig
    from daogou.retrieval.encoding.weights import Model


# --- data ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts cut into pieces, one after the other."""

    pieces: NDArray[np.int64]
    """Places among the different ones."""
    starts: NDArray[np.int64]
    """(texts + 1,)"""

    @classmethod
    def of(cls, cut: Sequence[Sequence[int]], ids: NDArray[np.int64]) -> Texts:
        """`ids` are the different pieces in rising order."""
        starts = np.concatenate(([0], np.cumsum([len(each) for each in cut])))
        return cls(np.searchsorted(ids, np.concatenate([np.array(each, np.int64) for each in cut])), starts)

    def some(self, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The pieces of some texts, and where each text begins among them."""
        lengths = self.starts[places + 1] - self.starts[places]
        begins = np.cumsum(lengths) - lengths
        within = np.arange(lengths.sum()) - np.repeat(begins, lengths)
        return self.pieces[np.repeat(self.starts[places], lengths) + within], begins


def offered(products: Sequence[Product], varied: Varied, copies: int) -> list[str]:
    """Products as they are encoded and varied, and the names of their categories."""
    found = [text_of(product) for product in products]
    found += [varied.product(row) for row in range(len(products)) for _ in range(copies)]
    found += [name for product in products for step in product.category for name in (step.zh, step.en)]
    return [text for text in dict.fromkeys(found) if text.strip()]


def asked(learnt: Wanted, varied: Varied, copies: int) -> list[str]:
    """Queries as they were typed and varied."""
    return list(dict.fromkeys([*learnt, *(varied.query(query) for query in learnt for _ in range(copies))]))


# --- loop ---------------------------------------------------------------------------------------------------------


def distil(
    model: Model,
    teacher: Encoder,
    products: Sequence[Product],
    learnt: Wanted,
    *,
    config: TuningConfig,
    seed: int,
    tell: Callable[[str], None],
) -> Static:
    """Learn the vectors of the pieces that the shop's texts and the queries to learn from are made of."""
    import torch
    from torch.nn import functional as F

    static = config.static
    varied = Varied(products, Random(seed), typos=config.typos, swaps=config.swaps, drops=1.0)
    said, queries = offered(products, varied, static.copies), asked(learnt, varied, static.copies)
    cut = [model.pieces.ids(text) for text in (*said, *queries)]
    ids = np.unique(np.concatenate([np.array(each, np.int64) for each in cut]))
    tell(f"static: {len(cut)} texts of {len(ids)} different pieces")
    alone, wanted = begin(model, teacher, ids, said=said, queries=queries, dim=static.dim)
    texts, draw = Texts.of(cut, ids), np.random.default_rng(seed)
    whole = np.flatnonzero(np.diff(texts.starts))
    encoded = {text_of(product) for product in products}
    ranked = np.array([place for place in whole if place < len(said) and said[place] in encoded])
    short = np.setdiff1d(whole, ranked)
    typed, half = short[short >= len(said)], static.batch // 2
    sums = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(alone), freeze=False, mode="sum")
    optimizer = torch.optim.Adam(sums.parameters(), lr=static.rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / static.steps)

    def made(places: NDArray[np.int64]) -> Any:
        """(places, dim), of unit length."""
        return F.normalize(sums(*map(torch.from_numpy, texts.some(places))), dim=-1)

    for _ in range(static.steps):
        some = draw.choice(whole, static.batch)
        loss = (1 - (made(some) * torch.from_numpy(wanted[some])).sum(1)).mean()
        asking = np.concatenate([draw.choice(typed, half), draw.choice(short, half)])
        listed = draw.choice(ranked, min(static.ranked, len(ranked)), replace=False)
        scores = made(asking) @ made(listed).T  # (asking, listed)
        right = torch.from_numpy(wanted[asking] @ wanted[listed].T)
        loss = loss + static.ranking * ranking_loss(scores, right, static.temperature)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    vectors = sums.weight.detach().numpy()
    words = model.table[ids]  # (pieces, model's dim)
    projection = np.linalg.solve(words.T @ words + static.ridge * np.eye(words.shape[1]), words.T @ vectors)
    return Static(
        model, "static", ids=ids, vectors=vectors.astype(np.float16), projection=projection.astype(np.float32)
    )


def ranking_loss(scores: Any, right: Any, temperature: float) -> Any:
    """Kullback-Leibler divergence of the shares that scores (asking, listed) give from those the right ones give.

    Suits a teacher whose scores are on the scale of the student's, such as cosines. Compare with the error of the
    scores, which spends itself on products that are far from what is asked. Example: of scores with themselves it is 0.
    """
    from torch.nn import functional as F

    said, meant = F.log_softmax(scores / temperature, 1), F.log_softmax(right / temperature, 1)
    return F.kl_div(said, meant, log_target=True, reduction="batchmean")


def begin(
    model: Model,
    teacher: Encoder,
    ids: NDArray[np.int64],
    *,
    said: Sequence[str],
    queries: Sequence[str],
    dim: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What the encoder makes of the pieces alone (pieces, dim) and of the texts (texts, dim, unit length), on the
    texts' principal axes. Queries and what is said of products have means of their own, which are taken off."""
    products, typed = teacher.passages(said), teacher.queries(queries)
    pieces = teacher.queries([model.pieces.text(id) for id in ids.tolist()])
    alone, texts = pieces - typed.mean(0), np.concatenate([products - products.mean(0), typed - typed.mean(0)])
    _, axes = np.linalg.eigh(texts.T @ texts)
    longest = axes[:, ::-1][:, :dim].astype(np.float32)  # (teacher's dim, dim)
    return np.ascontiguousarray(alone @ longest), shortened(texts @ longest, dim)
