"""Any endpoint that speaks OpenAI's embeddings protocol: POST {base}/embeddings with model and input."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daogou.domain.errors import NotReady

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH = 64
_QUERY_S, _PASSAGES_S = 2.0, 60.0
"""Seconds an answer may take: a shopper waits for a query, nobody for a catalogue."""


class _Vector(msgspec.Struct):
    index: int
    embedding: list[float]


class _Answer(msgspec.Struct):
    data: list[_Vector]


class Endpoint:
    """An encoder behind HTTP. Raises NotReady, with what it said, where it does not answer as the protocol asks."""

    def __init__(self, base: str, model: str, *, key: str = "") -> None:
        self.name = model
        self._address = f"{base.rstrip('/')}/embeddings"
        self._key = key
        self._dim = 0

    @property
    def dim(self) -> int:
        """Asked of the endpoint once."""
        if not self._dim:
            self._dim = len(self._asked(["dim"], _PASSAGES_S)[0])
        return self._dim

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encoded(texts, _QUERY_S)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encoded(texts, _PASSAGES_S)

    def _encoded(self, texts: Sequence[str], timeout: float) -> NDArray[np.float32]:
        batches = [self._asked(texts[low : low + _BATCH], timeout) for low in range(0, len(texts), _BATCH)]
        if not batches:
            return np.empty((0, self.dim), np.float32)
        found = np.array([vector for batch in batches for vector in batch], np.float32)
        unit: NDArray[np.float32] = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
        return unit

    def _asked(self, texts: Sequence[str], timeout: float) -> list[list[float]]:
        request = urllib.request.Request(  # noqa: S310 (the address is the operator's, http or https)
            self._address,
            msgspec.json.encode({"model": self.name, "input": list(texts)}),
            {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self._key}"} if self._key else {}),
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
                answer = msgspec.json.decode(response.read(), type=_Answer)
        except urllib.error.HTTPError as error:
            said = error.read(300).decode("utf-8", "replace")
            raise NotReady(f"the encoder answered {error.code}: {said}", where=self._address) from None
        except (OSError, msgspec.DecodeError) as error:
            raise NotReady(f"the encoder does not answer: {error}", where=self._address) from None
        vectors = sorted(answer.data, key=lambda vector: vector.index)
        if len(vectors) != len(texts):
            raise NotReady(f"the encoder gave {len(vectors)} vectors for {len(texts)} texts", where=self._address)
        return [vector.embedding for vector in vectors]
