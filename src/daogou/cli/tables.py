"""How answers look in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from daogou.domain.conversation import Answer
    from daogou.domain.hit import Hits
    from daogou.domain.ids import Instant, ProductId
    from daogou.ingest.report import Alike, ImportReport
    from daogou.profile.build import Profile
    from daogou.recommend.explanation import Explanation
    from daogou.shop.doctor import Finding
    from daogou.shop.shop import Shop
    from daogou.training.releases import Release

_out = Console(highlight=False)
_LISTED = 10
"""Repairs and rejects that are printed; all are counted."""
_OUTCOMES = ("read", "accepted", "repaired", "unchanged", "joined", "rejected")
_ALWAYS = ("read", "accepted", "rejected")
"""Counts that are shown even where every one is zero."""


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> None:
    """Print rows, if there are any; numbers stand right."""
    kept = [list(row) for row in rows]
    if not kept:
        return
    grid = Table(title=title or None, title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        numeric = bool(kept) and all(isinstance(row[index], (int, float)) for row in kept)
        grid.add_column(column, justify="right" if numeric else "left", overflow="fold", no_wrap=numeric)
    for row in kept:
        grid.add_row(*(escape(_cell(value)) for value in row))
    _out.print(grid)


def say(text: str) -> None:
    """Print a line."""
    _out.print(escape(text))


def print_hits(shop: Shop, hits: Hits) -> None:
    """Products with price and their strongest reason."""
    language = shop.settings.shop.language
    table(
        ("product", "title", "price", "score", "because"),
        (
            (
                hit.product,
                _title(shop, hit.product),
                _price(shop, hit.product),
                round(hit.score, 4),
                hit.because[0].text.show(language) if hit.because else "",
            )
            for hit in hits.items
        ),
    )
    if not hits.items and not shop.stores.catalogue.count():
        _out.print("this shop has no products yet: `daogou import YOUR-FILES…`, then `daogou train`")
    elif hits.total is not None:
        _out.print(f"{hits.total} match")
    elif not hits.items:
        _out.print("nothing to show")
    for dropped in hits.relaxed:
        _out.print(f"nothing matched everything; dropped: {escape(dropped)}")
    if hits.understood:
        for word, others in hits.understood.also.items():
            _out.print(f"searched as well: {escape(word)} = {escape(', '.join(others))}")
        for word, meanings in hits.understood.meant.items():
            _out.print(f"read as: {escape(word)} = {escape(', '.join(m.phrase for m in meanings))}")
    if hits.suggestion:
        _out.print(f"did you mean: {escape(hits.suggestion)}")
    if hits.degraded:
        _out.print(f"degraded: {escape(hits.degraded)}")


def print_answer(shop: Shop, answer: Answer) -> None:
    """What the assistant says, its cards, and whether something was missing."""
    _out.print(escape(answer.text))
    for position, hit in enumerate(answer.products, 1):
        reason = hit.because[0].text.show(answer.language) if hit.because else ""
        line = f"{position}. {_title(shop, hit.product)}  {_price(shop, hit.product)}  {reason}"
        _out.print(f"  {escape(line)}")
    if answer.degraded:
        _out.print(f"degraded: {escape(answer.degraded)}")


def print_import(report: ImportReport) -> None:
    """What became of every line."""
    counted = [count for file in report.files for count in file.counts]
    columns = [name for name in _OUTCOMES if name in _ALWAYS or any(getattr(count, name) for count in counted)]
    table(
        ("file", *columns),
        (
            (
                f"  {count.kind}" if index else f"{file.name}\n  {count.kind}, {file.format}",
                *(getattr(count, column) for column in columns),
            )
            for file in report.files
            for index, count in enumerate(file.counts)
        ),
    )
    refused = {file.refused for file in report.files if file.refused}
    for file in report.files:
        if file.refused:
            _out.print(f"[red]{escape(_named(file.name, file.refused))}[/red]")
        elif not file.counts:
            _out.print(f"[yellow]{escape(file.name)} holds no record[/yellow]")
    _print_lines("repaired", report.repaired)
    _print_lines("rejected", [alike for alike in report.rejected if alike.said not in refused])
    for note in report.notes:
        _out.print(f"note: {escape(note)}")
    if report.rejects is not None:
        many = f"all {report.n_rejects:,} rejected lines with their reasons"
        _out.print(f"{'the rejected line' if report.n_rejects == 1 else many}: {report.rejects}")


def _print_lines(what: str, sorts: Sequence[Alike]) -> None:
    """The first line of each sort, the most frequent sorts first, and how many more there are of it."""
    ordered = sorted(sorts, key=lambda alike: -alike.n)
    for each in ordered[:_LISTED]:
        field = f"{each.field}: " if each.field else ""
        more = f" ({each.n - 1:,} more lines: {each.rule})" if each.n > 1 else ""
        _out.print(escape(f"{what} {each.file}:{each.line} {field}{each.said}{more}"))
        if each.rule in _ADVICE:
            _out.print(f"  {_ADVICE[each.rule]}")
    if len(ordered) > _LISTED:
        _out.print(f"… and {len(ordered) - _LISTED:,} other sorts of lines {what}")


_ADVICE = {
    "unknown-product": "import the catalogue that has them, or say --create-missing to have them made",
    "encoding": "the file is in two encodings: save it anew as UTF-8",
    "conflict": "an id may stand in a file once; to change a record, import it again by itself",
}
"""What to do about a rule, where its reason does not say so."""


def print_release(release: Release) -> None:
    """The release that is active now, with what was measured when it was made."""
    if not release.manifest.metrics.get("products"):
        _out.print("this shop has no products yet: `daogou import YOUR-FILES…`, then train again")
    _out.print(f"release {release.id} is active")
    measured = _measured(release.manifest.metrics)
    seconds = [value for name, value in measured.items() if name.startswith("cpu_s.")]
    found = {name: value for name, value in measured.items() if value and not name.startswith("cpu_s.")}
    table(("measured", "value"), ((name, _figure(value)) for name, value in found.items()))
    if seconds:
        _out.print(f"{sum(seconds):.1f} s of processor time; `daogou train --json` has every step and every zero")
    for name, why in release.manifest.skipped.items():
        _out.print(escape(f"without {name}: {why}"))


def print_releases(found: Iterable[Any]) -> None:
    """Every release with what tells it from another, the active one marked."""
    table(
        ("", "release", "made", "measured"),
        (("*" if entry.active else "", entry.id, _moment(entry.created), _brief(entry.metrics)) for entry in found),
    )


def print_rows(rows: Sequence[Mapping[str, str]]) -> None:
    """The answer to a SPARQL query."""
    columns = list(rows[0]) if rows else []
    table(columns, ([row.get(column, "") for column in columns] for row in rows))
    _out.print(f"{len(rows)} rows")


def print_findings(findings: Iterable[Finding]) -> None:
    """What works and what does not."""
    table(("part", "address", "state", "what was found"), ((f.part, f.address, f.state, f.detail) for f in findings))


def print_explanation(shop: Shop, explanation: Explanation) -> None:
    """Each reason with its share of the score, and what the score would be without it."""
    language = shop.settings.shop.language
    place = "not shown" if explanation.rank is None else f"rank {explanation.rank + 1}"
    _out.print(escape(f"{_title(shop, explanation.product)}: score {explanation.score:.4f}, {place}"))
    if explanation.withheld:
        _out.print(f"withheld: {explanation.withheld}")
    rows = (
        (part.reason.text.show(language), f"{part.reason.share:.1%}", f"{part.score:.4f}")
        for part in explanation.because
    )
    table(("reason", "share", "score without it"), rows)


def print_profile(shop: Shop, profile: Profile) -> None:
    """What is known of a shopper, with the records it comes from."""
    if not profile.facts:
        _out.print("nothing is known of this shopper")
    table(("what", "value", "weight", "from"), ((f.name, f.value, round(f.weight, 3), f.source) for f in profile.facts))


def _title(shop: Shop, id: ProductId) -> str:
    product = shop.product(id)
    return product.title.show(shop.settings.shop.language) if product else "(gone)"


def _price(shop: Shop, id: ProductId) -> str:
    product = shop.product(id)
    if product is None or product.span is None:
        return ""
    lowest, highest = product.span
    return str(lowest) if lowest == highest else f"from {lowest}"


def _named(file: str, refused: str) -> str:
    return refused if refused.startswith(file) else f"{file}: {refused}"


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _moment(at: Instant) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


_TELLING = ("products", "steps", "purchases", "ndcg@10", "recall@10")
"""Figures by which releases are told apart at a glance."""


def _brief(metrics: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_figure(metrics[name])}" for name in _TELLING if name in metrics)


def _measured(metrics: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without the marks of what was left out, which is said in words."""
    return {name: value for name, value in metrics.items() if not name.endswith(".skipped")}


def _figure(value: float) -> str:
    """Counts without decimals, measures with four."""
    return f"{value:,.0f}" if value == int(value) else f"{value:.4f}"
