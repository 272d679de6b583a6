"""How the packaged encoder is tuned to a shop, and the tuned encoder as a release holds it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from daogou.retrieval.encoding.e5 import E5
from daogou.retrieval.encoding.static import Static, Summing

if TYPE_CHECKING:
    from pathlib import Path

    from daogou.ports.encoder import Encoder
    from daogou.retrieval.encoding.weights import Model

_GRAPH, _ABOUT = "graph.onnx", "about.json"


@dataclass(frozen=True, slots=True)
class StaticConfig:
    """[training.encoder.static]: what shoppers ask in vectors of word pieces, distilled from the tuned encoder."""

    serve: bool = False
    """True: what shoppers ask is encoded by them in place of the transformer, which then encodes products alone. In the
    showcase next to nothing of what is found is lost, see the experiments."""
    copies: int = 2
    """How often each query, each product's text and each name of the shop is varied, beside the text itself."""
    worded: int = 10_000
    """General names of goods that are learnt as parts of queries too."""
    products: int = 3_000
    """Products that are learnt from, at most; more are drawn with the seed."""
    steps: int = 1_500
    batch: int = 256
    """Texts in a step."""
    hidden: int = 768
    """Width of the layer that knows what pieces mean together."""
    rate: float = 5e-3
    """Learning rate of Adam for the vectors of pieces; falls to nothing."""
    network_rate: float = 1e-3
    """The same for the layer."""
    ranking: float = 1.0
    """What the order of products for a text counts beside the vector of a text."""
    ranked: int = 512
    """Products of which the order is compared in a step."""
    temperature: float = 0.05
    """Cosines are divided by it before the order is compared: the smaller, the more the first ones count."""
    ridge: float = 1.0
    """Penalty of the map that gives pieces a vector which no text has that was learnt from."""


@dataclass(frozen=True, slots=True)
class PretrainingConfig:
    """[training.encoder.pretraining]: guessing hidden pieces of the shop's and the reviews' texts, before tuning."""

    enabled: bool = False
    """True: it is tuned both from what guessing made of the encoder and from the encoder as it is packaged, and what
    finds more for the queries that say when to stop stays. Takes more than twice as long."""
    steps: int = 60
    batch: int = 48
    """Texts in a step."""
    hidden: float = 0.15
    """Share of the pieces of a text that are guessed."""
    rate: float = 1e-4
    """Learning rate of the encoder."""
    head_rate: float = 2e-3
    """Learning rate of what guesses, which begins with nothing."""


@dataclass(frozen=True, slots=True)
class TuningConfig:
    """[training.encoder]: whether and how the packaged encoder is tuned to what shoppers turn to."""

    enabled: bool = False
    """Off: it takes minutes, and a shop whose words are found needs no encoder. `daogou train --only encoder` tunes
    once in any case; later releases keep what came of it."""
    steps: int = 40
    """Batches at most."""
    batch: int = 24
    """Pairs of texts in a batch; each is told from all others of its batch."""
    rate: float = 1e-4
    """Learning rate of AdamW; rises for a tenth of the steps, then falls to nothing."""
    temperature: float = 0.05
    """Cosines are divided by it before the softmax."""
    rank: int = 0
    """0 tunes all matrices; above, only additions to them of this rank (LoRA). They want ten times the rate, and in the
    showcase find as much."""
    blend: float = 0.3
    """Share of the weights as they were that is mixed into the tuned ones: queries unlike any that was learnt are found
    better so."""
    descriptions: float = 0.05
    """Share of the pairs that are a product's name and its description."""
    together: float = 0.05
    """Share of the pairs that are two products of one purchase."""
    names: float = 0.45
    """Share of the pairs that are a category's name, or what a dictionary calls the same, as shoppers would ask for it,
    and a product in it. The rest are queries with what was clicked after."""
    typos: float = 0.1
    """Share of the queries that get a typing mistake."""
    swaps: float = 0.3
    """Share of the queries in which a name that the shop, or its `[language] taxonomy`, has in both languages is put
    into the other one."""
    drops: float = 0.6
    """Share of the products' texts that are cut down to the name in one language."""
    hard: int = 30
    """From so many of what the untuned encoder finds for a query, one that is wrong is drawn as a further negative."""
    same: float = 0.6
    """Cosine (mean taken off) with the right product from which another counts as right too, and is no negative."""
    dims: tuple[int, ...] = (384, 192, 96)
    """The first so many numbers of a vector are each tuned to do alone (Matryoshka), so that it may be cut."""
    dim: int = 384
    """Numbers of a vector that are kept."""
    look: int = 20
    """Steps between looks at the queries that say when to stop, a tenth."""
    patience: int = 2
    """Looks without a gain after which it stops; the best weights are kept."""
    least_queries: int = 100
    """Below so many different queries with a click it is not tuned."""
    most_judged: int = 3_000
    """Products among which the held-back queries are judged; more are drawn with the seed."""
    minutes: float = 10.0
    """CPU minutes it may take; the guessing before it may take as many."""
    static: StaticConfig = field(default_factory=StaticConfig)
    pretraining: PretrainingConfig = field(default_factory=PretrainingConfig)


class _About(msgspec.Struct):
    name: str
    dim: int
    static: bool


def save_tuned(folder: Path, graph: bytes, *, dim: int, static: Static | None) -> None:
    """Write the tuned encoder, and what was distilled from it, in the place of what the folder had.

    Its name tells it from any that gives other vectors: products' vectors are kept by it.
    """
    for path in folder.iterdir():
        path.unlink()
    arrays = [] if static is None else static.summing.arrays().values()
    made = b"".join([graph, str(dim).encode(), *(array.tobytes() for array in arrays)])
    name = f"multilingual-e5-small tuned {hashlib.sha256(made).hexdigest()[:8]}" + (" static" if static else "")
    (folder / _GRAPH).write_bytes(graph)
    if static is not None:
        static.summing.save(folder)
    (folder / _ABOUT).write_bytes(msgspec.json.encode(_About(name, dim, static is not None)))


def open_tuned(folder: Path, model: Model) -> Encoder:
    """Read what `save_tuned` wrote."""
    about = msgspec.json.decode((folder / _ABOUT).read_bytes(), type=_About)
    encoder = E5(model, about.name, (folder / _GRAPH).read_bytes, dim=about.dim)
    return Static(model, about.name, Summing.load(folder), encoder) if about.static else encoder
