"""Goes on with the packaged text encoder's pre-training on the shop's own texts, before it is tuned to behaviour.

Some pieces of each text are hidden, and the network guesses them from the rest: masked language modelling (Devlin et
al. 2018, https://arxiv.org/abs/1810.04805) on the texts of one field (Gururangan et al. 2020, "Don't stop pretraining",
https://arxiv.org/abs/2004.10964). The model comes without the head that guesses, so a small one learns beside it, on
the vectors that the pieces go in with; only pieces that the shop writes are guessed among. The head is thrown away.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.retrieval.meaning import text_of
from daogou.training.recipes.learner import Learner, device, seeded
from daogou.training.recipes.network import LONGEST, Network, digest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.domain.review import Review
    from daogou.retrieval.encoding.graph import Weights
    from daogou.retrieval.encoding.pieces import Pieces
    from daogou.retrieval.encoding.tuned import TuningConfig
    from daogou.retrieval.encoding.weights import Model

_PREFIX = "passage:"
"""What the model was trained to see before a text that is not a query. It is never hidden."""
_AS_IS, _OTHER = 0.1, 0.1
"""Of the hidden pieces so many stay as they are, or become any other one: what is guessed is not only the mark."""
_LOOK = 20
"""Steps between words of how far it has come; what an interruption costs."""


# --- data ---------------------------------------------------------------------------------------------------------


def texts_of(products: Iterable[Product], reviews: Iterable[Review]) -> list[str]:
    """What the shop and its shoppers wrote: names with categories, descriptions, reviews."""
    found = []
    for product in products:
        found += [text_of(product), product.description.zh or "", product.description.en or ""]
    found += [f"{review.title} {review.text}" for review in reviews]
    return [text for text in dict.fromkeys(found) if text.strip()]


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts with hidden pieces."""

    ids: Sequence[Sequence[int]]
    marked: NDArray[np.bool_]
    """(texts, length): behind the mark."""
    guessed: NDArray[np.int64]
    """(2, guessed): texts, and the places in them that are to be guessed."""
    right: NDArray[np.int64]
    """(guessed,): places of the right pieces among those the shop writes."""


class Cloze:
    """Texts cut into pieces, of which some are hidden."""

    def __init__(self, texts: Sequence[str], pieces: Pieces, random: Random, *, hidden: float) -> None:
        prefix = pieces.ids(_PREFIX)
        room = LONGEST - len(prefix) - 2
        self._before, self._end = [pieces.begin, *prefix], pieces.end
        cut = [pieces.ids(text) for text in texts]
        self._cut = [each[low : low + room] for each in cut for low in range(0, len(each), room)]
        self.written = np.unique(np.concatenate([np.array(each, np.int64) for each in cut]))
        """Numbers of the pieces that the shop writes, rising."""
        self._random, self._hidden = random, hidden

    def draw(self, n: int) -> Batch:
        drawn = self._random.choices(self._cut, k=n)
        ids = [[*self._before, *pieces, self._end] for pieces in drawn]
        marked = np.zeros((n, max(map(len, ids))), np.bool_)
        guessed, right = [], []
        for row, pieces in enumerate(drawn):
            share = max(1, round(self._hidden * len(pieces)))
            for at in sorted(self._random.sample(range(len(pieces)), share)):
                place, chance = len(self._before) + at, self._random.random()
                guessed.append((row, place))
                right.append(pieces[at])
                if chance < _OTHER:
                    ids[row][place] = int(self._random.choice(self.written))
                marked[row, place] = chance >= _OTHER + _AS_IS
        return Batch(ids, marked, np.array(guessed).T, np.searchsorted(self.written, right))


# --- model --------------------------------------------------------------------------------------------------------


class Guesser:
    """The network with the head that guesses."""

    def __init__(self, network: Network, written: NDArray[np.int64]) -> None:
        import torch
        from torch import nn

        self._network = network
        vectors = torch.tensor(network.model.table[written], device=network.device)  # (written, dim), as they go in
        dim = vectors.shape[1]
        self._out = nn.Linear(dim, len(written), device=network.device)
        self._out.weight = nn.Parameter(vectors, requires_grad=False)
        nn.init.zeros_(self._out.bias)
        shaped = nn.Linear(dim, dim, device=network.device), nn.GELU(), nn.LayerNorm(dim, device=network.device)
        self._head = nn.Sequential(*shaped, self._out)
        self._mark = nn.Parameter(vectors.mean(0))

    @property
    def parameters(self) -> list[Any]:
        """Of the head, and the mark that stands where a piece is hidden."""
        return [self._mark, *(each for each in self._head.parameters() if each.requires_grad)]

    def loss(self, batch: Batch) -> Any:
        """Mean cross-entropy of the guesses.

        Inputs: a batch. Suits texts like those that will be encoded. Compare with the contrastive loss of tuning, which
        teaches what belongs together. Example: before it has learnt, about the logarithm of how many pieces there are.
        """
        import torch
        from torch.nn import functional as F

        network = self._network
        parts = batch.marked, *batch.guessed, batch.right
        marked, texts, places, right = (torch.tensor(part, device=network.device) for part in parts)
        words, real = network.words(batch.ids)
        words = torch.where(marked[..., None], self._mark, words)  # (texts, length, dim)
        states = network.states(network.merged(), words, real)
        return F.cross_entropy(self._head(states[texts, places]), right)  # of (guessed, written)


# --- loop ---------------------------------------------------------------------------------------------------------


def pretrain(
    model: Model,
    texts: Sequence[str],
    *,
    config: TuningConfig,
    seed: int,
    kept: Path,
    tell: Callable[[str], None],
) -> Weights:
    """The packaged weights after some steps of guessing; with `rank`, by low-rank additions, as tuning.

    `kept` is a file: what was interrupted goes on from there, and what was finished is read from there. It stays.
    """
    with seeded(seed):
        return _loop(model, texts, config=config, seed=seed, kept=kept, tell=tell)


def _loop(
    model: Model, texts: Sequence[str], *, config: TuningConfig, seed: int, kept: Path, tell: Callable[[str], None]
) -> Weights:
    chosen, random, begun = config.pretraining, Random(seed), model.weights()
    shown = Cloze(texts, model.pieces, random, hidden=chosen.hidden)
    network = Network(model, begun, rank=config.rank, device=device())
    guesser = Guesser(network, shown.written)
    groups = [(network.parameters, chosen.rate), (guesser.parameters, chosen.head_rate)]
    learner = Learner(groups, steps=chosen.steps, random=random)
    said = hashlib.sha256(repr(texts).encode()).hexdigest()
    mark = f"{said} {chosen} {config.rank} {config.minutes} {seed} {digest(begun)}"
    (spent,) = learner.resume(kept, mark) or (0.0,)
    started, lost = time.process_time(), []
    while learner.step < chosen.steps:
        loss = guesser.loss(shown.draw(chosen.batch))
        learner.learn(loss)
        lost.append(loss.item())
        seconds = spent + time.process_time() - started
        late = seconds > 60 * config.minutes
        if learner.step % _LOOK and learner.step < chosen.steps and not late:
            continue
        tell(f"encoder: pre-training, step {learner.step} of {chosen.steps}, loss {np.mean(lost):.3f}")
        lost.clear()
        if late:
            learner.step = chosen.steps
        learner.keep(kept, mark, (seconds,))
    return network.weights()
