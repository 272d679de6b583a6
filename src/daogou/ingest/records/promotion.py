"""Promotions as records: a condition, a benefit, and when it holds."""

from __future__ import annotations

from typing import Any, cast, get_args

from daogou.domain.ids import ProductId, PromotionId
from daogou.domain.promotion import Benefit, BenefitKind, Condition, Promotion
from daogou.domain.text import Text
from daogou.ingest.records.fields import (
    FieldError,
    Object,
    choice,
    compact,
    currency_of,
    flag,
    identifiers,
    integer,
    items,
    money,
    nested,
    number,
    optional_instant,
    plain,
    required_id,
    text,
    uninstant,
    unmoney,
    unworded,
    words,
)

KEYS = frozenset(
    {"id", "title", "description", "benefit", "condition", "starts", "ends", "campaign", "stackable", "priority",
     "currency"}
)  # fmt: skip
_KINDS = get_args(BenefitKind)


def decode_promotion(record: Object, where: str = "", *, currency: str = "USD") -> Promotion:
    """Read a promotion. Names of categories and brands are folded to their keys. Raises FieldError."""
    currency = currency_of(record, currency)
    title = words(record.get("title"), "title")
    if not title:
        raise FieldError("title", "is missing", rule="missing-field", where=where)
    starts, ends = optional_instant(record, "starts"), optional_instant(record, "ends")
    if starts is not None and ends is not None and ends <= starts:
        raise FieldError("ends", "is not after starts", where=where)
    return Promotion(
        id=PromotionId(required_id(record, "id")),
        title=title,
        benefit=_benefit(nested(record, "benefit"), currency),
        condition=_condition(nested(record, "condition"), currency),
        description=words(record.get("description"), "description"),
        starts=starts,
        ends=ends,
        campaign=text(record, "campaign"),
        stackable=flag(record, "stackable"),
        priority=integer(record, "priority") or 0,
    )


def _benefit(record: Object, currency: str) -> Benefit:
    kind = cast("BenefitKind", choice(record, "kind", _KINDS))
    benefit = Benefit(
        kind=kind,
        percent=number(record, "percent", least=0, most=100) or 0.0,
        amount=money(record, "amount", currency),
        free_quantity=integer(record, "free_quantity", least=0) or 0,
    )
    if kind == "percent_off" and not benefit.percent:
        raise FieldError("percent", "is missing: percent_off says how much", rule="missing-field")
    if kind in ("amount_off", "fixed_price") and benefit.amount is None:
        raise FieldError("amount", f"is missing: {kind} says how much", rule="missing-field")
    return benefit


def _condition(record: Object, currency: str) -> Condition:
    least = integer(record, "min_quantity", least=1)
    return Condition(
        products=frozenset(map(ProductId, identifiers(record, "products"))),
        categories=_keys(record, "categories"),
        brands=_keys(record, "brands"),
        min_total=money(record, "min_total", currency),
        min_quantity=1 if least is None else least,
        segment=text(record, "segment") or None,
        code=text(record, "code") or None,
    )


def _keys(record: Object, name: str) -> frozenset[str]:
    return frozenset(Text.of(plain(value, name)).key for value in items(record.get(name)))


def encode_promotion(promotion: Promotion) -> dict[str, Any]:
    """The inverse of `decode_promotion`; its amounts must be in one currency, ValueError otherwise."""
    benefit, condition = promotion.benefit, promotion.condition
    currencies = {amount.currency for amount in (benefit.amount, condition.min_total) if amount is not None}
    if len(currencies) > 1:
        raise ValueError(f"a promotion has one currency, found {sorted(currencies)}")
    return compact(
        {
            "id": promotion.id,
            "title": unworded(promotion.title),
            "description": unworded(promotion.description),
            "currency": next(iter(currencies), None),
            "benefit": compact(
                {
                    "kind": benefit.kind,
                    "percent": benefit.percent or None,
                    "amount": None if benefit.amount is None else unmoney(benefit.amount),
                    "free_quantity": benefit.free_quantity or None,
                }
            ),
            "condition": _encode_condition(condition),
            "starts": None if promotion.starts is None else uninstant(promotion.starts),
            "ends": None if promotion.ends is None else uninstant(promotion.ends),
            "campaign": promotion.campaign,
            "stackable": promotion.stackable or None,
            "priority": promotion.priority or None,
        }
    )


def _encode_condition(condition: Condition) -> dict[str, Any]:
    return compact(
        {
            "products": sorted(condition.products),
            "categories": sorted(condition.categories),
            "brands": sorted(condition.brands),
            "min_total": None if condition.min_total is None else unmoney(condition.min_total),
            "min_quantity": None if condition.min_quantity == 1 else condition.min_quantity,
            "segment": condition.segment,
            "code": condition.code,
        }
    )
