"""Attributes that products seem to have, for an operator to decide: nothing is written before somebody says so."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from daogou.domain.errors import BadRequest, NotFound
from daogou.domain.ids import ProductId
from daogou.domain.text import Text
from daogou.knowledge.attributes import Extractor, Suggestion

if TYPE_CHECKING:
    from daogou.domain.ids import Instant
    from daogou.domain.product import Product
    from daogou.ports.stores import Stores

LEDGER = "attribute"
"""The kind of the ledger's entries: what was decided, by whom, and where the value came from."""


_LONGEST = 200
"""Characters of a name and of a value that an operator fills in."""
_READ, _OFFERED = 20_000, 500
"""Products that are read, and suggestions that are made at once: half a minute of reading at most."""


class AttributeSuggestions:
    """Reads the catalogue when it has changed since the last time, otherwise answers from memory."""

    def __init__(self, stores: Stores, clock: Callable[[], Instant]) -> None:
        self._stores = stores
        self._clock = clock
        self._found: tuple[int, list[Suggestion]] = (-1, [])
        self._lock = threading.Lock()

    def open(self) -> Sequence[Suggestion]:
        """The suggestions that nobody has rejected, the surest first.

        One that was accepted, and that an import has taken away again, is offered again.
        """
        rejected = {key for key, said in self._stores.ledger.of(LEDGER) if said["decision"] == "rejected"}
        return list(islice((found for found in self._read() if _key(found) not in rejected), _OFFERED))

    def decide(self, product: str, name: str, *, accept: bool, by: str) -> Suggestion:
        """Write the value into the catalogue, or never offer it again; either is put on record with its origin.

        Raises NotFound where nothing is suggested for that attribute of the product (any more).
        """
        found = next((each for each in self.open() if (each.product, each.name) == (product, name)), None)
        if found is None:
            raise NotFound(f"no attribute {name!r} is suggested for product {product!r}", where="attribute")
        if accept:
            now = self._stores.catalogue.get([found.product])[found.product]
            changed = replace(now, attributes={**now.attributes, name: (found.value,)})
            self._stores.catalogue.put([changed], at=self._clock())
            self._without(found)
        record = {
            "decision": "accepted" if accept else "rejected", "by": by, "at": int(self._clock()),
            "origin": found.place, "context": found.context, "confidence": found.confidence,
        }  # fmt: skip
        self._stores.ledger.put(LEDGER, _key(found), record)
        return found

    def fill(self, product: str, name: str, value: str, *, by: str) -> Product:
        """Write a value that an operator knows into the catalogue, where the attribute lacks; put on record who did.

        Raises NotFound for an unknown product, BadRequest for an empty value or where the attribute is filled in.
        """
        id, text = ProductId(product), " ".join(value.split())
        now = self._stores.catalogue.get([id]).get(id)
        if now is None:
            raise NotFound(f"no product {product!r}", where="product")
        if name in now.attributes or not name or len(name) > _LONGEST:
            raise BadRequest(f"{name!r} is filled in already, or is no name of an attribute", where="name")
        if not 0 < len(text) <= _LONGEST:
            raise BadRequest(f"a value has 1 to {_LONGEST} characters, this one {len(text)}", where="value")
        changed = replace(now, attributes={**now.attributes, name: (Text.of(text),)})
        self._stores.catalogue.put([changed], at=self._clock())
        record = {"decision": "filled", "by": by, "at": int(self._clock()), "value": text}
        self._stores.ledger.put(LEDGER, f"{id}\n{name}\n{Text.of(text).key}", record)
        return changed

    def _read(self) -> list[Suggestion]:
        with self._lock:
            change, changed = self._stores.catalogue.changes(self._found[0])
            if changed or self._found[0] < 0:
                products = list(islice(self._stores.catalogue.scan(), _READ))
                extractor = Extractor.learn(products)
                shown = (product for product in products if not product.hidden)
                found = [each for product in shown for each in extractor.suggestions(product)]
                found.sort(key=lambda each: (-each.confidence, each.name, each.product))
                self._found = change, found
            return self._found[1]

    def _without(self, decided: Suggestion) -> None:
        """Take one out without reading everything again, if it alone has changed: one product more teaches nothing."""
        with self._lock:
            read, found = self._found
            change, changed = self._stores.catalogue.changes(read)
            self._found = (
                change if changed == [decided.product] else read,
                [each for each in found if each != decided],
            )


def _key(found: Suggestion) -> str:
    return f"{found.product}\n{found.name}\n{found.value.key}"
