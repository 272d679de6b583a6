"""What the surroundings refuse is one line and exit status 1, never a traceback."""

import errno
import os
import sys
from pathlib import Path

import pytest

from daogou.cli.main import main


def failing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    monkeypatch.setattr(sys, "argv", ["daogou", *words])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    return capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    said = failing(monkeypatch, capsys, "init", str(tmp_path / "file" / "shop"))
    assert said.startswith(f"daogou: {tmp_path}")
    assert said.endswith(f": {os.strerror(errno.ENOTDIR)}\n")
    assert said.count("\n") == 1


def test_a_store_that_cannot_be_opened_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "daogou.toml").write_text('[store]\naddress = "sqlite:///folder"\n')
    said = failing(monkeypatch, capsys, "--shop", str(tmp_path), "search", "shoes")
    assert said.startswith("daogou: ")
    assert "unable to open database file" in said
    assert said.count("\n") == 1


def test_an_import_that_reads_no_file_fails_and_says_why_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "daogou.toml").write_text("[shop]\n")
    (tmp_path / "feed.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00cut")
    monkeypatch.setattr(sys, "argv", ["daogou", "--shop", str(tmp_path), "import", str(tmp_path / "feed.jsonl.gz")])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    assert " ".join(capsys.readouterr().out.split()).count("is broken gzip") == 1


def test_training_without_products_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "daogou.toml").write_text("[shop]\n")
    monkeypatch.setattr(sys, "argv", ["daogou", "--shop", str(tmp_path), "train"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 0
    assert "no products yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "produkt"), "'produkt' is none of product,"),
        (("--map", "foo=titel"), "did you mean 'title'?"),
        (("--map", "foo"), "is not THEIRS=OURS"),
    ],
)
def test_what_an_import_is_told_is_checked(
    words: tuple[str, str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "daogou.toml").write_text("[shop]\n")
    (tmp_path / "p.csv").write_text("id,title\n1,Hat\n")
    monkeypatch.setattr(sys, "argv", ["daogou", "--shop", str(tmp_path), "import", *words, str(tmp_path / "p.csv")])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert said in capsys.readouterr().err


def test_a_search_in_an_empty_shop_says_that_it_is_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "daogou.toml").write_text("[shop]\n")
    monkeypatch.setattr(sys, "argv", ["daogou", "--shop", str(tmp_path), "search", "hat"])
    with pytest.raises(SystemExit):
        main()
    assert "this shop has no products yet" in capsys.readouterr().out


def test_options_that_a_file_of_histories_would_silence_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = tmp_path / "asked.jsonl"
    asked.touch()
    monkeypatch.setattr(
        sys, "argv", ["daogou", "recommend", "--histories", str(asked), "--shopper", "mei", "--candidate", "p1"]
    )
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert "take away --shopper, --candidate" in capsys.readouterr().err


def test_a_file_that_cannot_be_answered_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "daogou.toml").touch()
    (tmp_path / "asked.jsonl").write_text('{"id": 1, "history": []}\n{"id": 2}\n')
    out = tmp_path / "answers.jsonl"
    out.write_text("of yesterday\n")
    words = ["--histories", str(tmp_path / "asked.jsonl"), "--out", str(out)]
    said = failing(monkeypatch, capsys, "--shop", str(tmp_path), "recommend", *words)
    assert "line 2, history: give either history or shopper" in said
    assert out.read_text() == "of yesterday\n"
    assert [path.name for path in tmp_path.glob("answers*")] == ["answers.jsonl"]
