"""A causal transformer over steps: what comes next, learnt from every place of every history at once.

After SASRec (Kang and McAuley 2018, https://arxiv.org/abs/1808.09781), with what later work found to matter more than
its layers: a softmax over sampled products in place of one negative each (Klenitskiy and Vasilev 2023,
https://arxiv.org/abs/2309.07602), corrected for how they were drawn (Bengio and Senécal 2008), and product vectors that
begin as the words of the product, so that rare products are not noise. Places count back from the step that asks, as
a bias of each head. torch trains it, on a GPU where there is one; what is served is an ONNX graph and an array of
product vectors.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.retrieval.transformer import Transformer, TransformerConfig
from daogou.training.lesson import Lesson, Skip
from daogou.training.recipes.learner import apart, device
from daogou.training.recipes.transformer_graph import graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.features.history import Sequences
    from daogou.retrieval.word_vectors import WordVectors
    from daogou.training.validation import Case

_PARTS = {"cpu": 8, "cuda": 1}
"""In so many parts of like length a batch goes through the blocks: on a processor so that little is padding; on a GPU,
where each operation costs the same however small it is, as one."""
_LOOKED_AT = 4_000
"""Held-back steps by which an epoch is judged, about: they tell when to stop, and each look costs."""


# --- data ---------------------------------------------------------------------------------------------------------


def windows(steps: Sequences, length: int) -> list[NDArray[np.int32]]:
    """Each actor's steps from the newest back in pieces of up to `length` + 1, oldest first; two steps at least."""
    pieces = []
    for start, end in zip(steps.offsets[:-1].tolist(), steps.offsets[1:].tolist(), strict=True):
        for high in range(end, start + 1, -length):
            pieces.append(np.asarray(steps.rows[max(start, high - length - 1) : high]))
    return pieces


def forgetful(pieces: list[NDArray[np.int32]], part: float, random: np.random.Generator) -> list[NDArray[np.int32]]:
    """The pieces with a part of their steps left out; a piece that loses all but one step is left out itself."""
    kept = [piece[random.random(len(piece)) >= part] for piece in pieces]
    return [piece for piece in kept if len(piece) >= 2]


def batches(
    pieces: list[NDArray[np.int32]], size: int, random: np.random.Generator, *, parts: int
) -> Iterator[list[tuple[NDArray[np.int64], NDArray[np.bool_]]]]:
    """All pieces once, in random order, `size` at a time; each batch in `parts` of like length, padded.

    Batches of nothing but short or nothing but long histories would be less padding still, but each change then suits
    one kind of shopper, and the steps of short histories count more: NDCG@10 of two models was .070 in place of .077.
    """
    order = random.permutation(len(pieces))
    for low in range(0, len(order), size):
        batch = sorted((pieces[piece] for piece in order[low : low + size]), key=len)
        cuts = np.linspace(0, len(batch), min(parts, len(batch)) + 1).astype(int).tolist()
        yield [padded(batch[start:end]) for start, end in pairwise(cuts)]


