"""The tables of a litemall shop as JSON lines, a file a table: goods refer to categories, brands and variants by id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from daogou.ingest.formats.base import Fix, Format, Found, part, phase, refusal
from daogou.ingest.formats.values import filled, plain_text, reduced
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.rows import Row
from daogou.ingest.reading.source import Source

_CURRENCY = "CNY"
_DEFAULT_STARS = 1
"""What litemall's column of stars holds where nobody gave any (`star smallint DEFAULT 1`)."""
_MOST_DEFAULT = 0.95
_ENOUGH = 20
"""Where so many comments, and this share of them, hold the default, it is no rating: nobody's goods are that bad."""
_SIGNS: dict[str, frozenset[str]] = {
    name: frozenset(signs.split())
    for name, signs in {
        "goods": "goods_sn counter_price retail_price",
        "category": "pid level icon_url",
        "brand": "floor_price desc pic_url",
        "variant": "goods_id specifications number",
        "specification": "goods_id specification value",
        "attribute": "goods_id attribute value",
        "comment": "value_id content star",
        "coupon": "goods_type discount min time_type",
        "topic": "subtitle read_count content",
        "issue": "question answer",
        "footprint": "user_id goods_id add_time",
        "groupon rule": "goods_id discount_member",
        "keyword": "keyword is_default",
        "ad": "link position content enabled",
    }.items()
}
_DATED = frozenset({"add_time", "deleted"})
Fields = Mapping[str, Any]


def _table(names: frozenset[str]) -> str | None:
    if not names >= _DATED:
        return None
    return next((table for table, signs in _SIGNS.items() if signs <= names), None)


def _recognise(look: Look) -> bool:
    return look.shape in ("json", "jsonl") and _table(look.keys) is not None


@dataclass(slots=True)
class _Shop:
    """What goods refer to."""

    categories: dict[str, Fields] = field(default_factory=dict)
    brands: dict[str, str] = field(default_factory=dict)
    variants: dict[str, list[Fields]] = field(default_factory=dict)
    specifications: dict[str, list[Fields]] = field(default_factory=dict)
    attributes: dict[str, list[Fields]] = field(default_factory=dict)


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    """Rows marked deleted are refused. What belongs to goods is read before them, everything else after."""
    tables: dict[str, list[tuple[Source, Row]]] = {}
    for source in sources:
        name = _table(source.look.keys) or ""
        for row in source:
            if row.data.get("deleted"):
                yield refusal(source, row.line, _kind(name), row.data, field="deleted", reason="is marked deleted")
            else:
                tables.setdefault(name, []).append((source, row))
    shop = _collect(tables)
    unrated = _stars_left_alone(tables.get("comment", ()))
    goods = {str(row.data.get("id")) for _, row in tables.get("goods", ())}
    for source, row in tables.get("goods", ()):
        yield Found(source, row.line, "product", _product(row.data, shop), raw=row.data)
    for name, rows in tables.items():
        if name != "goods":
            for source, row in rows:
                yield from _other(name, source, row, goods, unrated=unrated)


def _kind(table: str) -> str:
    return {"comment": "review", "coupon": "promotion", "topic": "article", "issue": "article"}.get(table, table)


def _collect(tables: Mapping[str, list[tuple[Source, Row]]]) -> _Shop:
    shop = _Shop()
    shop.categories = {str(row.data.get("id")): row.data for _, row in tables.get("category", ())}
    shop.brands = {str(row.data.get("id")): str(row.data.get("name")) for _, row in tables.get("brand", ())}
    for name, kept in (
        ("variant", shop.variants),
        ("specification", shop.specifications),
        ("attribute", shop.attributes),
    ):
        for _, row in tables.get(name, ()):
            kept.setdefault(str(row.data.get("goods_id")), []).append(row.data)
    return shop


def _product(row: Fields, shop: _Shop) -> dict[str, Any]:
    id = str(row.get("id"))
    attributes: dict[str, list[Any]] = {}
    for each in shop.attributes.get(id, ()):
        attributes.setdefault(str(each.get("attribute")), []).append(each.get("value"))
    variants = shop.variants.get(id, [])
    single = len(variants) == 1
    return filled(
        {
            "id": id,
            "title": row.get("name"),
            "description": "\n".join(filter(None, (str(row.get("brief") or ""), plain_text(row.get("detail"))))),
            "brand": shop.brands.get(str(row.get("brand_id"))),
            "category": _path(shop, row.get("category_id")),
            **reduced(row.get("retail_price"), row.get("counter_price")),
            "currency": _CURRENCY,
            "stock": variants[0].get("number") if single else None,
            "attributes": attributes,
            "images": list(dict.fromkeys(filter(None, (row.get("pic_url"), *_listed(row.get("gallery")))))),
            "variants": [] if single else [_variant(each, shop.specifications.get(id, [])) for each in variants],
            "released": row.get("add_time"),
            "hidden": not row.get("is_on_sale", 1),
        }
    )


