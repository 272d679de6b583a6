from __future__ import annotations

from typing import Any

import numpy as np

from daogou.retrieval.encoding.e5 import E5, in_integers
from daogou.testing.tiny_model import TinyModel


def test_the_tiny_model_encodes_like_the_large_one() -> None:
    model: Any = TinyModel()
    assert [model.pieces.text(id) for id in model.pieces.ids("ab 跑")] == [" ", "a", "b", " ", "跑"]
    found = E5(model, "tiny", lambda: in_integers(model, model.weights())).passages(["tea cup", "茶杯", "tea cup"])
    assert found.shape == (3, model.shape.dim)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(found[0], found[2], atol=1e-6)
    assert found[0] @ found[1] < 0.99
