"""Makes the folder of a new shop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.domain.errors import BadRequest
from daogou.settings import write_default

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from daogou.domain.text import Text

SETTINGS = "daogou.toml"


def create(
    folder: Path, *, name: Text, currency: str, rates: Mapping[str, float] | None = None, **shop: object
) -> Path:
    """Make `folder` with its daogou.toml, store and models; returns the path of daogou.toml.

    Raises BadRequest where a shop is there already, or for a currency that is not three letters.
    """
    if (folder / SETTINGS).exists():
        raise BadRequest(f"{folder} is a shop already", where=str(folder))
    if not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise BadRequest(f"{currency!r} is not an ISO 4217 currency code such as USD or CNY", where="currency")
    for part in ("store", "models", "pictures"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    return write_default(folder, name=name, currency=currency.upper(), rates=rates or {}, **shop)
