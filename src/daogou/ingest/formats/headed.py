"""Tables and JSON objects of a store's own making: the headings say what each column holds.

What was taken for what is noted in the report, since a heading is a guess. A file whose headings leave it open what its
lines are is refused, and the reason says how to name the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from daogou.domain.ids import Instant
from daogou.ingest.formats.base import Fix, Format, Found, part, refusal
from daogou.ingest.formats.headings import guess, seen_as
from daogou.ingest.formats.values import amount, filled, plain_text, pseudonym, reduced, unique
from daogou.ingest.options import ImportOptions
from daogou.ingest.reading.look import Look
from daogou.ingest.reading.source import Source
from daogou.ingest.records.kinds import KINDS

_NONE = frozenset(
    {"无货", "缺货", "售罄", "售完", "已售罄", "无", "否", "out of stock", "outofstock", "out_of_stock", "sold out",
     "no", "false", "n", "discontinued", "ausverkauft", "nicht vorrätig", "nicht auf lager", "nicht verfügbar",
     "nein", "épuisé", "rupture", "rupture de stock", "en rupture", "non", "agotado", "sin stock"}
)  # fmt: skip
"""Words for a stock of none."""
_OFF = frozenset(
    {"下架", "已下架", "仓库中", "否", "草稿", "停售", "off", "offline", "no", "false", "0", "n", "draft",
     "archived", "inactive", "hidden", "disabled", "unpublished", "nein", "inaktiv", "entwurf", "non", "inactif",
     "brouillon", "inactivo", "borrador"}
)  # fmt: skip
"""Words for a product that is not to be shown."""
_ON_REQUEST = frozenset(
    {"待定", "面议", "价格面议", "询价", "电询", "暂无报价", "on request", "price on request", "poa", "por", "call",
     "call for price", "tba", "tbd", "auf anfrage", "preis auf anfrage", "a. a.", "a.a.", "sur demande", "sur devis",
     "prix sur demande",
     "a consultar", "consultar", "bajo pedido", "según presupuesto"}
)  # fmt: skip
"""Words for a price that whoever asks is told."""
_CANCELLED = re.compile(r"关闭|取消|cancel|storni|annul|void|失败", re.IGNORECASE)
_REFUNDED = re.compile(r"退款成功|已退款|refunded|erstattet|rembours|reembols", re.IGNORECASE)
_PENDING = re.compile(r"待付款|等待买家付款|未付款|unpaid|pending|ausstehend|offen|en attente|pendiente", re.IGNORECASE)
_ACTS = {
    "view": "view pv browse 浏览 查看 detail view_item product_view ansicht vue vista",
    "click": "click 点击 clic klick",
    "cart": "cart 加购 加入购物车 add_to_cart addtocart add-to-cart warenkorb panier carrito",
    "purchase": "purchase buy 购买 下单 支付 成交 order transaction kauf achat compra",
    "thumb": "fav favorite favourite 收藏 wishlist add_to_wishlist like 喜欢 merkliste",
    "search": "search 搜索 suche recherche",
    "return": "return refund 退货 退款",
    "remove_from_cart": "remove_from_cart removefromcart remove-from-cart 移出购物车 删除购物车",
}
_TYPES = {word: type for type, words in _ACTS.items() for word in words.split()}
_UNDONE = frozenset({"取消收藏"})
_WRITTEN_STARS = re.compile(r"(\d(?:[.,]\d+)?)\s*(?:星|分|/\s*5|stars?|Sterne?|étoiles?|estrellas?)?", re.IGNORECASE)
_STARS = {"好评": "5", "中评": "3", "差评": "1"}


_OURS = KINDS["product"].keys


class _Line(NamedTuple):
    """A row under our names, with the row as it was read."""

    line: int
    data: dict[str, Any]
    raw: dict[str, Any]


def kind_and_columns(look: Look, kind: str | None = None) -> tuple[str, dict[str, str]] | None:
    """What the headings say, where they say more than our own names do; our own table is not guessed at."""
    ours = any("." in name and name.partition(".")[0] in _OURS for name in look.keys)
    if look.shape == "xml" or not look.keys or ours:
        return None
    found = guess(look.keys, kind)
    if found is None or all(column == field for column, field in found[1].items()):
        return None
    return found


def _recognise(look: Look) -> bool:
    return kind_and_columns(look) is not None


def _phase(look: Look) -> int:
    found = kind_and_columns(look)
    return KINDS[found[0]].phase if found else 0


def _convert(sources: Sequence[Source], options: ImportOptions) -> Iterator[Found]:
    for source in sources:
        found = kind_and_columns(source.look, options.kind) or kind_and_columns(source.look)
        if found is None:
            continue
        kind, columns = found
        source.notes.append(_said(source, kind, columns))
        source.columns = {field: column for column, field in columns.items()}
        rows = (_Line(line, _renamed(row, columns), row) for line, row in source)
        if kind == "review":
            yield from _reviews(source, rows, options.now)
        elif kind == "order" and "price" not in source.columns:
            source.notes.append(f"{source.path.name}: no column is a price, so each line was kept as a purchase")
            yield from _purchases(source, rows)
        else:
            yield from _READS[kind](source, rows)


def _said(source: Source, kind: str, columns: Mapping[str, str]) -> str:
    """The note that lets a person check the guess."""
    pairs = ", ".join(f"{column} as {field}" for column, field in columns.items() if column != field)
    left = sorted(source.look.keys - columns.keys())
    unused = f"; not used: {', '.join(left)}" if left else ""
    wrong = "If one is wrong, import again with --map COLUMN=field"
    return f"{source.path.name}: each line was read as {_a(kind)} by its headings, {pairs}{unused}. {wrong}"


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeo" else f"a {kind}"


def _renamed(row: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """The cells of the columns that are used, under our names; an e-mail address is not kept."""
    named = {field: cell for column, field in columns.items() if (cell := row.get(column)) not in (None, "")}
    if "@" in str(named.get("shopper", "")):
        named["shopper"] = pseudonym(str(named["shopper"]))
    return {name: row[name] for name in ("parent", "hidden") if row.get(name) not in (None, "")} | named


def _products(source: Source, rows: Iterable[_Line]) -> Iterator[Found]:
    """Rows that stand together under one id are variants of one product, where each has a stock-keeping unit."""
    for _, same in groupby(rows, key=lambda row: row.data.get("id")):
        stand = list(same)
        several = len(stand) > 1 and all("attributes.sku" in row.data for row in stand)
        if not several:
            for row in stand:
                yield _product(source, row)
            continue
        fixes: list[Fix] = []
        found = _product(source, stand[0])
        ids = unique(str(row.data["attributes.sku"]) for row in stand)
        record = {name: value for name, value in found.record.items() if name not in _OFFERED}
        record["attributes"] = {k: v for k, v in _attributes(stand[0].data).items() if k not in _VARYING}
        record["variants"] = [_variant(row.data, id, fixes) for row, id in zip(stand, ids, strict=True)]
        yield Found(source, stand[0].line, "product", filled(record), tuple(fixes), stand[0].raw)
        for row in stand[1:]:
            yield part(source, row.line, "product")


_OFFERED = frozenset({"price", "list_price", "stock", "attributes"})
_VARYING = frozenset({"sku", "color", "size", "spec", "gtin"})


def _product(source: Source, row: _Line) -> Found:
    data, fixes = row.data, list[Fix]()
    record = {
        "id": data.get("id"),
        "title": data.get("title"),
        "description": plain_text(data.get("description")),
        "brand": data.get("brand"),
        "category": _path(data.get("category")),
        **_offer(data, fixes),
        "attributes": _attributes(data),
        "images": _links(data.get("images")),
        "url": data.get("url"),
        "released": data.get("released"),
        "parent": data.get("parent"),
        "hidden": data.get("hidden") or str(data.get("listed", "")).strip().casefold() in _OFF,
    }
    return Found(source, row.line, "product", filled(record), tuple(fixes), row.raw)


def _variant(data: Mapping[str, Any], id: str, fixes: list[Fix]) -> dict[str, Any]:
    values = {name: value for name, value in _attributes(data).items() if name in ("color", "size", "spec")}
    return filled(
        {
            "id": id,
            "title": " / ".join(map(str, values.values())),
            "attributes": values,
            "sku": data.get("attributes.sku"),
            "barcode": data.get("attributes.gtin"),
            "image": next(iter(_links(data.get("images"))), None),
            **_offer(data, fixes),
        }
    )


def _offer(data: Mapping[str, Any], fixes: list[Fix]) -> dict[str, Any]:
    """A price before reduction alone is no price: what the maker recommends is not what the shop asks."""
    price, currency = _asked(data.get("price"), fixes)
    sale, _ = _money(data.get("sale"))
    listed, _ = _money(data.get("list_price"))
    now, before = (sale, listed or price) if sale else (price, listed)
    offer = reduced(now, before) if now else {}
    if not now and before:
        fixes.append(Fix("price", f"missing: {before} is the price before reduction, and not taken for it"))
    return filled({**offer, "currency": data.get("currency") or currency, "stock": _stock(data.get("stock"), fixes)})


def _asked(cell: Any, fixes: list[Fix]) -> tuple[Any, str | None]:
    """The price, and its currency where the cell names one; none where it is told on request alone."""
    if isinstance(cell, str) and cell.strip().casefold() in _ON_REQUEST:
        fixes.append(Fix("price", f"{cell!r} says no price: kept without one"))
        return None, None
    return _money(cell)


def _money(cell: Any) -> tuple[Any, str | None]:
    if isinstance(cell, Mapping):
        return cell.get("amount", cell.get("value")), cell.get("currency") or cell.get("currency_code")
    return amount(cell)


def _stock(cell: Any, fixes: list[Fix]) -> Any:
    """A number, with or without its unit (230件); words say none or not counted."""
    if isinstance(cell, bool):
        return None if cell else 0
    if not isinstance(cell, str):
        return cell
    said = cell.strip().casefold()
    if said in _NONE:
        return 0
    counted = re.fullmatch(r"(-?\d+)(?:[.,]0+)?\s*(?:件|个|pcs|pieces|stk\.?|stück|units?|uds\.?)?", said)
    if counted:
        return int(counted.group(1))
    if any(letter.isdigit() for letter in said):
        return cell  # to be read, or refused, as the number it looks like
    fixes.append(Fix("stock", f"{cell!r} says no number: read as in stock, not counted"))
    return None


def _attributes(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name.partition(".")[2]: value for name, value in data.items() if name.startswith("attributes.")}


def _path(cell: Any) -> Any:
    """A category path, whatever stands between its steps."""
    return re.sub(r"\s*(?:>>|->|--|[＞»›|])\s*", " > ", cell) if isinstance(cell, str) else cell


def _links(cell: Any) -> list[str]:
    """The links of a cell: between them stands a bar, a semicolon, a blank, or a comma before the next."""
    if isinstance(cell, list):
        return [str(link) for link in cell if link]
    said = str(cell or "").strip()
    pieces = re.split(r"[|;\s]+|,(?=\s*(?:https?:)?/)", said) if "/" in said else [said]
    return [piece for piece in pieces if piece]


def _orders(source: Source, rows: Iterable[_Line]) -> Iterator[Found]:
    """One row a line of an order; the rows of an order stand together, and only the first need say whose it is."""
    for order, same in groupby(rows, key=lambda row: row.data.get("order")):
        stand = list(same)
        first = stand[0]
        head: dict[str, Any] = {name: first.data.get(name) for name in ("at", "shopper", "currency", "total")}
        status = _status(first.data.get("status"))
        record = filled({"id": order, **head, "status": status, "lines": [_line(row.data) for row in stand]})
        yield Found(source, first.line, "order", record, (), first.raw)


def _purchases(source: Source, rows: Iterable[_Line]) -> Iterator[Found]:
    """Lines of orders of which nobody says what was paid: who bought what is known, and an order needs more."""
    for line, data, raw in rows:
        status = _status(data.get("status"))
        if status:
            yield refusal(source, line, "event", raw, field="status", reason=f"the order is {status}: no purchase")
            continue
        kept = {name: data.get(name) for name in ("order", "product", "quantity", "shopper", "at")}
        yield Found(source, line, "event", filled({"type": "purchase", **kept}), raw=raw)


def _line(data: Mapping[str, Any]) -> dict[str, Any]:
    price, currency = _money(data.get("price"))
    line = {"product": data.get("product"), "quantity": data.get("quantity"), "price": price, "currency": currency}
    return filled(line)


def _status(cell: Any) -> str | None:
    """Cancelled orders must not count as bought; any other word is an order that was paid."""
    said = str(cell or "")
    table = ((_REFUNDED, "refunded"), (_CANCELLED, "cancelled"), (_PENDING, "pending"))
    return next((status for pattern, status in table if pattern.search(said)), None)


def _reviews(source: Source, rows: Iterable[_Line], now: Instant) -> Iterator[Found]:
    """A list without dates and ids is told from another import of it by its words."""
    dated = "at" in source.columns
    fixes = () if dated else (Fix("at", "dated with the moment of the import", "undated"),)
    for line, data, raw in rows:
        rating = data.get("rating")
        stars = _WRITTEN_STARS.fullmatch(str(rating or "").strip())
        read = _STARS.get(str(rating).strip()) or (stars.group(1).replace(",", ".") if stars else rating)
        record = filled(data | {"rating": read})
        if not dated:
            said = "\0".join(str(record.get(name)) for name in ("product", "shopper", "rating", "title", "text"))
            record = {"id": pseudonym(said), "at": now} | record
        yield Found(source, line, "review", record, fixes, raw)


def _events(source: Source, rows: Iterable[_Line]) -> Iterator[Found]:
    for line, data, raw in rows:
        said = str(data.get("type", "")).strip().casefold()
        if said in _UNDONE:
            yield refusal(source, line, "event", raw, field="type", reason=f"{said!r} takes an act back: not kept")
            continue
        type = _TYPES.get(said, said)
        value = {"value": 1} if type == "thumb" else {}
        yield Found(source, line, "event", filled(data | {"type": type} | value), raw=raw)


_READS = {"product": _products, "order": _orders, "event": _events}


def advice(look: Look, name: str) -> str:
    """What to do about a file of which no format is known."""
    taken = set(seen_as(look.keys).values())
    maps = "".join(f" --map COLUMN={field}" for field in ("id", "title") if field not in taken)
    if len(taken) > 1 and maps:
        maps += "".join(f" --map '{column}={field}'" for column, field in list(seen_as(look.keys).items())[:3])
    return (
        f"say what its lines are (product, order, review or event), such as daogou import {name} --kind product{maps}"
    )


HEADED = Format("by-heading", _recognise, _convert, _phase)