def _path(shop: _Shop, key: Any) -> list[str]:
    path: list[str] = []
    seen: set[str] = set()
    while (found := shop.categories.get(str(key))) is not None and str(key) not in seen:
        seen.add(str(key))
        path.insert(0, str(found.get("name")))
        key = found.get("pid")
    return path


def _variant(row: Fields, specifications: list[Fields]) -> dict[str, Any]:
    """Its values name no attribute; the specifications of the goods say which value is of which."""
    values = _listed(row.get("specifications"))
    of = {str(each.get("value")): str(each.get("specification")) for each in specifications}
    return filled(
        {
            "id": f"{row.get('goods_id')}:{row.get('id')}",
            "title": " ".join(values),
            "price": row.get("price"),
            "stock": row.get("number"),
            "attributes": {of.get(value, "规格"): value for value in values},
            "image": row.get("url"),
        }
    )


def _listed(cell: Any) -> list[str]:
    """Lists are JSON inside text."""
    try:
        found = msgspec.json.decode(cell) if isinstance(cell, str) else cell
    except (ValueError, RecursionError):
        return []
    return [str(each) for each in found] if isinstance(found, list) else []


def _other(table: str, source: Source, row: Row, goods: set[str], *, unrated: bool) -> Iterator[Found]:
    line, data = row.line, row.data
    match table:
        case "category" | "brand":
            yield part(source, line, table)
        case "variant" | "specification" | "attribute":
            if str(data.get("goods_id")) in goods:
                yield part(source, line, table)
            else:
                reason = f"no goods {data.get('goods_id')!r} in this import"
                yield refusal(source, line, table, data, field="goods_id", reason=reason, rule="unknown-product")
        case "comment":
            yield _comment(source, line, data, unrated=unrated)
        case "coupon":
            yield Found(source, line, "promotion", _coupon(data), raw=data)
        case "topic":
            yield Found(source, line, "article", _topic(data), raw=data)
        case "issue":
            faq = {"id": f"issue:{data.get('id')}", "title": data.get("question"), "body": data.get("answer"),
                   "kind": "faq", "at": data.get("add_time")}  # fmt: skip
            yield Found(source, line, "article", filled(faq), raw=data)
        case "footprint":
            view = {"type": "view", "id": f"footprint:{data.get('id')}", "shopper": data.get("user_id"),
                    "product": data.get("goods_id"), "at": data.get("add_time")}  # fmt: skip
            yield Found(source, line, "event", filled(view), raw=data)
        case _:
            yield refusal(source, line, table, data, reason=f"not imported: {table}")


def _stars_left_alone(comments: Sequence[tuple[Source, Row]]) -> bool:
    """Whether the stars of the comments are what the column holds by itself; the report says so."""
    given = [row.data.get("star") for _, row in comments if row.data.get("type") == 0]
    default = given.count(_DEFAULT_STARS)
    if default < _ENOUGH or default < _MOST_DEFAULT * len(given):
        return False
    comments[0][0].notes.append(
        f"{comments[0][0].path.name}: {default:,} of {len(given):,} comments have {_DEFAULT_STARS} star, which litemall"
        " writes where nobody gave any: they were read as words without stars"
    )
    return True


def _comment(source: Source, line: int, row: Fields, *, unrated: bool) -> Found:
    if row.get("type") != 0:
        return refusal(source, line, "review", row, field="type", reason="is no comment on goods")
    stars = row.get("star") or None
    if stars == _DEFAULT_STARS and unrated:
        stars = None
    fixes = () if stars else (Fix("star", "no stars: kept as words only"),)
    record = {
        "id": f"comment:{row.get('id')}",
        "product": row.get("value_id"),
        "shopper": row.get("user_id"),
        "rating": stars,
        "text": row.get("content"),
        "at": row.get("add_time"),
        "images": _listed(row.get("pic_urls")),
    }
    return Found(source, line, "review", filled(record), fixes, row)


def _coupon(row: Fields) -> dict[str, Any]:
    """goods_type 0 is everything, 1 categories, 2 goods; the ids stand in goods_value."""
    ids = _listed(row.get("goods_value"))
    condition = {
        "min_total": row.get("min"),
        "code": row.get("code"),
        "products": ids if row.get("goods_type") == 2 else None,
        "segment": "new" if row.get("type") == 1 else None,
    }
    return filled(
        {
            "id": f"coupon:{row.get('id')}",
            "title": row.get("name"),
            "description": row.get("desc"),
            "currency": _CURRENCY,
            "benefit": {"kind": "amount_off", "amount": row.get("discount")},
            "condition": filled(condition),
            "starts": row.get("start_time"),
            "ends": row.get("end_time"),
        }
    )


def _topic(row: Fields) -> dict[str, Any]:
    body = plain_text(row.get("content")) or row.get("subtitle") or row.get("title")
    return filled(
        {
            "id": f"topic:{row.get('id')}",
            "title": row.get("title"),
            "body": body,
            "kind": "story",
            "products": _listed(row.get("goods")),
            "at": row.get("add_time"),
        }
    )


LITEMALL = Format("litemall", _recognise, _convert, phase(0), together=True)
