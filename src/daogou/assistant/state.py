"""Where a conversation stands, rebuilt from the last answer on record: nothing lives between two requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast, get_args

from daogou.domain.ids import ProductId
from daogou.domain.money import Money
from daogou.domain.query import Sort, Where

if TYPE_CHECKING:
    from daogou.domain.conversation import Message
    from daogou.domain.ids import ShopperId
    from daogou.domain.text import Language


@dataclass(frozen=True, slots=True)
class State:
    """What is being looked for, and which products are on the table."""

    words: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    """Words that must not describe it, where they are no value of the catalogue."""
    where: Where = Where()
    sort: Sort = "relevance"
    searching: bool = False
    """True once something was looked for, so that "cheaper" has something to refine."""
    shown: tuple[ProductId, ...] = ()
    """The list "the second one" counts in."""
    focus: ProductId | None = None
    """What "it" means."""
    seen: frozenset[ProductId] = frozenset()
    """Everything shown for this search, so that "another" shows something new."""
    language: Language | None = None

    def as_slots(self) -> dict[str, Any]:
        """As plain data, to be kept in the answer."""
        slots: dict[str, Any] = {
            "words": list(self.words),
            "refused": list(self.refused),
            "where": where_as_data(self.where),
            "sort": self.sort,
            "shown": list(self.shown),
            "focus": self.focus,
            "seen": sorted(self.seen),
        }
        return {name: value for name, value in slots.items() if value not in (None, [], {}, "relevance")} | {
            "searching": self.searching
        }


def state_of(messages: Sequence[Message], shopper: ShopperId | None) -> State:
    """Read the state off the newest answer given to this same shopper.

    What a signed-in shopper said is not carried over to anyone else; what a visitor said carries over when they sign
    in.
    """
    for message in reversed(messages):
        if message.answer is not None and message.shopper in {None, shopper}:
            return _from_slots(message.answer.slots, message.answer.language)
    return State()


def _from_slots(slots: Mapping[str, Any], language: Language) -> State:
    focus = slots.get("focus")
    sort = slots.get("sort", "relevance")
    return State(
        words=tuple(slots.get("words", ())),
        refused=tuple(slots.get("refused", ())),
        where=where_from_data(slots.get("where", {})),
        sort=cast("Sort", sort) if sort in get_args(Sort) else "relevance",
        searching=bool(slots.get("searching", False)),
        shown=tuple(ProductId(id) for id in slots.get("shown", ())),
        focus=ProductId(focus) if focus else None,
        seen=frozenset(ProductId(id) for id in slots.get("seen", ())),
        language=language,
    )


def merged(old: Where, new: Where) -> Where:
    """Narrow `old` by `new`: what the newer words speak of replaces the older words on the same thing."""
    brands = new.brands or (old.brands - new.not_brands)
    attributes = {**old.attributes, **new.attributes}
    for name, refused in new.not_attributes.items():
        kept = attributes.get(name, frozenset()) - refused
        attributes = {k: v for k, v in attributes.items() if k != name} | ({name: kept} if kept else {})
    not_attributes = {
        name: old.not_attributes.get(name, frozenset()) | values for name, values in new.not_attributes.items()
    }
    older = {
        n: v - new.attributes.get(n, frozenset()) for n, v in old.not_attributes.items() if n not in not_attributes
    }
    bounded = new.price_min is not None or new.price_max is not None
    return replace(
        old,
        category=new.category or old.category,
        brands=brands,
        not_brands=(old.not_brands | new.not_brands) - new.brands,
        price_min=_lower(old, new) if bounded else old.price_min,
        price_max=_upper(old, new) if bounded else old.price_max,
        attributes=attributes,
        not_attributes={n: v for n, v in {**older, **not_attributes}.items() if v},
        rating_min=new.rating_min if new.rating_min is not None else old.rating_min,
        on_sale=old.on_sale or new.on_sale,
        exclude=old.exclude | new.exclude,
    )


def _lower(old: Where, new: Where) -> Money | None:
    """A new upper bound below the old lower one replaces it: "under 100" after "200 to 400"."""
    if new.price_min is not None or old.price_min is None or new.price_max is None:
        return new.price_min or old.price_min
    return old.price_min if old.price_min.minor <= new.price_max.minor else None


def _upper(old: Where, new: Where) -> Money | None:
    if new.price_max is not None or old.price_max is None or new.price_min is None:
        return new.price_max or old.price_max
    return old.price_max if old.price_max.minor >= new.price_min.minor else None


def where_as_data(where: Where) -> dict[str, Any]:
    """A filter as plain data; empty fields are left out."""
    data: dict[str, Any] = {
        "category": where.category,
        "brands": sorted(where.brands),
        "not_brands": sorted(where.not_brands),
        "price_min": _money_as_data(where.price_min),
        "price_max": _money_as_data(where.price_max),
        "attributes": {name: sorted(values) for name, values in where.attributes.items()},
        "not_attributes": {name: sorted(values) for name, values in where.not_attributes.items()},
        "rating_min": where.rating_min,
        "on_sale": where.on_sale or None,
    }
    return {name: value for name, value in data.items() if value not in (None, [], {})}


def where_from_data(data: Mapping[str, Any]) -> Where:
    """The filter that `where_as_data` wrote."""
    return Where(
        category=data.get("category"),
        brands=frozenset(data.get("brands", ())),
        not_brands=frozenset(data.get("not_brands", ())),
        price_min=_money_from_data(data.get("price_min")),
        price_max=_money_from_data(data.get("price_max")),
        attributes={name: frozenset(values) for name, values in data.get("attributes", {}).items()},
        not_attributes={name: frozenset(values) for name, values in data.get("not_attributes", {}).items()},
        rating_min=data.get("rating_min"),
        on_sale=bool(data.get("on_sale", False)),
    )


def _money_as_data(money: Money | None) -> dict[str, Any] | None:
    return None if money is None else {"minor": money.minor, "currency": money.currency}


def _money_from_data(data: Mapping[str, Any] | None) -> Money | None:
    return None if data is None else Money(int(data["minor"]), str(data["currency"]))
