"""The pages on records and on formats. Every example is decoded and encoded by the importer's own code first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from daogou.domain.article import Article
from daogou.domain.event import EVENT_TYPES, Event
from daogou.domain.order import Order, OrderLine, Shipment
from daogou.domain.product import PricePoint, Product, Variant
from daogou.domain.promotion import Benefit, Condition, Promotion
from daogou.domain.review import Review
from daogou.domain.shopper import Shopper
from daogou.ingest.records import KINDS, FieldError, Kind
from daogou.ingest.records.order import LINE_KEYS, SHIPMENT_KEYS
from daogou.ingest.records.product import VARIANT_KEYS
from daogou.ingest.records.query import Query
from tools.markdown import field_notes, line, table

Record = dict[str, Any]

_VARIANT: Record = {
    "id": "boot-1-42", "title": "42 / brown", "price": 129.0, "currency": "USD", "list_price": 149.0, "stock": 7,
    "attributes": {"size": "42"}, "sku": "RB-42", "barcode": "4006381333931", "image": "/pictures/boot-1-42.jpg",
}  # fmt: skip
_LINE: Record = {
    "product": "boot-1", "quantity": 1, "price": 129.0, "currency": "USD", "variant": "boot-1-42", "discount": 10,
    "returned": 1,
}  # fmt: skip
_SHIPMENT: Record = {
    "id": "s-1", "status": "delivered", "carrier": "SF Express", "tracking": "SF1234567",
    "shipped": "2026-03-03T08:00:00Z", "expected": "2026-03-06T00:00:00Z", "delivered": "2026-03-05T10:30:00Z",
}  # fmt: skip
_BENEFITS: tuple[Record, ...] = (
    {"kind": "percent_off", "percent": 15.0},
    {"kind": "amount_off", "amount": 20},
    {"kind": "fixed_price", "amount": 99},
    {"kind": "free_shipping"},
    {"kind": "buy_x_get_y", "free_quantity": 1},
)
_CONDITION: Record = {
    "products": ["boot-1"], "categories": ["hiking boots"], "brands": ["alta"], "min_total": 100, "min_quantity": 2,
    "segment": "member", "code": "SPRING",
}  # fmt: skip
EXAMPLES: Mapping[str, Record] = {
    "product": {
        "id": "boot-1", "title": {"zh": "山脊徒步鞋", "en": "Ridge hiking boots"}, "description": "Waterproof leather.",
        "brand": "Alta", "category": ["Shoes", "Hiking boots"], "price": 129.0, "currency": "USD", "list_price": 149.0,
        "stock": 7, "attributes": {"color": "brown", "material": ["leather", "rubber"]},
        "images": ["/pictures/boot-1.jpg"], "variants": [_VARIANT], "parent": "boots",
        "released": "2026-02-01T00:00:00Z", "hidden": False, "url": "https://shop.example.com/boot-1",
    },
    "shopper": {
        "id": "lin", "name": "Lin", "language": "zh", "joined": "2025-06-01T00:00:00Z", "labels": {"segment": "member"},
    },
    "promotion": {
        "id": "spring-boots", "title": {"zh": "春季徒步", "en": "Spring hiking"}, "description": "Two pairs or more.",
        "benefit": _BENEFITS[0], "condition": _CONDITION, "currency": "USD", "starts": "2026-03-01T00:00:00Z",
        "ends": "2026-04-01T00:00:00Z", "campaign": "spring", "stackable": True, "priority": 5,
    },
    "article": {
        "id": "choose-boots", "title": "How to choose boots", "body": "Try them on in the evening.", "kind": "guide",
        "topic": "fit", "products": ["boot-1"], "categories": ["Hiking boots"], "at": "2026-02-10T00:00:00Z",
    },
    "policy": {
        "id": "returns", "title": "Returns", "body": "30 days, unworn.", "kind": "policy", "topic": "returns",
        "products": ["boot-1"], "categories": ["Shoes"], "at": "2026-01-01T00:00:00Z",
    },
    "price": {
        "product": "boot-1", "at": "2026-01-01T00:00:00Z", "price": 139.0, "list_price": 149.0, "currency": "USD",
    },
    "order": {
        "id": "o-1", "shopper": "lin", "at": "2026-03-02T09:00:00Z", "lines": [_LINE], "status": "returning",
        "total": 119, "currency": "USD", "shipments": [_SHIPMENT], "promotions": ["spring-boots"],
    },
    "shipment": {"order": "o-1", **_SHIPMENT},
    "review": {
        "id": "r-1", "product": "boot-1", "shopper": "lin", "rating": 4.5, "title": "Warm", "text": "A little narrow.",
        "at": "2026-03-10T18:00:00Z", "verified": True, "helpful": 3, "images": ["/pictures/r-1.jpg"],
    },
    "query": {
        "id": "q-1", "text": "跑鞋", "shopper": "lin", "session": "web-81", "at": "2026-03-02T08:58:00Z",
    },
    "event": {
        "type": "click", "at": "2026-03-02T08:59:00Z", "id": "e-1", "shopper": "lin", "session": "web-81",
        "product": "boot-1", "variant": "boot-1-42", "quantity": 1, "price": 129.0, "currency": "USD", "value": 12.5,
        "query": "boots", "list": "home", "position": 0, "propensity": 0.25, "order": "o-1",
    },
}  # fmt: skip
"""One record of each kind that uses every field it may have."""


@dataclass(frozen=True, slots=True)
class Part:
    """An object inside a record."""

    title: str
    kind: str
    """The kind of record that has it."""
    name: str
    """The field it stands in."""
    example: Record
    notes: type
    listed: bool


_PARTS = (
    Part("A variant of a product", "product", "variants", _VARIANT, Variant, True),
    Part("The benefit of a promotion", "promotion", "benefit", _BENEFITS[0], Benefit, False),
    Part("The condition of a promotion", "promotion", "condition", _CONDITION, Condition, False),
    Part("A line of an order", "order", "lines", _LINE, OrderLine, True),
    Part("A shipment of an order", "order", "shipments", _SHIPMENT, Shipment, True),
)
_TYPES: Mapping[str, type] = {
    "product": Product, "shopper": Shopper, "promotion": Promotion, "article": Article, "policy": Article,
    "price": PricePoint, "order": Order, "shipment": Shipment, "review": Review, "query": Query, "event": Event,
}  # fmt: skip
_SHARED = {
    "id": "Its own name, 1 to 256 characters; the same id again is the same record.",
    "title": "Text.",
    "description": "Text.",
    "body": "Text.",
    "brand": "As it is written on the product.",
    "currency": "ISO 4217 code of the record's amounts; left out: the shop's.",
    "images": "Addresses, or /pictures/… for a file in the shop's pictures folder.",
    "image": "An address, or /pictures/… for a file in the shop's pictures folder.",
    "variants": "What can be put in a basket: sizes, colours. See below.",
    "parent": "The product this one is a version of.",
    "released": "When it came into the shop; what is new is shown by it.",
    "hidden": "True: kept on record and never shown.",
    "url": "Its page in your own shop.",
    "at": "When it happened, or from when it holds.",
    "shopper": "Who did it.",
    "session": "The visit it was done in; enough by itself where nobody is signed in.",
    "product": "The product's id.",
    "variant": "The variant's id.",
    "quantity": "How many; left out: 1.",
    "query": "What was searched for.",
    "order": "The order it belongs to.",
    "lines": "What was bought. See below.",
    "shipments": "The parcels on their way. See below.",
    "promotions": "The promotions that were applied, by id.",
    "total": "What was paid.",
    "joined": "Since when the shop knows them.",
    "language": "zh or en.",
    "starts": "From this moment on; left out: since ever.",
    "ends": "Until before this moment; left out: for ever.",
    "stackable": "True: may be applied together with others.",
    "priority": "The higher is applied first.",
    "products": "Ids of the products it is about.",
    "categories": "Steps of category paths it is about.",
    "verified": "True: the reviewer is known to have bought it.",
    "helpful": "How many found it helpful.",
    "benefit": "What the basket gains. See below.",
    "condition": "What the basket must hold. See below.",
}
"""What a field means where the field itself does not say more."""


def records() -> str:
    """Every kind of record with its fields and an example."""
    parts = [
        "# Records\n",
        "Daogou's own records, as JSON lines, one JSON document, CSV or Parquet; kinds may be mixed in a file, since a "
        "record's keys tell its kind. `POST /v1/events` takes the event record.\n",
        "- **Text** is a string in either language, or `{\"zh\": …, \"en\": …}`.\n"
        "- **Money** is an amount of major units, `129` or `\"129.00\"`, never negative; it is kept in whole minor "
        "units.\n"
        "- **Times** are ISO 8601, or epoch seconds or milliseconds. Without an offset they are, in a file, the shop's "
        "own (`[shop] timezone`), and over HTTP UTC.\n"
        "- **Lists** in a table cell are separated by `|`; `title.zh` as a column name means the field `zh` of "
        "`title`; a category path may be written `Shoes > Hiking boots`.\n",
        f"The types of an event are {', '.join(f'`{name}`' for name in EVENT_TYPES)}. "
        "A search needs a `query`, every other type a `product`; every event needs a `shopper` or a `session`.\n",
    ]  # fmt: skip
    for name, kind in KINDS.items():
        parts += _kind(kind)
        parts += (text for part in _PARTS if part.kind == name for text in _part(part))
    return "\n".join(parts)


def formats() -> str:
    """The formats an import knows, and the rules that decide what becomes of a line."""
    from daogou.ingest.formats import FORMATS
    from daogou.ingest.rules import RULES

    rows = [
        (f"`{each.name}`", _first_sentence(each.convert.__module__), "yes" if each.creates_products else "")
        for each in FORMATS
    ]
    says = {
        "reject": "goes to rejects.jsonl",
        "repair": "taken and listed",
        "report": "taken, and said",
    }
    parts = [
        "# Formats and rules\n",
        "A file's format is found by looking at it: its column names, JSON keys or XML root. The first format of this "
        "table that knows the file reads it. gzip is undone, and UTF-8 and GB18030 are told apart.\n",
        *table(("format", "where it comes from", "creates products its events name"), rows),
        "## Rules\n",
        "Nothing happens to a line that is not in this table, and the name of the rule stands beside every line it "
        "touched.\n",
    ]
    for action, meaning in says.items():
        parts.append(f"### {action.capitalize()}: {meaning}\n")
        chosen = (rule for rule in RULES.values() if rule.action == action)
        parts += table(
            ("rule", "applies to", "what it says"),
            ((f"`{rule.name}`", line(rule.applies_to), line(rule.says)) for rule in chosen),
        )
    return "\n".join(parts)


def _kind(kind: Kind) -> Iterator[str]:
    example = EXAMPLES[kind.name]
    if set(example) != kind.keys:
        raise ValueError(f"the example of a {kind.name} lacks or invents {sorted(set(example) ^ kind.keys)}")
    _read_twice(kind, example)
    yield f"## {kind.name}\n"
    needed = _needed(kind, example, kind.keys)
    yield from table(("field", "needed", "meaning"), _rows(example, needed, _TYPES[kind.name]))
    yield _shown(example)


def _part(part: Part) -> Iterator[str]:
    kind, whole = KINDS[part.kind], EXAMPLES[part.kind]
    known = {"variants": VARIANT_KEYS, "lines": LINE_KEYS, "shipments": SHIPMENT_KEYS - {"order"}}.get(part.name)
    if known is not None and set(part.example) != known:
        raise ValueError(f"the example of {part.name} lacks or invents {sorted(set(part.example) ^ known)}")

    def without(name: str) -> Record:
        less = {key: value for key, value in part.example.items() if key != name}
        return {**whole, part.name: [less] if part.listed else less}

    needed = {name for name in part.example if not _decodes(kind, without(name))}
    shown = dict.fromkeys(field_names(part), None) | part.example
    yield f"### {part.title} (`{part.name}`)\n"
    yield from table(("field", "needed", "meaning"), _rows(shown, needed, part.notes))
    if part.name == "benefit":
        for benefit in _BENEFITS:
            _read_twice(kind, whole | {"benefit": benefit})
        yield "Each kind of benefit says how much in its own field:\n"
        yield "```jsonl\n" + "\n".join(json.dumps(each) for each in _BENEFITS) + "\n```\n"


def field_names(part: Part) -> Iterable[str]:
    """The fields of a part, those its example leaves out included."""
    return (name for benefit in _BENEFITS for name in benefit) if part.name == "benefit" else part.example


def _rows(example: Record, needed: set[str], notes: type) -> Iterator[tuple[str, str, str]]:
    said = _SHARED | _choices(notes) | field_notes(notes)
    for name in example:
        yield f"`{name}`", "yes" if name in needed else "", line(said.get(name))


def _choices(kind: type) -> dict[str, str]:
    """What a field of few values may say."""
    return {
        name: "One of " + ", ".join(f"`{value}`" for value in get_args(hint)) + "."
        for name, hint in get_type_hints(kind).items()
        if get_origin(hint) is Literal
    }


def _needed(kind: Kind, example: Record, keys: Iterable[str]) -> set[str]:
    """The fields a record of this kind is refused without, tried one by one."""
    return {name for name in keys if not _decodes(kind, {k: v for k, v in example.items() if k != name})}


def _decodes(kind: Kind, record: Record) -> bool:
    try:
        kind.decode(record, currency="USD")
    except FieldError:
        return False
    return True


def _read_twice(kind: Kind, record: Record) -> None:
    """Decode, encode and decode again: what is shown is what is read."""
    once = kind.decode(record, currency="USD")
    if kind.decode(kind.encode(once), currency="USD") != once:
        raise ValueError(f"the example of a {kind.name} does not come back as it went in")


def _shown(example: Record) -> str:
    return f"```json\n{json.dumps(example, ensure_ascii=False, indent=2)}\n```\n"


def _first_sentence(module: str) -> str:
    from importlib import import_module

    first = (import_module(module).__doc__ or "").split("\n\n")[0]
    return line(first.rstrip("."))
