import multiprocessing
import subprocess
import sys
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from daogou.domain.errors import BadSettings
from daogou.settings.files import stamp
from daogou.settings.synonyms import (
    FILE,
    add_group,
    parse_synonyms,
    read_apart,
    read_synonyms,
    with_group,
    write_synonyms,
)

_GROUP = '[[synonym]]\nwords = ["sneakers", " trainers ", "运动鞋", "sneakers"]\n'


def test_a_group_is_its_different_words() -> None:
    assert parse_synonyms(_GROUP) == (("sneakers", "trainers", "运动鞋"),)
    assert parse_synonyms("") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[synonym", "synonyms.toml"),
        ("[[rule]]", "'rule'"),
        ("synonym = 3", r"\[\[synonym\]\]"),
        ("[[synonym]]\nword = ['a', 'b']", "synonym 1: expected words"),
        ("[[synonym]]\nwords = ['a', 3]", "expected words"),
        ("[[synonym]]\nwords = ['a', 'b']\nfor = 1", "nothing else"),
        ("[[synonym]]\nwords = ['a', ' a']", "two different words"),
        ("[[synonym]]\nwords = ['a', '']", "none empty"),
        (f"[[synonym]]\nwords = ['a', '{'b' * 61}']", "60 characters"),
    ],
)
def test_a_mistake_is_named(text: str, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        parse_synonyms(text)


def test_words_that_are_not_the_same_stand_beside_those_that_are(tmp_path: Path) -> None:
    write_synonyms(tmp_path, _GROUP + '[[apart]]\nwords = ["couch", "bench"]\n')
    assert read_synonyms(tmp_path) == (("sneakers", "trainers", "运动鞋"),)
    assert read_apart(tmp_path) == (("couch", "bench"),)
    with pytest.raises(BadSettings, match="apart 1: a group has two"):
        write_synonyms(tmp_path, "[[apart]]\nwords = ['a']")


def test_a_mistake_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    assert read_synonyms(tmp_path) == ()
    write_synonyms(tmp_path, _GROUP)
    with pytest.raises(BadSettings):
        write_synonyms(tmp_path, "[[synonym]]")
    assert (tmp_path / FILE).read_text("utf-8") == _GROUP


def test_a_group_is_added_whatever_its_words_hold() -> None:
    text = with_group("# ours\n" + _GROUP, ['17" screen', "17 inch\\screen"])
    assert text.startswith("# ours\n[[synonym]]")
    assert parse_synonyms(text)[1] == ('17" screen', "17 inch\\screen")
    with pytest.raises(BadSettings):
        with_group("", ["alone"])


def _add(folder: Path, n: int) -> None:
    add_group(folder, [f"word{n}", f"other{n}"])


@pytest.mark.parametrize(
    "executor",
    [
        partial(ThreadPoolExecutor, 8),
        partial(ProcessPoolExecutor, 2, mp_context=multiprocessing.get_context("spawn")),
    ],
    ids=["threads", "processes"],
)
def test_groups_that_many_add_at_once_are_all_there(tmp_path: Path, executor: partial[Executor]) -> None:
    with executor() as pool:
        list(pool.map(_add, [tmp_path] * 40, range(40)))
    assert {group[0] for group in read_synonyms(tmp_path)} == {f"word{n}" for n in range(40)}


def test_a_text_that_was_written_over_an_older_one_is_refused(tmp_path: Path) -> None:
    seen = stamp("")
    add_group(tmp_path, ["sofa", "couch"])
    with pytest.raises(BadSettings, match="changed since"):
        write_synonyms(tmp_path, _GROUP, seen=seen)
    assert read_synonyms(tmp_path) == (("sofa", "couch"),)
    write_synonyms(tmp_path, _GROUP, seen=stamp((tmp_path / FILE).read_text("utf-8")))
    assert read_synonyms(tmp_path)[0][0] == "sneakers"


_ON_WINDOWS = """
import importlib, pathlib, sys, types
from daogou.adapters import locks
from daogou.settings import synonyms
folder, locked = pathlib.Path(sys.argv[1]), []
sys.modules["msvcrt"] = types.SimpleNamespace(LK_LOCK=1, locking=lambda *how: locked.append(how[1:]))
sys.modules["fcntl"] = None
sys.platform = "win32"
importlib.reload(locks)
print(synonyms.add_group(folder, ["couch", "sofa"]), locked)
"""


def test_where_there_is_no_fcntl_the_lock_is_that_of_windows(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _ON_WINDOWS, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "(('couch', 'sofa'),) [(1, 1)]\n", done.stderr
