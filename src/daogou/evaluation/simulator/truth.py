"""What the simulated shoppers really want: the yardstick no real shop has.

The utility of item i for shopper s at time t is

    u = kinds[s, kind(i)] + drift[s, kind(i)] * years(t) + brands[s, brand(i)] + colors[s, color(i)]
        - price[s] * price_level(i) + quality[s] * quality(i) - OTHER_GENDER if i is made for the other gender
        + what s bought before t does to it (`daogou.evaluation.simulator.needs`)

with years(t) counted from the end of the data (so it is 0 there and negative before). Season adds
`SEASON` while it is i's season; that is behaviour of the moment and left out of `Truth.utility` unless `at` is given.
What is not released by t, or is out of stock, is wanted as much, and cannot be had.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from daogou.domain.errors import BadRequest, NotFound
from daogou.domain.event import Event
from daogou.domain.ids import DAY_MS, Instant
from daogou.evaluation.simulator.choice import CLICK, examination
from daogou.evaluation.simulator.needs import Needs, Purchase
from daogou.evaluation.simulator.tastes import Tastes
from daogou.evaluation.simulator.world import Floats, Ints, World

FILE = "truth.json"
OTHER_GENDER = 2.5
SEASON = 0.5
YEAR = 365 * DAY_MS
_SEASONS = {"spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11), "winter": (12, 1, 2)}


@dataclass(frozen=True)
class Truth:
    """Tastes and items, enough to say what anything is worth to anyone."""

    end: Instant
    shoppers: Mapping[str, int]
    products: Mapping[str, int]
    kinds: Floats
    drift: Floats
    brands: Floats
    colors: Floats
    price: Floats
    quality: Floats
    genders: Ints
    """Of shoppers: 1 women, 2 men."""
    item_kind: Ints
    item_brand: Ints
    item_color: Ints
    item_price: Floats
    item_quality: Floats
    item_gender: Ints
    """0 where an item is for anyone."""
    item_season: tuple[str | None, ...]
    item_released: Ints
    item_available: Ints
    """0 where it is out of stock."""
    needs: Needs
    bought: Mapping[str, tuple[Purchase, ...]] = field(default_factory=dict)
    """Of each shopper, in the order of time."""
    _seasonal: dict[int, Floats] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, world: World, tastes: Tastes, end: Instant) -> Truth:
        """State the truth about a world and those who shop in it."""
        return cls(
            end=end,
            shoppers={shopper.id: row for row, shopper in enumerate(tastes.shoppers)},
            products={item.id: row for row, item in enumerate(world.items)},
            kinds=tastes.kinds,
            drift=tastes.drift,
            brands=tastes.brands,
            colors=tastes.colors,
            price=tastes.price,
            quality=tastes.quality,
            genders=np.array([_GENDERS.get(shopper.labels.get("gender"), 0) for shopper in tastes.shoppers]),
            item_kind=world.kind,
            item_brand=world.brand,
            item_color=world.color,
            item_price=np.round(world.price_level, 4),
            item_quality=world.quality,
            item_gender=np.array([_GENDERS.get(item.gender, 0) for item in world.items]),
            item_season=tuple(item.season for item in world.items),
            item_released=world.released,
            item_available=np.array([item.available for item in world.items], np.int64),
            needs=Needs.of(world.topics),
        )

    @classmethod
    def load(cls, folder: Path) -> Truth:
        """Read the truth that stands beside a simulated shop's files; NotFound where there is none."""
        path = folder / FILE
        if not path.is_file():
            raise NotFound(f"{folder} holds no {FILE}: satisfaction can only be computed for a simulated shop")
        record = msgspec.json.decode(path.read_bytes())
        if "bought" not in record:
            raise BadRequest(f"{path} knows nothing of what was bought: an older version wrote it; build the shop anew")
        arrays: dict[str, Any] = {name: np.array(record[name], dtype=np.float64) for name in _FLOATS}
        arrays |= {name: np.array(record[name], dtype=np.int64) for name in _INTS}
        return cls(
            end=Instant(record["end"]),
            shoppers={id: row for row, id in enumerate(record["shoppers"])},
            products={id: row for row, id in enumerate(record["products"])},
            item_season=tuple(record["item_season"]),
            needs=Needs(
                lasts=np.array(record["lasts"], np.float64),
                used_up=np.array(record["used_up"], np.int64),
                goes_with=np.array(record["goes_with"], np.int64),
            ),
            bought={
                shopper: tuple(Purchase(Instant(at), item) for at, item in each)
                for shopper, each in record["bought"].items()
            },
            **arrays,
        )

    def save(self, folder: Path, notice: str) -> None:
        """Write it as one JSON object that opens with a notice."""
        record: dict[str, Any] = {"notice": notice, "end": self.end}
        record |= {"shoppers": list(self.shoppers), "products": list(self.products), "item_season": self.item_season}
        record |= {name: getattr(self, name).tolist() for name in _FLOATS + _INTS}
        record |= {name: getattr(self.needs, name).tolist() for name in _NEEDS} | {"bought": self.bought}
        (folder / FILE).write_bytes(msgspec.json.encode(record) + b"\n")

    def after(self, events: Iterable[Event]) -> Truth:
        """The same, knowing what else was bought."""
        bought = {shopper: list(each) for shopper, each in self.bought.items()}
        for event in events:
            if event.type == "purchase" and event.shopper is not None and event.product is not None:
                bought.setdefault(event.shopper, []).append(Purchase(event.at, self.products[event.product]))
        return replace(self, bought={shopper: tuple(sorted(each)) for shopper, each in bought.items()})

    def utilities(self, shopper: str, at: Instant | None = None) -> Floats:
        """Return the utility of every product, in the order of `products`. Raises NotFound."""
        return self.utilities_given(self.bought.get(shopper, ()), shopper, at)

    def utilities_given(self, bought: Sequence[Purchase], shopper: str, at: Instant | None = None) -> Floats:
        """The same, had the shopper bought just these things. Raises NotFound."""
        row = _row(self.shoppers, shopper, "shopper")
        kinds, when = self.kinds[row], self.end if at is None else at
        if at is not None:
            kinds = kinds + self.drift[row] * ((at - self.end) / YEAR)
        found: Floats = (
            kinds[self.item_kind]
            + self.brands[row][self.item_brand]
            + self.colors[row][self.item_color]
            - self.price[row] * self.item_price
            + self.quality[row] * self.item_quality
            - OTHER_GENDER * ((self.item_gender > 0) & (self.item_gender != self.genders[row]))
            + self.needs.of_items([each for each in bought if each.at < when], self.item_kind, when)
        )
        return found if at is None else found + self._season(at)

    def clicks(self, shopper: str, at: Instant | None = None) -> Floats:
        """How likely the shopper clicks each product once they look at it: 0 for what cannot be had then."""
        when = self.end if at is None else at
        had = (self.item_available > 0) & (self.item_released <= when)
        found: Floats = np.where(had, 1.0 / (1.0 + np.exp(CLICK - self.utilities(shopper, at))), 0.0)
        return found

    def utility(self, shopper: str, product: str, at: Instant | None = None) -> float:
        """What `product` is worth to `shopper`; at the end of the data, season aside, unless `at` is given."""
        return float(self.utilities(shopper, at)[_row(self.products, product, "product")])

    def satisfaction(self, shopper: str, shown: Iterable[str], at: Instant | None = None) -> float:
        """How well a list serves a shopper: from 0, nothing they would click, to 1, the best list of that length.

        Positions count by how likely they are examined. An empty list gives 0.
        """
        rows = [_row(self.products, product, "product") for product in shown]
        if not rows:
            return 0.0
        clicks, weights = self.clicks(shopper, at), examination(len(rows))
        most = np.sort(clicks)[::-1][: len(rows)]
        return float(weights @ clicks[rows] / (weights @ most))

    def _season(self, at: Instant) -> Floats:
        month = datetime.fromtimestamp(at / 1000, UTC).month
        if month not in self._seasonal:
            on = [season is not None and month in _SEASONS[season] for season in self.item_season]
            self._seasonal[month] = SEASON * np.array(on, dtype=np.float64)
        return self._seasonal[month]


_FLOATS = ("kinds", "drift", "brands", "colors", "price", "quality", "item_price", "item_quality")
_INTS = ("genders", "item_kind", "item_brand", "item_color", "item_gender", "item_released", "item_available")
_NEEDS = ("lasts", "used_up", "goes_with")
_GENDERS: dict[str | None, int] = {"women": 1, "men": 2}


def _row(rows: Mapping[str, int], id: str, what: str) -> int:
    if id not in rows:
        raise NotFound(f"the simulation knows no {what} {id!r}")
    return rows[id]
