"""Takes found records one by one: decode, check, keep the first of each id, and account for every one."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

import msgspec

from daogou.domain.event import PlainEvent
from daogou.domain.ids import ProductId
from daogou.domain.product import Product
from daogou.domain.text import Text
from daogou.ingest.bought import Bought
from daogou.ingest.checks import Checks, Fixes, UnknownProduct
from daogou.ingest.formats.base import Fix, Found, FoundEvents
from daogou.ingest.known import Known
from daogou.ingest.local_dates import LocalDates
from daogou.ingest.options import ImportOptions
from daogou.ingest.outliers import Outliers
from daogou.ingest.people import People
from daogou.ingest.plain_events import PlainRules, plain_events
from daogou.ingest.reading.rows import Unreadable
from daogou.ingest.records.fields import FieldError
from daogou.ingest.records.kinds import KINDS, near_misses
from daogou.ingest.rejects import Rejects
from daogou.ingest.report import Count, FileReport, ImportReport, Reject, Repair, Tally, raw_of
from daogou.ingest.writing import Writer
from daogou.ports.stores import Stores

_MOST_WAITING = 100_000
"""Records that may wait for a product further down in a file of mixed kinds."""


class Intake:
    """The one door into the stores."""

    def __init__(self, stores: Stores, options: ImportOptions, report: ImportReport, rejects: Rejects) -> None:
        self._stores = stores
        self._options = options
        self._report = report
        self._rejects = rejects
        self._known = Known(stores.catalogue)
        self._checks = Checks(self._known, options.now, None)
        self._writer = Writer(stores, options.now, options.batch)
        self._outliers = Outliers()
        self._bought = Bought()
        self._dates = LocalDates(options.zone)
        self._people = People(stores)
        self._seen: dict[str, dict[int, int]] = {}
        self._waiting: list[tuple[FileReport, Found]] = []
        self._unknown_fields: Counter[tuple[str, str]] = Counter()
        self._rejected, self._repaired = Tally(), Tally()
        self._file: FileReport | None = None

    def take(self, file: FileReport, found: Found, *, creates: bool = False) -> None:
        """Account for one found record."""
        count = file.count(found.kind)
        count.read += 1
        if found.joined:
            count.joined += 1
        elif found.refused is not None:
            field, reason, rule = found.refused
            self._reject(file, found, count, FieldError(field, reason, rule=rule))
        else:
            self._file = file
            self._checks.create = self._create if creates or self._options.create_missing_products else None
            self._store(file, found, count, may_wait=len(self._waiting) < _MOST_WAITING)

    def take_events(self, file: FileReport, found: FoundEvents) -> None:
        """Account for a table of events: plain ones all at once, the others one by one."""
        source, (first, names, rows) = found
        rules = PlainRules(self._known.products, self._checks.latest, self._options.currency, self._options.zone)
        count = file.count("event")
        clean: list[PlainEvent] = []
        for place, plain in enumerate(plain_events(found.table, rules)):
            if plain is not None and (not plain[2] or self._meet("event", plain[2], hash(plain)) == "new"):
                count.read += 1
                clean.append(plain)
            else:
                self._writer.add_plain(clean, count=count)  # first, so that the log keeps the order of the file
                clean = []
                self.take(file, Found(source, first + place, "event", dict(zip(names, rows[place], strict=True))))
        self._writer.add_plain(clean, count=count)

    def unreadable(self, file: FileReport, line: Unreadable) -> None:
        """Account for a line that is no record at all."""
        count = file.count("unreadable")
        count.read += 1
        count.rejected += 1
        self._list(Reject(str(file.path), line.line, "", line.reason, line.rule, line.raw))

    def refuse(self, file: FileReport, reason: str, rule: str) -> None:
        """Account for a file that is not read, or not to its end."""
        file.refused = reason
        self._list(Reject(str(file.path), 0, "", reason, rule))

    def flush(self) -> None:
        """Write what has been taken so far."""
        self._writer.flush()

    def finish(self) -> None:
        """Give the waiting records their last chance, write everything, and add the notes."""
        self._checks.create = None
        for file, found in self._waiting:
            self._store(file, found, file.count(found.kind), may_wait=False)
        self._waiting.clear()
        self._writer.flush()
        if n_logged := self._bought.log(self._stores):
            self._report.notes.append(f"orders: {n_logged:,} purchases that no event tells were put in the event log")
        for (name, said), n in sorted(self._unknown_fields.items()):
            self._report.notes.append(f"unknown-field: {name}: {said} ({n:,} records)")
        if (dates := self._dates.note()) is not None:
            self._report.notes.append(dates)
        self._report.notes += self._people.notes()
        self._report.notes += self._outliers.found()
        self._report.rejected, self._report.repaired = self._rejected.listed(), self._repaired.listed()

    def _store(self, file: FileReport, found: Found, count: Count, *, may_wait: bool) -> None:
        kind = found.kind
        self._checks.drop_lines = not may_wait
        try:
            value, fixes = self._read(file, found)
        except UnknownProduct as error:
            if may_wait:
                self._waiting.append((file, found))
            else:
                self._reject(file, found, count, error)
            return
        except FieldError as error:
            self._reject(file, found, count, error)
            return
        if self._is_new(kind, value, found, file, count):
            for fix in (*found.fixes, *fixes):
                self._repair(file, found.line, fix)
            self._writer.add(kind, value, count=count, repaired=bool(found.fixes or fixes))
            self._people.meet(kind, value, file.path)
            if found.alias:
                self._people.alias(found.alias, value.id)
            if kind == "product":
                self._outliers.add(value)
            elif kind == "order":
                self._bought.add(value)

    def _read(self, file: FileReport, found: Found) -> tuple[Any, Fixes]:
        kind = KINDS[found.kind]
        if not kind.keys.issuperset(found.record):
            for said in near_misses(found.record.keys() - kind.keys, kind.keys):
                self._unknown_fields[file.name, said] += 1
        record, joined = self._people.named(found.kind, found.record)
        record, moved = self._dates.read(record, file.path)
        value = kind.decode(record, currency=self._options.currency)
        if found.kind == "shipment" and self._stores.orders.get(value.order) is None:
            self._writer.flush()  # its order may be in this very import
            if self._stores.orders.get(value.order) is None:
                raise FieldError("order", f"no order {value.order!r} on record", rule="unknown-order")
        value, fixes = self._checks.check(found.kind, value)
        return value, (*joined, *moved, *fixes)

    def _is_new(self, kind: str, value: Any, found: Found, file: FileReport, count: Count) -> bool:
        """Whether the id comes for the first time: a repetition is unchanged, other content is rejected."""
        key = _key(kind, value)
        met = self._meet(kind, key, _content(value)) if key else "new"
        if met == "same":
            count.unchanged += 1
        elif met == "other":
            reason = "this id came before with other content; the first stays"
            self._reject(file, found, count, FieldError("id", reason, rule="conflict"))
        return met == "new"

    def _meet(self, kind: str, key: str, content: int) -> Literal["new", "same", "other"]:
        """Whether this import has met the id before, and with which content."""
        seen = self._seen.setdefault("article" if kind == "policy" else kind, {})
        first = seen.get(number := hash(key))
        if first is None:
            seen[number] = content
            return "new"
        return "same" if first == content else "other"

    def _create(self, id: ProductId) -> None:
        """Put a product in the catalogue of which nothing is known but that it exists."""
        file = self._file
        if file is None:
            raise RuntimeError("a product is created only while a file is read")
        product = Product(id, title=Text.of(id))
        self._known.add(product)
        count = file.count("product")
        count.read += 1
        self._repair(file, 0, Fix("product", f"created {id!r}, titled with its id", "created-product"))
        self._writer.add("product", product, count=count, repaired=True)

    def _repair(self, file: FileReport, line: int, fix: Fix) -> None:
        self._report.n_repairs += 1
        repair = Repair(str(file.path), line, fix.field, fix.did, fix.rule)
        self._repaired.add(repair)
        if len(self._report.repairs) < self._options.listed:
            self._report.repairs.append(repair)

    def _reject(self, file: FileReport, found: Found, count: Count, error: FieldError) -> None:
        count.rejected += 1
        raw = raw_of(found.record if found.raw is None else found.raw)
        theirs = found.source.columns.get(error.field)
        reason = error.reason if theirs in (None, error.field) else f"{error.reason} (column {theirs!r})"
        self._list(Reject(str(file.path), found.line, error.field, reason, error.rule, raw))

    def _list(self, reject: Reject) -> None:
        self._report.n_rejects += 1
        self._rejects.write(reject)
        self._rejected.add(reject)
        if len(self._report.refusals) < self._options.listed:
            self._report.refusals.append(reject)


def _key(kind: str, value: Any) -> str:
    """What identifies a record within an import; "" where its content does."""
    if kind == "price":
        return f"{value.product}\0{value.at}"
    if kind == "shipment":
        return f"{value.order}\0{value.shipment.id}"
    return str(value.id)


def _content(value: Any) -> int:
    """A number that differs where the content differs."""
    try:
        return hash(value)
    except TypeError:  # values with a mapping inside have no hash
        return hash(msgspec.json.encode(value))
