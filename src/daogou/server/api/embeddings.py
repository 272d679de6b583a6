"""The shop's text encoder for other programs, by OpenAI's embeddings protocol."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from fastapi import APIRouter
from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from daogou.domain.errors import BadRequest, NotReady
from daogou.server import wire
from daogou.server.auth import Services
from daogou.server.document import answers, merged, ref, takes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from daogou.shop.shop import Shop

_Text = Annotated[str, Meta(min_length=1, max_length=8_000)]


class EmbeddingsIn(msgspec.Struct, frozen=True):
    """Texts to encode. Fields of the protocol that are not named here are passed over."""

    input: _Text | Annotated[list[_Text], Meta(min_length=1, max_length=256)]
    model: str = ""
    """Passed over: the shop has one encoder, which the answer names."""
    encoding_format: Literal["float", "base64"] = "float"
    """base64: 32-bit numbers, little end first, as OpenAI's own libraries ask for."""
    dimensions: int | None = None
    """Refused unless it is what the shop's vectors have."""


class Embedding(msgspec.Struct, frozen=True):
    """The vector of one text, of length 1."""

    index: int
    embedding: list[float] | str
    object: str = "embedding"


class Embeddings(msgspec.Struct, frozen=True):
    """Vectors in the order of the texts."""

    data: list[Embedding]
    model: str
    object: str = "list"


def router(shop: Shop) -> APIRouter:
    """The routes, over a shop."""
    routes = APIRouter(tags=["embeddings"])
    about = merged(answers(ref(Embeddings), 503), takes(ref(EmbeddingsIn), {"input": ["跑步鞋", "running shoes"]}))

    @routes.post("/v1/embeddings", **about)
    async def embeddings(caller: Services, request: Request) -> Response:
        """Encode texts as the shop encodes its products."""
        asked = await wire.read(request, EmbeddingsIn)
        encoder = shop.encoder
        if encoder is None:
            raise NotReady("no encoder is set: [encoder] address in daogou.toml", where="encoder.address")
        texts = [asked.input] if isinstance(asked.input, str) else asked.input
        vectors = await run_in_threadpool(encoder.passages, texts)
        dim = vectors.shape[1]
        if asked.dimensions not in {None, dim}:
            raise BadRequest(f"the shop's vectors have {dim} numbers, not {asked.dimensions}", where="dimensions")
        written = _in_base64(vectors) if asked.encoding_format == "base64" else vectors.tolist()
        return wire.answer(Embeddings([Embedding(*each) for each in enumerate(written)], encoder.name))

    return routes


def _in_base64(vectors: NDArray[np.float32]) -> list[str]:
    return [base64.b64encode(row.tobytes()).decode("ascii") for row in vectors.astype("<f4")]
