"""The command line's front door."""

import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from daogou.cli.main import _COMMANDS, cli

HEAVY = ("numpy", "scipy", "sqlalchemy", "duckdb", "fastapi", "pydantic", "pyoxigraph", "granian", "rich")


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, list(words))
    return done.exit_code, done.output


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys, json\n"
        "from click.testing import CliRunner\n"
        "from daogou.cli.main import cli\n"
        "assert CliRunner().invoke(cli, ['--help']).exit_code == 0\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert loaded.isdisjoint(HEAVY)


def test_help_lists_every_command() -> None:
    status, text = run("--help")
    assert status == 0
    for name in _COMMANDS:
        assert f"  {name} " in text


@pytest.mark.parametrize("name", list(_COMMANDS))
def test_every_command_has_help(name: str) -> None:
    status, text = run(name, "--help")
    assert status == 0
    assert "Usage:" in text


def test_a_misspelt_command_gets_advice() -> None:
    status, text = run("serch")
    assert status == 2
    assert "Did you mean 'search'?" in text


@pytest.mark.parametrize("name", ["erase", "export"])
def test_what_is_not_there_is_neither_listed_nor_run(name: str) -> None:
    status, text = run(name, "lin")
    assert status == 2
    assert f"no command {name!r}" in text
    assert not re.search(rf"^  {name} ", run("--help")[1], re.MULTILINE)


def test_a_served_shop_answers_on_one_thread_of_numpy() -> None:
    """A process of its own, since numpy looks once; what is served is left out."""
    said = subprocess.run([sys.executable, "-c", _THREADS], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "1"


_THREADS = """
import os, sys, tempfile
os.environ.pop("OPENBLAS_NUM_THREADS", None)
from pathlib import Path
from click.testing import CliRunner
from daogou.cli.main import cli
with tempfile.TemporaryDirectory() as folder:
    Path(folder, "daogou.toml").write_text("[shop]\\nname = 'x'\\ncurrency = 'USD'\\n")
    import daogou.server
    assert "numpy" not in sys.modules
    class Run:
        def serve(*args, **options): import numpy
        leave = staticmethod(lambda: None)
    sys.modules["daogou.server.run"] = Run
    print(CliRunner().invoke(cli, ["--shop", folder, "serve"]).exception or os.environ["OPENBLAS_NUM_THREADS"])
"""
