"""A text encoder's weights small enough for a test: one layer, and a character is a piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from daogou.retrieval.encoding.pieces import Pieces
from daogou.retrieval.encoding.weights import Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-茶叶鞋子台灯书本杯背包帽桌椅跑步"


class TinyModel:
    """In place of `daogou.retrieval.encoding.weights.Model`; the weights are drawn with a fixed seed."""

    shape = Shape(dim=32, layers=1, heads=2, inner=64, words=len(_LETTERS) + 4, places=64, epsilon=1e-12)

    def __init__(self) -> None:
        draw = np.random.default_rng(1)
        names = ["<s>", "</s>", "?", "▁", *_LETTERS]
        self.pieces = Pieces(names, [-float(n) / 9 for n in range(len(names))], begin=0, end=1, unknown=2, spelled={})
        self.table = draw.normal(size=(len(names), 32)).astype(np.float32)

        def matrix(rows: int, columns: int) -> NDArray[np.float32]:
            return (draw.normal(size=(rows, columns)) / 6).astype(np.float32)

        weights: dict[str, NDArray[np.float32]] = {"places": matrix(64, 32)}
        for name, rows, columns in [
            ("q", 32, 32),
            ("k", 32, 32),
            ("v", 32, 32),
            ("ao", 32, 32),
            ("fi", 64, 32),
            ("fo", 32, 64),
        ]:
            weights[f"0.{name}.w"], weights[f"0.{name}.b"] = matrix(rows, columns), np.zeros(rows, np.float32)
        for name in ("norm", "0.aln", "0.oln"):
            weights[f"{name}.w"], weights[f"{name}.b"] = np.ones(32, np.float32), np.zeros(32, np.float32)
        self._weights = weights

    def weights(self) -> dict[str, NDArray[np.float32]]:
        return self._weights
