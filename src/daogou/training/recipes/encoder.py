"""Tunes the packaged text encoder to a shop: queries near what was clicked or bought after them.

In-batch contrastive loss (InfoNCE, van den Oord et al. 2018, https://arxiv.org/abs/1807.03748) on pairs of the shop:
query and product, name and description, two products of one purchase; with hard negatives that the untuned encoder
finds (Xiong et al. 2020, https://arxiv.org/abs/2007.00808), without those too like the right product, which are mostly
right themselves (de Souza P. Moreira et al. 2024, https://arxiv.org/abs/2407.15831); on prefixes of the vectors too
(Kusupati et al. 2022, https://arxiv.org/abs/2205.13147). The vectors of the word pieces stay as they are: a tuned model
is 22 MB beside the package. torch tunes; what is judged and served is the ONNX graph in integers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.retrieval.encoding.e5 import E5, in_integers, shortened
from daogou.retrieval.meaning import text_of
from daogou.training.pairs import Behaviour, Varied, Wanted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.ports.encoder import Encoder
    from daogou.retrieval.encoding.tuned import TuningConfig
    from daogou.retrieval.encoding.weights import Model, Shape
    from daogou.training.exam import Exam

_LONGEST = 32
"""Pieces of a text that are looked at while tuning."""
_TOGETHER = 16
"""Texts that are padded to one length."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """What came of it."""

    graph: bytes
    recalls: NDArray[np.float64]
    """Recall@10 of each held-back query."""
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
    ) -> None:
        self._products, self._learnt, self._config, self.random = products, learnt, config, random
        self._texts = Varied(products, random, typos=config.typos, swaps=config.swaps, drops=config.drops)
        self._queries = list(learnt)
        self._together = behaviour.bought_together
        self._described = [row for row, product in enumerate(products) if product.description]
        vectors = encoder.passages([text_of(product) for product in products])  # (products, dim)
        self._near = shortened(vectors - vectors.mean(0), vectors.shape[1])
        self._hard = self._wrong(vectors, encoder.queries(self._queries))

    def draw(self) -> Batch:
        """A batch of the three kinds of pair, in the shares of the config."""
        asking: list[str] = []
        right: list[int] = []
        wrong: list[int] = []
        known: list[set[int]] = []
        for _ in range(self._config.batch):
            chance = self.random.random()
            if chance < self._config.descriptions and self._described:
                row = self.random.choice(self._described)
                description = self._products[row].description
                said = self.random.choice([text for text in (description.zh, description.en) if text])
                text, rows = f"query: {said}", {row}
            elif chance < self._config.descriptions + self._config.together and self._together:
                first, row = self.random.choice(self._together)
                text, rows = f"passage: {self._texts.product(first)}", {first, row}
            else:
                query = self.random.choice(self._queries)
                products = self._learnt[query]
                row = self.random.choices(list(products), list(products.values()))[0]
                text, rows = f"query: {self._texts.query(query)}", set(products)
                if self._hard[query]:
                    wrong.append(self.random.choice(self._hard[query]))
            asking.append(text)
            right.append(row)
            known.append(rows)
        every = np.array(right + wrong)
        near = self._near[right] @ self._near[every].T > self._config.same
        listed = np.array([[row in each for row in right + wrong] for each in known])
        right_too = near | listed
        right_too[np.arange(len(right)), np.arange(len(right))] = False
        return Batch(asking, [f"passage: {self._texts.product(row)}" for row in right + wrong], right_too)

    def _wrong(self, vectors: NDArray[np.float32], asked: NDArray[np.float32]) -> dict[str, list[int]]:
        """For each query what is near it and is not like anything that was clicked."""
        found = {}
        for query, vector in zip(self._queries, asked, strict=True):
            best = np.argsort(-(vectors @ vector))[: self._config.hard]
            near = (self._near[best] @ self._near[list(self._learnt[query])].T).max(1)
            found[query] = best[near <= self._config.same].tolist()
        return found


# --- model --------------------------------------------------------------------------------------------------------


class Tunable:
    """The weights as tensors, all or low-rank additions of which are tuned."""

    def __init__(self, model: Model, rank: int, device: str) -> None:
        import torch

        self.model, self.device = model, device
        self.weights = {name: torch.tensor(array, device=device) for name, array in model.weights().items()}
        self.added: dict[str, tuple[Any, Any]] = {}
        if rank:
            for name, weight in self.weights.items():
                if weight.ndim == 2 and name != "places":
                    down = torch.randn(rank, weight.shape[1], device=device) / rank
                    up = torch.zeros(weight.shape[0], rank, device=device)
                    self.added[name] = (down.requires_grad_(), up.requires_grad_())
        else:
            for name, weight in self.weights.items():
                weight.requires_grad_(name != "places")

    @property
    def parameters(self) -> list[Any]:
        if self.added:
            return [part for parts in self.added.values() for part in parts]
        return [weight for weight in self.weights.values() if weight.requires_grad]

    def effective(self) -> dict[str, Any]:
        """The weights with what was added."""
        return self.weights | {name: self.weights[name] + up @ down for name, (down, up) in self.added.items()}

    def encode(self, texts: Sequence[str]) -> Any:
        """(texts, dim), not yet of unit length. Texts of like length go together, for padding costs as much."""
        import torch

        weights = self.effective()
        ids = [self.model.pieces.framed(text, _LONGEST) for text in texts]
        order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        parts = [order[low : low + _TOGETHER] for low in range(0, len(order), _TOGETHER)]
        found = torch.cat([self._encoded(weights, [ids[place] for place in part]) for part in parts])
        return found[torch.tensor(np.argsort(order), device=self.device)]

    def _encoded(self, weights: Mapping[str, Any], ids: Sequence[Sequence[int]]) -> Any:
        import torch

        lengths = torch.tensor([len(each) for each in ids], device=self.device)
        padded = np.zeros((len(ids), int(lengths.max())), np.int64)
        for row, each in enumerate(ids):
            padded[row, : len(each)] = each
        different, place = np.unique(padded, return_inverse=True)
        words = torch.tensor(self.model.table[different], device=self.device)[torch.tensor(place.reshape(padded.shape))]
        real = torch.arange(padded.shape[1], device=self.device)[None] < lengths[:, None]  # (texts, length)
        states = forward(weights, self.model.shape, words, real)  # (texts, length, dim)
        return (states * real[..., None]).sum(1) / lengths[:, None]


def forward(weights: Mapping[str, Any], shape: Shape, words: Any, real: Any) -> Any:
    """(texts, length, dim) of word vectors to states; the graph of `daogou.retrieval.encoding.graph` in torch."""
    from torch.nn import functional as F

    texts, length, dim = words.shape

    def norm(x: Any, name: str) -> Any:
        return F.layer_norm(x, (dim,), weights[f"{name}.w"], weights[f"{name}.b"], shape.epsilon)

    def matrix(x: Any, name: str) -> Any:
        return F.linear(x, weights[f"{name}.w"], weights[f"{name}.b"])

    def heads(x: Any) -> Any:
        return x.view(texts, length, shape.heads, -1).transpose(1, 2)  # (texts, heads, length, dim / heads)

    x = norm(words + weights["places"][:length], "norm")
    for layer in range(shape.layers):
        q, k, v = (heads(matrix(x, f"{layer}.{name}")) for name in "qkv")
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=real[:, None, None, :])
        mixed = mixed.transpose(1, 2).reshape(texts, length, dim)
        x = norm(x + matrix(mixed, f"{layer}.ao"), f"{layer}.aln")
        x = norm(x + matrix(F.gelu(matrix(x, f"{layer}.fi")), f"{layer}.fo"), f"{layer}.oln")
    return x


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
) -> Tuned:
    """Tune until the exam says stop; returns the best that was seen.

    `kept` is a file: a tuning that was interrupted goes on from there if nothing it depends on has changed.
    """
    import torch

    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        try:
            return _loop(model, pairs, exam, config=config, kept=kept, tell=tell)
        finally:
            torch.set_num_threads(threads)


class Progress:
    """How far a tuning has come, on disk."""

    def __init__(self, tunable: Tunable, learning: tuple[Any, Any], pairs: Pairs, path: Path, mark: str) -> None:
        """`learning`: the optimizer and its schedule; `mark`: what it goes on only under the same of."""
        self._tunable, self._pairs = tunable, pairs
        self._optimizer, self._schedule = learning
        self._path, self._mark = path, mark
        self.step = 0

    def keep(self, best: Tuned, seconds: float) -> None:
        """Write everything the next step depends on, in one step."""
        import torch

        state = {
            "mark": self._mark,
            "step": self.step,
            "best": (best.graph, best.recalls.tolist(), best.steps, seconds),
            "parameters": [parameter.detach().cpu() for parameter in self._tunable.parameters],
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "random": self._pairs.random.getstate(),
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        torch.save(state, new)
        new.replace(self._path)

    def resume(self) -> Tuned | None:
        """Go back to where an interrupted tuning of the same things stopped; returns the best it had seen."""
        import torch

        if not self._path.exists():
            return None
        state = torch.load(self._path, weights_only=True, map_location=self._tunable.device)
        if state["mark"] != self._mark:
            return None
        with torch.no_grad():
            for parameter, kept in zip(self._tunable.parameters, state["parameters"], strict=True):
                parameter.copy_(kept)
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self._pairs.random.setstate(state["random"])
        self.step = state["step"]
        graph, recalls, steps, seconds = state["best"]
        return Tuned(graph, np.array(recalls), steps, seconds)


def _loop(
    model: Model,
    pairs: Pairs,
    exam: Exam,
    *,
    config: TuningConfig,
    kept: Path,
    tell: Callable[[str], None],
) -> Tuned:
    import torch

    tunable = Tunable(model, config.rank, "cuda" if torch.cuda.is_available() else "cpu")
    optimizer = torch.optim.AdamW(tunable.parameters, lr=config.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, config.steps))
    state = Progress(tunable, (optimizer, schedule), pairs, kept, f"{exam.mark} {config}")
    best = state.resume() or Tuned(b"", np.full(1, -1.0), 0, 0.0)
    spent, started = best.seconds, time.process_time()
    while state.step < config.steps:
        batch = pairs.draw()
        encoded = tunable.encode([*batch.asking, *batch.offered])
        asking, offered = encoded[: len(batch.asking)], encoded[len(batch.asking) :]
        loss = loss_of(asking, offered, torch.tensor(batch.right_too, device=tunable.device), config)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(tunable.parameters, 1.0)
        optimizer.step()
        schedule.step()
        state.step += 1
        seconds = spent + time.process_time() - started
        late = seconds > 60 * config.minutes
        if state.step % config.look and state.step < config.steps and not late:
            continue
        weights = {name: weight.detach().cpu().numpy() for name, weight in tunable.effective().items()}
        graph = in_integers(model, weights)
        recalls = exam.recalls(E5(model, "tuned", partial(bytes, graph), dim=config.dim))
        found = Tuned(graph, recalls, state.step, seconds)
        tell(f"encoder: step {state.step} of {config.steps}, recall@10 {found.recall:.4f} on held-back queries")
        if found.recall > best.recall:
            best = found
        if late or state.step - best.steps >= config.look * config.patience:
            break
        state.keep(best, seconds)
    kept.unlink(missing_ok=True)
    return best


def _rate(step: int, steps: int) -> float:
    """Up for a tenth of the steps, then down to nothing."""
    rise = max(1, steps // 10)
    return (step + 1) / rise if step < rise else max(0.0, (steps - step) / (steps - rise))
