"""What a terminal shows."""

from pathlib import Path

import pytest

from daogou.cli.tables import print_import, print_release, print_releases
from daogou.domain.ids import Instant
from daogou.ingest.report import Alike, Count, FileReport, ImportReport
from daogou.shop.shop import Listed
from daogou.training.releases import Manifest, Release


def test_releases_say_when_they_were_made(capsys: pytest.CaptureFixture[str]) -> None:
    print_releases([Listed("r-1", Instant(1_772_442_000_000), {}, active=True)])
    shown = capsys.readouterr().out
    assert "2026-03-02 09:00 UTC" in " ".join(shown.split())
    assert "r-1" in shown


def test_a_release_among_others_says_what_tells_it_from_them(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = {"cpu_s.read": 1.5, "products": 1_564.0, "steps": 9_000.0, "opinions.found": 0.0, "ndcg@10": 0.34}
    print_releases([Listed("r-1", Instant(0), metrics, active=False)])
    shown = " ".join(capsys.readouterr().out.split())
    assert all(said in shown for said in ("products 1,564", "ndcg@10", "0.3400"))
    assert "cpu_s" not in shown
    assert "opinions" not in shown


def test_a_release_says_in_words_what_it_was_made_without(capsys: pytest.CaptureFixture[str]) -> None:
    metrics, skipped = {"products": 3.0, "clicks.skipped": 1.0}, {"clicks": "7 clicks [too few]"}
    made = Manifest("r-1", Instant(0), "1", "", 0, 0.0, {}, metrics, skipped)
    print_release(Release(Path("r-1"), made))
    shown = capsys.readouterr().out
    assert "without clicks: 7 clicks [too few]" in shown
    assert "clicks.skipped" not in shown


def test_the_seconds_of_a_training_are_told_together(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = {"cpu_s.read": 1.5, "cpu_s.lexical": 3.0, "products": 3.0, "clicks": 0.0, "encoder.spent_s": 900.0}
    print_release(Release(Path("r-1"), Manifest("r-1", Instant(0), "1", "", 0, 0.0, {}, metrics, {})))
    shown = capsys.readouterr().out
    assert "4.5 s of processor time" in shown
    assert "products" in shown
    assert "lexical" not in shown
    assert "clicks" not in shown


def test_an_import_stands_on_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    count = Count("product", read=1_000_000, accepted=999_990, joined=5, rejected=5)
    lines = Count("unreadable", read=2, rejected=2)
    kinds = {"product": count, "unreadable": lines}
    file = FileReport(Path("catalogue.jsonl.gz"), "google-merchant (jsonl)", by_kind=kinds)
    print_import(ImportReport([file], n_rejects=1, rejects=Path("r.jsonl")))
    shown = capsys.readouterr().out
    assert "catalogue.jsonl.gz" in shown
    assert "product, google-merchant" in shown
    assert "  unreadable" in shown
    assert "the rejected line: r.jsonl" in shown
    assert "1,000,000" in shown
    assert "rejected" in shown
    assert "repaired" not in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_lines_of_one_sort_are_told_once_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    sort = Alike("log.csv", "unknown-product", "product", 10, "no product '7' in the catalogue", 47_491)
    print_import(ImportReport(rejected=[Alike("log.csv", "encoding", "", 3, "is not UTF-8 text"), sort]))
    first, _ = capsys.readouterr().out.split("rejected log.csv:3 is not UTF-8 text")
    said = " ".join(first.split())
    assert "rejected log.csv:10 product: no product '7' in the catalogue (47,490 more lines: unknown-product)" in said
    assert "--create-missing" in said


def test_nothing_found_is_no_empty_table(capsys: pytest.CaptureFixture[str]) -> None:
    print_releases([])
    assert capsys.readouterr().out == ""
