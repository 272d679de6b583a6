"""Distils a text encoder's understanding of what is asked into vectors of word pieces, which are added up.

Products keep the encoder's vectors, so only what shoppers ask has to be learnt (asymmetric distillation; KALE, Campos
et al. 2023, https://arxiv.org/abs/2304.01016, learns the query's side alone as well). Each piece begins as what the
encoder makes of it alone (model2vec, https://github.com/MinishLab/model2vec); then the sums of pieces, through one
hidden layer, are brought to what the encoder makes of whole texts, and the order of some products for a text to the
order in which the encoder has them (as ListNet, Cao et al. 2007, with the encoder's shares as the right ones). The
texts need no clicks: queries, products, names of goods in general, and those names asked for as shoppers ask. To pull
queries to clicked products at the same time made it worse: see the experiments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.retrieval.encoding.static import Static, Summing
from daogou.retrieval.evidence import spans
from daogou.retrieval.meaning import text_of
from daogou.training.asking import names, worded
from daogou.training.pairs import Varied, Wanted, family
from daogou.training.recipes.learner import seeded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.ports.encoder import Encoder
    from daogou.retrieval.encoding.tuned import StaticConfig, TuningConfig
    from daogou.retrieval.encoding.weights import Model

_OFFERED_SHARE = 0.3
"""How much texts of products count beside each of the other kinds: shoppers seldom type one whole."""


# --- data ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts that are learnt from, and how often each is drawn."""

    texts: Sequence[str]
    shares: NDArray[np.float64]

    @classmethod
    def of(
        cls, products: Sequence[Product], learnt: Wanted, goods: Sequence[str], *, config: TuningConfig, random: Random
    ) -> Corpus:
        """Four kinds of texts: of products, what is asked or named by the shop, names of goods in general, and names in
        the shop's ways of asking."""
        static, copies = config.static, range(config.static.copies)
        varied = Varied(products, random, typos=config.typos, swaps=config.swaps, drops=1.0)
        offered = [text_of(product) for product in products]
        offered += [varied.product(row) for row in range(len(products)) for _ in copies]
        named = names(products)
        asked = [*learnt, *named, *(varied.query(query) for query in learnt for _ in copies)]
        own = [*{family(query, learnt): None for query in learnt}, *named]
        things = [*own, *(name for name in own for _ in copies), *random.sample(goods, min(static.worded, len(goods)))]
        shares: dict[str, float] = {}
        for kind, share in ((offered, _OFFERED_SHARE), (asked, 1), (goods, 1), (worded(things, learnt, random), 1)):
            different = [text for text in dict.fromkeys(kind) if text.strip()]
            for text in different:
                shares[text] = shares.get(text, 0) + share / len(different)
        return cls(list(shares), np.array(list(shares.values())))


