"""Hostile files end in a clear reason, within limits; what stands beside them is imported."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from ingest_world import counted, run, write

from daogou.ingest.reading.limits import MIB, Limits

PRODUCT = '{"id":"p1","title":"红鞋"}\n'
SMALL = Limits(line=2 * MIB, skip=4 * MIB, free=2 * MIB, document=2 * MIB, values=10_000)


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", "id,title\n1,a\n")
    return out.getvalue()


BILLION = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><item>&b;</item></rss>'
HOSTILE = [
    ("bomb.jsonl.gz", gzip.compress(b'{"id":"' + b"0" * (8 * MIB)), "gzip bomb"),
    ("lines.jsonl.gz", gzip.compress(PRODUCT.encode() * 400_000), "gzip bomb"),
    ("inner.jsonl.gz", gzip.compress(gzip.compress(PRODUCT.encode())), "gzip within gzip"),
    ("cut.jsonl.gz", gzip.compress(PRODUCT.encode() * 3)[:-9], "broken gzip"),
    ("a.zip", _zip(), "zip archive"),
    ("entities.xml", BILLION.encode(), "XML bomb"),
    ("deep.xml", b"<rss>" + b"<a>" * 200_000, "nests more than"),
    ("long.xml", b"<rss><item><t>" + b"x" * (4 * MIB), "item of more than"),
    ("broken.xml", b"<rss><item></rss>", "broken XML"),
    ("deep.json", b"[" * 100_000, "nested too deeply"),
    ("big.json", b'[{"id":1},' + b" " * (3 * MIB) + b'{"id":2}]', "one JSON document"),
    ("many.json", b"[" + b"[]," * 20_000 + b"[]]", "more than"),
    ("line.jsonl", b'{"id":"' + b"x" * (9 * MIB), "a line of more than"),
    ("not.parquet", b"PAR1" + b"\0" * 50, "broken Parquet"),
    ("picture.csv", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "begins like no table"),
]


@pytest.mark.parametrize(("name", "data", "says"), HOSTILE, ids=[case[0] for case in HOSTILE])
def test_a_hostile_file_is_refused_and_the_others_imported(name: str, data: bytes, says: str, tmp_path: Path) -> None:
    bad = write(tmp_path, name, data)
    good = write(tmp_path, "good.jsonl", '{"id":"ok","title":"Fine"}\n')
    report, stores = run(bad, good, limits=SMALL)
    refused = report.files[0].refused
    assert refused is not None
    assert says in refused
    assert "ok" in {product.id for product in stores.catalogue.scan()}


def test_a_line_that_is_too_long_is_read_past(tmp_path: Path) -> None:
    data = PRODUCT.encode() + b'{"id":"' + b"x" * (3 * MIB) + b'"}\n' + b'{"id":"p2","title":"b"}\n'
    report, _ = run(write(tmp_path, "x.jsonl", data), limits=SMALL)
    assert counted(report) == {"product": (2, 2, 0, 0), "unreadable": (1, 0, 0, 1)}
    assert [(r.line, r.rule) for r in report.refusals] == [(2, "too-long")]


def test_deep_and_crowded_lines_are_rejected(tmp_path: Path) -> None:
    crowded = b'{"a":[' + b"[]," * 20_000 + b"[]]}\n"
    data = PRODUCT.encode() + b"[" * 100_000 + b"\n" + crowded
    report, _ = run(write(tmp_path, "x.jsonl", data), limits=SMALL)
    assert counted(report)["unreadable"] == (2, 0, 0, 2)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_encodings_are_found_by_looking(encoding: str, tmp_path: Path) -> None:
    report, stores = run(write(tmp_path, "x.csv", "id,title\np1,红鞋\n".encode(encoding)))
    assert [product.title.zh for product in stores.catalogue.scan()] == ["红鞋"]
    assert any("was read as" in note for note in report.notes) == (encoding != "utf-8-sig")


def test_gb18030_json_lines_are_read(tmp_path: Path) -> None:
    report, stores = run(write(tmp_path, "x.jsonl", PRODUCT.encode("gb18030")))
    assert [product.title.zh for product in stores.catalogue.scan()] == ["红鞋"]
    assert report.files[0].encoding == "gb18030"


def test_a_broken_line_in_utf8_is_no_other_encoding(tmp_path: Path) -> None:
    data = "id,title\np1,红鞋\n".encode() + b"p2,\xff\xfe\n"
    report, _ = run(write(tmp_path, "x.csv", data))
    assert [(r.line, r.rule) for r in report.refusals] == [(3, "encoding")]


def test_nul_is_rejected(tmp_path: Path) -> None:
    report, stores = run(write(tmp_path, "x.jsonl", '{"id":"p\\u0000","title":"a"}\n' + PRODUCT))
    assert stores.catalogue.count() == 1
    assert report.refusals[0].reason == "contains a NUL character"


def test_a_row_of_another_width_is_rejected(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "x.csv", "id,title\np1,a,b\np2,c\n"))
    assert counted(report) == {"product": (1, 1, 0, 0), "unreadable": (1, 0, 0, 1)}
    assert report.refusals[0].rule == "ragged"


def test_a_header_that_is_no_header_is_refused(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "x.csv", b"a,b\r,c\n1,2\n"))
    assert "header that cannot be read" in (report.files[0].refused or "")


@pytest.mark.parametrize(
    "above",
    ["sep=;\n", "Preisliste Frühjahr\n\n", "Preisliste;;\nStand 1.3.2026;;\n", '"sep=;"\r\n'],
)
def test_what_stands_above_the_header_is_passed_over(above: str, tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "p.csv", f"{above}id;title;price\n1;Hut;9\n2;;9\n"))
    assert counted(report)["product"] == (2, 1, 0, 1)
    assert report.refusals[0].line == above.count("\n") + 3
    assert "above the header" in report.notes[0]


def test_lines_may_end_as_on_the_first_macs(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "p.csv", "id,title,price\r1,Hat,9\r2,Scarf,9\r"))
    assert counted(report)["product"] == (2, 2, 0, 0)


def test_a_quote_that_is_never_closed_is_named(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "p.csv", 'id,title,price\n1,"Hat,9\n2,Scarf,9\n'))
    assert "goes on to line 3: is a quote not closed?" in report.refusals[0].reason


def test_a_page_that_was_saved_in_place_of_a_feed_is_named(tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "feed.xml", "<!doctype html><html><body>Sign in</body></html>"))
    assert "web page" in (report.files[0].refused or "")


def test_a_date_too_far_ahead_is_said_as_a_date(tmp_path: Path) -> None:
    text = '{"id":"p1","title":"One"}\n{"product":"p1","rating":5,"at":"2031-01-01"}\n'
    report, _ = run(write(tmp_path, "r.jsonl", text))
    assert report.refusals[0].reason == "lies more than a day in the future: 2031-01-01T00:00:00Z"


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_spreadsheet_is_refused_with_what_to_do(magic: bytes, tmp_path: Path) -> None:
    report, _ = run(write(tmp_path, "products.xlsx", magic + b"rest"))
    assert "save its sheet as “CSV UTF-8”" in (report.files[0].refused or "")
