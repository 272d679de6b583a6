"""How far a command has come, where nobody watches a terminal."""

import io
from pathlib import Path

from click.testing import CliRunner

from daogou.cli.main import cli
from daogou.cli.progress import Lines


def test_a_step_is_told_of_when_it_begins_and_ends_and_seldom_between() -> None:
    now, out = [100.0], io.StringIO()
    tell = Lines(out, lambda: now[0])
    for at, step, done in (
        (100, "reading", 0.0), (103, "reading", 0.1), (109, "reading", 0.2), (111, "reading", 0.3),
        (112, "counting", 0.0), (115, "reading", 0.4), (116, "reading", 1.0), (117, "reading", 1.0),
        (122, "counting", 0.0), (130, "encoder: step 20 of 40", 1.0),
    ):  # fmt: skip
        now[0] = at
        tell(step, done)
    assert out.getvalue().splitlines() == [
        "     0 s  reading: 0%",
        "    11 s  reading: 30%",
        "    12 s  counting: 0%",
        "    16 s  reading: 100%",
        "    30 s  encoder: step 20 of 40",
    ]


def test_lines_go_to_standard_error_and_json_has_none(tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_text("product_id,product_name\ntea-1,Green tea\n", "utf-8")
    shop = ["--shop", str(tmp_path / "shop")]
    runner = CliRunner()
    assert runner.invoke(cli, ["init", str(tmp_path / "shop"), "--currency", "USD"]).exit_code == 0
    done = runner.invoke(cli, [*shop, "import", str(tmp_path / "products.csv")])
    assert "products.csv" in done.stderr
    done = runner.invoke(cli, [*shop, "train"])
    assert done.exit_code == 0
    told = done.stderr.splitlines()
    assert told[0].endswith("training: 0%")
    assert told[-1].endswith("training: 100%")
    assert "training:" not in done.stdout
    assert "is active" in done.stdout
    assert runner.invoke(cli, [*shop, "--json", "train"]).stderr == ""