@dataclass(frozen=True, slots=True)
class CutTexts:
    """Texts cut into pieces, one after the other."""

    pieces: NDArray[np.int64]
    """Places among the different ones."""
    starts: NDArray[np.int64]
    """(texts + 1,)"""

    @classmethod
    def of(cls, cut: Sequence[Sequence[int]], ids: NDArray[np.int64]) -> CutTexts:
        """`ids` are the different pieces in rising order."""
        starts = np.concatenate(([0], np.cumsum([len(each) for each in cut])))
        return cls(np.searchsorted(ids, np.concatenate([np.array(each, np.int64) for each in cut])), starts)

    def some(self, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The pieces of some texts, and where each text begins among them."""
        at, _ = spans(self.starts[places], self.starts[places + 1])
        lengths = self.starts[places + 1] - self.starts[places]
        return self.pieces[at], np.cumsum(lengths) - lengths


# --- model --------------------------------------------------------------------------------------------------------


class Sums:
    """The weights of `Summing` as tensors."""

    def __init__(self, alone: NDArray[np.float32], centre: NDArray[np.float32], config: StaticConfig) -> None:
        """`alone` (pieces, dim): what the encoder makes of the pieces, without its centre (dim,)."""
        import torch

        dim = alone.shape[1]
        self.vectors = torch.nn.EmbeddingBag.from_pretrained(
            torch.from_numpy(alone), freeze=False, mode="sum", sparse=True
        )
        self.inner = torch.nn.Linear(dim, config.hidden)
        self.outer = torch.zeros(config.hidden, dim, requires_grad=True)
        self.centre = torch.from_numpy(centre).requires_grad_()
        network = [*self.inner.parameters(), self.outer, self.centre]
        self.optimizers = [
            torch.optim.SparseAdam(list(self.vectors.parameters()), lr=config.rate),
            torch.optim.Adam(network, lr=config.network_rate),
        ]
        self.schedules = [
            torch.optim.lr_scheduler.LambdaLR(each, lambda step: 1 - step / config.steps) for each in self.optimizers
        ]

    def made(self, pieces: NDArray[np.int64], begins: NDArray[np.int64]) -> Any:
        """(texts, dim), of unit length."""
        import torch
        from torch.nn import functional as F

        sums = self.vectors(torch.from_numpy(pieces), torch.from_numpy(begins))
        x = F.normalize(sums, dim=-1) * sums.shape[1] ** 0.5
        x = x + F.relu(self.inner(x)) @ self.outer
        return F.normalize(F.normalize(x, dim=-1) + self.centre, dim=-1)

    def learn(self, loss: Any) -> None:
        for each in self.optimizers:
            each.zero_grad()
        loss.backward()
        for step in (*self.optimizers, *self.schedules):
            step.step()

    def summing(self, ids: NDArray[np.int64], words: NDArray[np.float32], ridge: float) -> Summing:
        """As they are served; `words` (pieces, model's dim) are the vectors of the same pieces in the large model."""
        vectors = self.vectors.weight.detach().numpy()
        projection = np.linalg.solve(words.T @ words + ridge * np.eye(words.shape[1]), words.T @ vectors)
        inner = np.ascontiguousarray(self.inner.weight.detach().numpy().T)
        bias, outer, centre = (each.detach().numpy() for each in (self.inner.bias, self.outer, self.centre))
        return Summing(ids, vectors.astype(np.float16), projection.astype(np.float32), inner, bias, outer, centre)


# --- loss ---------------------------------------------------------------------------------------------------------


def ranking_loss(scores: Any, right: Any, temperature: float) -> Any:
    """Kullback-Leibler divergence of the shares that scores (asking, listed) give from those the right ones give.

    Suits a teacher whose scores are on the scale of the student's, such as cosines. Compare with the error of the
    scores, which spends itself on products that are far from what is asked. Example: of scores with themselves it is 0.
    """
    from torch.nn import functional as F

    said, meant = F.log_softmax(scores / temperature, 1), F.log_softmax(right / temperature, 1)
    return F.kl_div(said, meant, log_target=True, reduction="batchmean")


# --- loop ---------------------------------------------------------------------------------------------------------


def distil(
    model: Model,
    teacher: Encoder,
    products: Sequence[Product],
    learnt: Wanted,
    *,
    goods: Sequence[str],
    config: TuningConfig,
    seed: int,
    tell: Callable[[str], None],
) -> Static:
    """Learn to ask as the teacher does. `goods` are general names of what shops sell, of which shoppers may ask for
    any; of a large catalogue some products are drawn."""
    import torch
    from torch.nn import functional as F

    static, random, draw = config.static, Random(seed), np.random.default_rng(seed)
    products = random.sample(products, min(static.products, len(products)))
    corpus = Corpus.of(products, learnt, goods, config=config, random=random)
    cut = [model.pieces.ids(text) for text in corpus.texts]
    ids = np.unique(np.concatenate([np.array(each, np.int64) for each in cut]))
    tell(f"static: {len(cut)} texts of {len(ids)} different pieces")
    wanted = torch.from_numpy(teacher.queries(corpus.texts))  # (texts, dim)
    offered = torch.from_numpy(teacher.passages([text_of(product) for product in products]))  # (products, dim)
    mean = wanted.mean(0)
    spread = float((wanted - mean).norm(dim=1).mean())
    alone = teacher.queries([model.pieces.text(id) for id in ids.tolist()]) - mean.numpy()
    texts, shares = CutTexts.of(cut, ids), corpus.shares * (np.array([len(each) for each in cut]) > 0)
    with seeded(seed):
        sums = Sums(alone, mean.numpy() / spread, static)
    for _ in range(static.steps):
        some = draw.choice(len(cut), static.batch, p=shares / shares.sum())
        made, right = sums.made(*texts.some(some)), wanted[some]  # (batch, dim)
        listed = offered[draw.choice(len(offered), min(static.ranked, len(offered)), replace=False)].T
        loss = (1 - F.cosine_similarity(made - mean, right - mean)).mean()
        loss = loss + static.ranking * ranking_loss(made @ listed, right @ listed, static.temperature)
        sums.learn(loss)
    return Static(model, "static", sums.summing(ids, model.table[ids], static.ridge), teacher)
