"""What every recipe is given: products by row, the steps of all actors, and the purchases."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from daogou.domain.ids import DAY_MS, Instant
from daogou.features.exposure import looks, thinned
from daogou.features.history import STEP_TYPES, Sequences, sequences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from daogou.domain.product import Product
    from daogou.ports.stores import EventColumns, Stores

_ALWAYS = Instant(2**62)


@dataclass(frozen=True, slots=True)
class Lines:
    """Products that were bought, one entry each."""

    actor: NDArray[np.int32]
    day: NDArray[np.int64]
    """UTC days since the epoch."""
    row: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class TrainingData:
    """The shop's facts, by row."""

    products: tuple[Product, ...]
    """In the order of their rows."""
    row: Mapping[str, int]
    steps: Sequences
    lines: Lines
    labels: Mapping[str, tuple[str, ...]]
    """Labels of shoppers ("name=value"), for those who have any."""
    last_seq: int
    hash: str

    @property
    def n(self) -> int:
        """How many products there are."""
        return len(self.products)

    @property
    def kinds(self) -> NDArray[np.int32]:
        """(products,) The number of the last category of each; 0 where there is none."""
        numbers: dict[str, int] = {}
        return np.array(
            [numbers.setdefault(p.category[-1].key, len(numbers) + 1) if p.category else 0 for p in self.products],
            np.int32,
        )


def read(stores: Stores, *, by_looks: bool = True) -> TrainingData:
    """Read catalogue, events, orders and shoppers once.

    With `by_looks`, steps out of the shop's own lists are thinned where their products were looked at often.
    """
    products = tuple(stores.catalogue.scan())
    row: dict[str, int] = {product.id: place for place, product in enumerate(products)}
    columns = stores.events.columns(STEP_TYPES)
    labels = {str(shopper.id): shopper.facts for shopper in stores.shoppers.scan() if shopper.labels}
    steps = sequences(columns, row)
    if by_looks:
        steps = thinned(steps, looks(stores.queries.offered(until=_ALWAYS), row))
    return TrainingData(
        products=products,
        row=row,
        steps=steps,
        lines=_lines(columns, row, stores),
        labels=labels,
        last_seq=columns.last_seq,
        hash=_hash(products, columns),
    )


def _lines(columns: EventColumns, row: Mapping[str, int], stores: Stores) -> Lines:
    """Purchases of the event log and lines of orders; the same product on the same day is one line later on."""
    bought = columns.type == columns.types.index("purchase")
    rows = np.array([row.get(product, -1) for product in columns.products], np.int32)
    actors = {name: place for place, name in enumerate(columns.shoppers)}
    ordered = [
        (actors.setdefault(str(order.shopper), len(actors)), order.at // DAY_MS, row[line.product])
        for order in stores.orders.scan()
        if order.bought
        for line in order.lines
        if line.product in row
    ]
    extra = np.array(ordered, np.int64).reshape(-1, 3)
    known = bought & (rows[columns.product] >= 0) if len(rows) else bought
    return Lines(
        np.concatenate([columns.shopper[known], extra[:, 0]]).astype(np.int32),
        np.concatenate([columns.at[known] // DAY_MS, extra[:, 1]]),
        np.concatenate([rows[columns.product[known]], extra[:, 2]]).astype(np.int32),
    )


def _hash(products: tuple[Product, ...], columns: EventColumns) -> str:
    digest = hashlib.sha256(msgspec.json.encode([columns.last_seq, columns.shoppers, columns.products]))
    for array in (columns.shopper, columns.product, columns.type, columns.at, columns.value):
        digest.update(array.tobytes())
    for product in products:
        digest.update(msgspec.json.encode(product))
    return digest.hexdigest()
