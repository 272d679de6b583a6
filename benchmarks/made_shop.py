"""Made files of a shop of any size: a bilingual catalogue, and events of shoppers who keep to their corners of it.

The catalogue is worded from the showcase's tables (some hundred kinds of goods) under made brands, one for two hundred
products, and every title ends in a model number of its own; there are no variants, reviews or pictures. Fifty products
that follow one another are of one kind. Shoppers (one for twenty events) keep to a corner of the catalogue, and three
in ten events are on what is popular everywhere (Zipf). The same seed gives the same files, but for the day on which
they end.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import duckdb
import numpy as np

from daogou.domain.ids import DAY_MS, Instant, current_instant
from daogou.domain.text import Text
from daogou.evaluation.lines import write_lines
from daogou.evaluation.showcase.titles import Draft, description_of, title_of
from daogou.evaluation.showcase.vocabulary import Brand, Kind, Vocabulary, vocabulary

CURRENCY = "CNY"
EVENTS_EACH = 20
"""Events of a shopper on average."""
PRODUCTS, EVENTS = "products.jsonl", "events.parquet"
_DAYS = 200
_OF_A_KIND = 50
"""Products of one kind that follow one another."""
_OF_A_BRAND = 200
_SYLLABLES = ("ba", "do", "fe", "gi", "ko", "lu", "mi", "na", "ro", "sa", "te", "vi", "wo", "ya", "ze", "lin")


def simulated(n_products: int, n_events: int, *, end: Instant, seed: int = 0) -> dict[str, np.ndarray]:
    """Type, shopper, product and moment of every event, by moment."""
    random = np.random.default_rng(seed)
    shopper = random.integers(0, max(10, n_events // EVENTS_EACH), n_events)
    corner = shopper * 7919 + (random.pareto(1.2, n_events) * 20).astype(np.int64)
    popular = (np.exp(random.random(n_events) * np.log(n_products))).astype(np.int64) * 104_729
    return {
        "type": random.choice(3, n_events, p=[0.7, 0.1, 0.2]),
        "shopper": shopper,
        "product": np.where(random.random(n_events) < 0.3, popular, corner) % n_products,
        "at": np.sort(end - random.integers(0, _DAYS * DAY_MS, n_events)),
    }


def products(n_products: int, *, seed: int = 0) -> Iterator[dict[str, object]]:
    """Products as records of an import."""
    random, words = Random(seed), vocabulary()
    kinds = tuple(words.kinds.values())
    n_brands = max(40, n_products // _OF_A_BRAND)
    for n in range(n_products):
        yield _product(n, kinds[n // _OF_A_KIND % len(kinds)], _brand(random.randrange(n_brands)), words, random)


def _product(n: int, kind: Kind, brand: Brand, words: Vocabulary, random: Random) -> dict[str, object]:
    draft = Draft(
        kind=kind,
        brand=brand,
        colors=(random.choice(kind.palette),),
        features=tuple(random.sample(kind.features, min(len(kind.features), 2))),
        material=random.choice(kind.materials) if kind.materials else None,
        who=random.choice(kind.who) if kind.who else None,
    )
    title, _ = title_of(draft, words, random)
    about, model = description_of(draft, words), f"{chr(65 + n % 26)}{n // 26:04d}"
    said = {"color": words.colors[draft.colors[0]].text}
    said |= {"material": words.materials[draft.material]} if draft.material else {}
    low, high = kind.price
    return {
        "id": f"p{n}",
        "title": {"zh": f"{title.zh} {model}", "en": f"{title.en} {model}"},
        "description": {"zh": about.zh, "en": about.en},
        "brand": brand.text.en,
        "category": [{"zh": step.zh, "en": step.en} for step in (kind.department, kind.aisle, kind.name)],
        "price": round(low * (high / low) ** random.random()),
        "currency": CURRENCY,
        "stock": 0 if random.random() < 0.05 else random.randrange(1, 400),
        "attributes": {
            **{name: [{"zh": text.zh, "en": text.en}] for name, text in said.items()},
            "feature": [{"zh": t.zh, "en": t.en} for t in (words.features[name].text for name in draft.features)],
        },
    }


def _brand(number: int) -> Brand:
    """A brand for each number, called by syllables for its digits."""
    name, rest = "", number
    while rest or len(name) < 4:
        rest, digit = divmod(rest, len(_SYLLABLES))
        name += _SYLLABLES[digit]
    return Brand(name, Text.of(name.title()), 0.0, 0.0)


def write(folder: Path, n_products: int, n_events: int) -> None:
    """Write both files; the events end today."""
    end = Instant(current_instant() // DAY_MS * DAY_MS)
    write_lines(folder / PRODUCTS, products(n_products))
    with duckdb.connect() as connection:
        connection.register("columns", simulated(n_products, n_events, end=end) | {"id": np.arange(n_events)})
        connection.execute(
            f"""COPY (SELECT ['view', 'cart', 'purchase'][type + 1] AS type, 'e' || id AS id, "at",
                             's' || shopper AS shopper, 'p' || product AS product
                      FROM columns) TO '{folder / EVENTS}' (FORMAT parquet)"""
        )