def padded(pieces: Sequence[NDArray[np.int32]]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Pieces (batch, length) with row 0 after their ends, where no earlier place looks; and which places are real."""
    rows = np.zeros((len(pieces), max(map(len, pieces))), np.int64)
    real = np.zeros(rows.shape, bool)
    for line, piece in enumerate(pieces):
        rows[line, : len(piece)] = piece
        real[line, : len(piece)] = True
    return rows, real


# --- model --------------------------------------------------------------------------------------------------------


def build(words: NDArray[np.float32], config: TransformerConfig) -> Any:
    """The torch module for products whose words are `words` (products, text dimensions)."""
    import torch
    from torch import Tensor, nn
    from torch.nn import functional as F

    class Block(nn.Module):
        """Attention to earlier steps, then a gated layer; each added to what came in."""

        def __init__(self) -> None:
            super().__init__()
            dim = config.dim
            self.before_attention, self.before_gate = nn.LayerNorm(dim), nn.LayerNorm(dim)
            self.to_qkv = nn.Linear(dim, 3 * dim)
            self.from_heads = nn.Linear(dim, dim)
            self.distance = nn.Parameter(torch.zeros(config.heads, config.length))
            self.gate, self.up, self.down = nn.Linear(dim, 2 * dim), nn.Linear(dim, 2 * dim), nn.Linear(2 * dim, dim)
            self.dropout = nn.Dropout(config.dropout)

        def forward(self, x: Tensor, apart: Tensor) -> Tensor:
            batch, length, dim = x.shape
            q, k, v = (
                self.to_qkv(self.before_attention(x))
                .view(batch, length, 3 * config.heads, dim // config.heads)
                .transpose(1, 2)
                .chunk(3, dim=1)
            )  # (batch, heads, length, dim / heads)
            scores = q @ k.transpose(2, 3) / (dim // config.heads) ** 0.5
            bias = self.distance[:, apart.clamp(min=0)]  # (heads, length, length)
            scores = (scores + bias).masked_fill(apart < 0, -1e9)
            mixed = (self.dropout(scores.softmax(-1)) @ v).transpose(1, 2).reshape(batch, length, dim)
            x = x + self.dropout(self.from_heads(mixed))
            y = self.before_gate(x)
            return x + self.dropout(self.down(F.silu(self.gate(y)) * self.up(y)))

    class Model(nn.Module):
        """Product vectors, blocks, and the vector of what comes next."""

        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("words", torch.from_numpy(words))
            self.from_words = nn.Linear(words.shape[1], config.dim, bias=False)
            nn.init.eye_(self.from_words.weight)
            self.own = nn.Embedding(len(words), config.dim)
            nn.init.normal_(self.own.weight, std=config.noise)
            self.blocks = nn.ModuleList([Block() for _ in range(config.layers)])
            self.enter, self.leave = nn.LayerNorm(config.dim), nn.LayerNorm(config.dim)
            self.dropout = nn.Dropout(config.dropout)

        def products(self, rows: Tensor) -> Tensor:
            """Unit vectors (…, dim) of products: what their words say plus what was learnt of each alone."""
            return F.normalize(self.from_words(self.get_buffer("words")[rows]) + self.own(rows), dim=-1)

        def forward(self, x: Tensor) -> Tensor:
            """(batch, length, dim) product vectors, oldest first -> (batch, length, dim) what comes after each."""
            x = self.dropout(self.enter(x))
            places = torch.arange(x.shape[1], device=x.device)
            apart = (places[:, None] - places[None, :]).clamp(max=config.length - 1)  # negative: in the future
            for block in self.blocks:
                x = block(x, apart)
            return config.scale * F.normalize(self.leave(x), dim=-1)

    return Model()


# --- loss ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Negatives:
    """Products drawn by how often they were steps, to the power `power`; what was never a step is never drawn, so its
    vector stays what its words say."""

    chance: NDArray[np.float64]

    @classmethod
    def of(cls, rows: NDArray[np.int32], n: int, power: float) -> Negatives:
        weight = np.bincount(rows, minlength=n).astype(np.float64) ** power * (np.bincount(rows, minlength=n) > 0)
        return cls(weight / weight.sum())

    def draw(self, k: int, random: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """k rows with replacement, and the logarithm of how often each is expected among k."""
        rows = np.searchsorted(np.cumsum(self.chance), random.random(k)).clip(max=len(self.chance) - 1)
        return rows, np.log(k * self.chance[rows]).astype(np.float32)


def loss_of(model: Any, parts: Sequence[tuple[Any, Any]], *, drawn: Any, expected: Any) -> Any:
    """Softmax over the step that came and the drawn products, which stand for all others; every step counts alike.

    Inputs: parts of a batch, each rows, real (histories, length); drawn, expected (negatives,). Suits catalogues too
    large to score at every place; with every product drawn it is cross-entropy. Compare with one negative each and
    binary cross-entropy, which is overconfident (https://arxiv.org/abs/2308.07192).
    """
    import torch

    every = [*(rows.ravel() for rows, _ in parts), drawn]
    *inputs, offered = model.products(torch.cat(every)).split([len(rows) for rows in every])  # one look, one gradient
    said, right, came = [], [], []
    for (rows, real), flat in zip(parts, inputs, strict=True):
        vectors = flat.view(*rows.shape, -1)  # (histories, length, dim)
        asked = real[:, 1:]  # a place is asked where the next one is real
        said.append(model(vectors[:, :-1])[asked])  # (places, dim)
        right.append((said[-1] * vectors[:, 1:][asked]).sum(-1, keepdim=True))  # (places, 1)
        came.append(rows[:, 1:][asked])
    wrong = torch.cat(said) @ offered.T - expected  # (places, negatives)
    wrong = wrong.masked_fill(drawn[None, :] == torch.cat(came)[:, None], -1e9)
    answers = torch.cat(right)
    return (torch.cat([answers, wrong], 1).logsumexp(1) - answers[:, 0]).mean()


# --- loop ---------------------------------------------------------------------------------------------------------


def fit(lesson: Lesson) -> Transformer:
    """Train until the held-back steps say stop; a refit takes as many epochs as were chosen on them."""
    config = lesson.config.transformer
    if len(lesson.steps) < config.least_steps:
        raise Skip(f"{len(lesson.steps)} steps to learn from, fewer than least_steps = {config.least_steps}")
    if isinstance(lesson.before, Transformer):
        config = lesson.before.config
    with apart():
        return _train(lesson, config)


def _train(lesson: Lesson, config: TransformerConfig) -> Transformer:
    vectors, words = lesson.words.vectors(config.words_dim)
    towers = [_Tower(lesson, vectors, config, number) for number in range(config.towers)]
    held = lesson.held[:: max(1, len(lesson.held) // _LOOKED_AT)]
    started = time.process_time()
    best, chosen, kept = np.zeros(len(held)), config.stop, None
    for epoch in range(1, (config.stop or config.epochs) + 1):
        for tower in towers:
            tower.epoch()
        models = [tower.model for tower in towers]
        reached = np.empty(0) if config.stop else gains(models, held, config)
        ndcg = f", NDCG@10 {reached.mean():.4f} on held-back steps" if len(reached) else ""
        lesson.tell(f"transformer: epoch {epoch}{ndcg}")
        if not config.stop and _as_good(reached, best):
            chosen, kept = epoch, [copy.deepcopy(model.state_dict()) for model in models]
        if reached.sum() > best.sum():
            best = reached
        late = time.process_time() - started > 60 * config.minutes
        if late or (not config.stop and epoch - chosen >= config.patience):
            break
    for tower, weights in zip(towers, kept or [], strict=False):
        tower.model.load_state_dict(weights)
    return export([tower.model for tower in towers], words, replace(config, stop=chosen))


def _as_good(reached: NDArray[np.float64], best: NDArray[np.float64]) -> bool:
    """Is an epoch no worse than the best before it by more than one standard error?

    The later of two that cannot be told apart is taken: it has learnt at a lower rate, and the highest of many looks is
    mostly luck. Of no looks the last is taken.
    """
    gained = reached - best
    return bool(gained.sum() >= -gained.std() * np.sqrt(len(gained))) if len(gained) else True


class _Tower:
    """One model and what it learns from: the same steps as the others, in another order."""

    def __init__(self, lesson: Lesson, vectors: NDArray[np.float32], config: TransformerConfig, number: int) -> None:
        import torch

        self._config = config
        self._random = np.random.default_rng(lesson.config.seed + number)
        torch.manual_seed(lesson.config.seed + number)
        self._device = device()
        self.model = build(vectors, config).to(self._device)
        with torch.no_grad():  # nothing is learnt of products without steps: their vectors are those of their words
            self.model.own.weight[np.setdiff1d(np.arange(lesson.facts.n), lesson.steps.rows)] = 0.0
        self._pieces = windows(lesson.steps, config.length)
        self._negatives = Negatives.of(lesson.steps.rows, lesson.facts.n, config.negative_power)
        self._optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=config.rate, weight_decay=config.decay, fused=True
        )
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimizer, lambda done: 1 - 0.9 * done / config.epochs)

    def epoch(self) -> None:
        """Show it everything once."""

        config, random = self._config, self._random
        self.model.train()
        pieces = forgetful(self._pieces, config.forget, random)
        for batch in batches(pieces, config.batch, random, parts=_PARTS[self._device]):
            parts = [(self._tensor(rows), self._tensor(real)) for rows, real in batch]
            drawn, expected = (self._tensor(array) for array in self._negatives.draw(config.negatives, random))
            loss = loss_of(self.model, parts, drawn=drawn, expected=expected)
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
        self._schedule.step()

    def _tensor(self, array: NDArray[Any]) -> Any:
        import torch

        return torch.from_numpy(array).to(self._device)


# --- metrics ------------------------------------------------------------------------------------------------------


def gains(
    models: Sequence[Any], held: Sequence[Case], config: TransformerConfig, *, k: int = 10
) -> NDArray[np.float64]:
    """(cases,) NDCG@k of the models' mean on each held-back step, over all products; seen ones do not count, as they
    are not recommended."""
    import torch

    found: list[float] = []
    with torch.no_grad():
        products = [_vectors(model.eval()) for model in models]
        where = products[0].device
        for low in range(0, len(held), config.batch):
            asked = held[low : low + config.batch]
            rows, real = padded([case.trail.rows[: config.length][::-1] for case in asked])
            steps, newest = torch.from_numpy(rows).to(where), torch.from_numpy(real.sum(1) - 1).to(where)
            scores = np.zeros((len(asked), len(products[0])), np.float32)  # (batch, products)
            for model, vectors in zip(models, products, strict=True):
                said = model(vectors[steps])[torch.arange(len(asked), device=where), newest]  # (batch, dim)
                scores += (said @ vectors.T).cpu().numpy()
            for line, case in zip(scores, asked, strict=True):
                line[case.trail.rows] = -np.inf
                rank = np.count_nonzero(line > line[case.target])
                found.append(1 / np.log2(rank + 2) if rank < k else 0.0)
    return np.array(found)


# --- artifact -----------------------------------------------------------------------------------------------------


def export(models: Sequence[Any], words: WordVectors, config: TransformerConfig) -> Transformer:
    """The graph from product vectors to the vector of what comes next, and the vectors of all products."""
    import torch

    with torch.no_grad():
        models = [model.eval().cpu() for model in models]
        vectors = np.hstack([_vectors(model).numpy() for model in models])
        turn = np.hstack([model.from_words.weight.T.numpy() for model in models])
    return Transformer(graph(models, config), vectors, words.turned(turn), config)


def _vectors(model: Any) -> Any:
    """(products, dim) of a model's products, where it is."""
    import torch

    return model.products(torch.arange(len(model.words), device=model.words.device))
