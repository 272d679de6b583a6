"""What other recommenders are judged by: the figures of the peers' table and of the Last.FM set, worked out by hand."""

from __future__ import annotations

import gzip
import json
import math
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Import a module of the benchmarks, which are no part of the installed package."""
    from importlib import import_module

    monkeypatch.syspath_prepend(str(ROOT))
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks" / "peers"))
    return import_module


def write(path: Path, lists: dict[str, list[str]]) -> Path:
    lines = ({"id": who, "items": [{"product": id} for id in ids]} for who, ids in lists.items())
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def made(folder: Path) -> Path:
    """A data set of two shoppers in the form of the real ones."""
    (folder / "beauty_sequences.txt.gz").write_bytes(gzip.compress(b"u1 1 2 3 4\nu2 2 3 1 5\n"))
    items = "".join(json.dumps({"id": n, "title": f"thing {n}"}) + "\n" for n in range(1, 8))
    (folder / "beauty_items.jsonl.gz").write_bytes(gzip.compress(items.encode()))
    return folder


def test_lists_are_judged_over_every_shopper(load: Callable[[str], ModuleType], tmp_path: Path) -> None:
    judging, task = load("benchmarks.peers.judge"), load("benchmarks.peers.task")
    wanted = task.Wanted(
        {"a": "p1", "b": "p2", "c": "p3"}, {"a": frozenset(["p0"]), "b": frozenset(), "c": frozenset()}
    )
    found = judging.judge(write(tmp_path / "lists.jsonl", {"a": ["p9", "p1"], "b": ["p1"]}), wanted)
    assert found["recall@10"][0] == pytest.approx(1 / 3, abs=1e-4)
    assert found["ndcg@10"][0] == pytest.approx(1 / math.log2(3) / 3, abs=1e-4)
    assert found["recall@10"][1] < found["recall@10"][0] < found["recall@10"][2]


@pytest.mark.parametrize("shown", [["p0", "p1"], ["p1", "p1"], [f"p{n}" for n in range(1, 12)]])
def test_lists_that_are_not_the_task_are_refused(
    load: Callable[[str], ModuleType], tmp_path: Path, shown: list[str]
) -> None:
    judging, task = load("benchmarks.peers.judge"), load("benchmarks.peers.task")
    with pytest.raises(ValueError, match="'a' is longer than 10, repeats, or shows what was seen"):
        judging.judge(write(tmp_path / "lists.jsonl", {"a": shown}), task.Wanted({"a": "p1"}, {"a": frozenset(["p0"])}))


def test_a_peer_is_not_told_what_is_wanted(load: Callable[[str], ModuleType], tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    wanted = load("benchmarks.peers.task").write(made(tmp_path), "beauty", tmp_path / "files")
    assert wanted.target == {"u1": "4", "u2": "5"}
    harness = load("harness")
    known = harness.Task.read(tmp_path / "files")
    assert [[known.items[row] for row in rows] for rows in known.train] == [["1", "2"], ["2", "3"]]
    assert [[known.items[row] for row in rows] for rows in known.asked] == [["1", "2", "3"], ["2", "3", "1"]]
    events = [json.loads(line) for line in (tmp_path / "files" / "events.jsonl").read_text().splitlines()]
    assert [event["product"] for event in events] == ["1", "2", "3", "2", "3", "1"]
    sys.modules.pop("harness")


def test_an_interrupted_run_goes_on_and_its_table_stands_beside_its_rows(
    load: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, ran = load("benchmarks.peers.__main__"), []
    data, out = made(tmp_path), tmp_path / "rows.jsonl"
    command = ["--data", str(data), "--set", "beauty", "--only", "implicit", "--out", str(out)]

    def runs(library: str, files: Path, cache: Path) -> dict[str, Callable[[Path], dict[str, float]]]:
        def answer(method: str, shown: str) -> Callable[[Path], dict[str, float]]:
            def run(folder: Path) -> dict[str, float]:
                ran.append(method)
                if shown == "":
                    raise OSError("no such library")
                write(folder / "lists.jsonl", {"u1": [shown], "u2": [shown]})
                return {"fit_cpu_s": 1.0, "peak_mb": 10, "in_batch_per_s": 2.0, "one_by_one_per_s": 3.0}

            return run

        return {method: answer(method, shown) for method, shown in methods.items()}

    monkeypatch.setattr(program, "_runs", runs)
    methods = {"poor": "6", "broken": ""}
    program.main(command)
    assert "- implicit broken: no such library" in out.with_suffix(".md").read_text()
    with out.open("a") as file:
        file.write('{"set": "beauty", "library": "impl')  # what an interruption leaves
    methods |= {"broken": "7", "good": "4"}
    program.main(command)
    assert ran == ["poor", "broken", "broken", "good"]
    assert [json.loads(line)["method"] for line in out.read_text().splitlines()] == ["poor", "broken", "broken", "good"]
    table = [line.split(" | ")[1] for line in out.with_suffix(".md").read_text().splitlines() if line.startswith("| i")]
    assert table == ["good", "poor", "broken"]
    assert "Not run" not in out.with_suffix(".md").read_text()
    with pytest.raises(ValueError, match="holds rows of beauty, this run is of sports: name another file"):
        program.main([*command[:3], "sports", *command[4:]])


def test_the_best_are_ranked_without_what_was_seen(load: Callable[[str], ModuleType]) -> None:
    harness = load("harness")
    scores = np.array([np.arange(12.0), np.full(12, -np.inf)])
    found = harness.best(scores, [np.array([11, 3]), np.array([0])])
    assert found[0].tolist() == [10, 9, 8, 7, 6, 5, 4, 2, 1, 0]
    assert found[1].tolist() == [-1] * 10
    sys.modules.pop("harness")


def test_settings_are_chosen_by_the_product_before_the_last(load: Callable[[str], ModuleType]) -> None:
    harness = load("harness")
    known = harness.Task(["a", "b"], list("vwxyz"), [np.array([0, 1])] * 2, [np.array([0, 1, 2]), np.array([0, 1, 3])])
    users, wanted = harness.held_back(known)
    assert dict(zip(users, wanted.tolist(), strict=True)) == {0: 2, 1: 3}
    assert harness.ndcg(np.array([[9, 2, *[-1] * 8], [1, 4, *[-1] * 8]]), np.array([2, 3])) == 1 / np.log2(3) / 2
    sys.modules.pop("harness")


def test_recall_of_the_graph_set_ranks_what_has_no_training_line(load: Callable[[str], ModuleType]) -> None:
    lastfm = load("benchmarks.lastfm")
    scores = np.array([[9.0, 8.0, 7.0, 6.0], [1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0]])
    train = np.array([[0, 0, 1], [0, 1, 0], [1, 3, 1]])  # the third user has none and is not asked
    test = np.array([[0, 2, 1], [0, 3, 1], [1, 2, 0], [1, 0, 1], [2, 0, 1]])
    assert lastfm.recall(scores, train, test, k=1) == (1 / 2 + 0) / 2
    assert lastfm.recall(scores, train, test, k=3) == 1


def test_auc_counts_equals_half(load: Callable[[str], ModuleType]) -> None:
    lastfm = load("benchmarks.lastfm")
    lines = np.array([[0, 0, 1], [0, 1, 0], [0, 2, 1], [0, 3, 0]])
    assert lastfm.auc(np.array([[4.0, 3.0, 3.0, 1.0]]), lines) == (2 + 0.5 + 1) / 4


def test_f1_is_of_the_lines_above_the_limit(load: Callable[[str], ModuleType]) -> None:
    lastfm = load("benchmarks.lastfm")
    lines = np.array([[0, 0, 1], [0, 1, 0], [0, 2, 1], [0, 3, 0]])
    assert lastfm.f1(np.array([[4.0, 3.0, 2.0, 1.0]]), lines, 3.0) == 2 * 1 / (2 + 2)


def test_the_shop_is_told_what_was_chosen_in_training_and_nothing_else(
    load: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lastfm = load("benchmarks.lastfm")
    lines = np.array([[0, 0, 1], [0, 1, 0], [1, 1, 1], [1, 0, 0]])
    data = lastfm.Data(lines, np.array([[0, 1, 3], [1, 0, 0]]), 2, 2)
    asked = []

    def daogou(*words: object) -> dict[str, float]:
        asked.append(list(map(str, words)))
        if "--out" in words:
            line = {"id": 0, "items": [{"product": "a1", "chance": 0.25}]}
            Path(str(words[-1])).write_text(json.dumps(line) + "\n")
        return {"cpu_s": 1.0}

    monkeypatch.setattr(lastfm, "daogou", daogou)
    answers = lastfm.shop(data, lines[:2], lines[2:], graph=True, folder=tmp_path)
    assert (tmp_path / "listened.inter").read_text().split() == ["user_id:token", "item_id:token", "u0", "a0"]
    assert (tmp_path / "artists.item").read_text().splitlines()[1:] == ["a0\t0\t\t3", "a1\t1\t0\t"]
    assert json.loads((tmp_path / "lines.jsonl").read_text()) == {
        "id": 1, "shopper": "u1", "candidates": ["a1", "a0"]
    }  # fmt: skip
    assert answers.places.tolist() == [[0, 1], [0, 0]]
    assert answers.chances.tolist() == [[0, 0.25], [0, 0]]
    assert (answers.cpu_s, [words[0] for words in asked]) == (5.0, ["init"] + ["--shop"] * 4)


def test_what_the_graph_says_of_an_artist_and_of_its_neighbours(load: Callable[[str], ModuleType]) -> None:
    lastfm = load("benchmarks.lastfm")
    lines = np.array([[0, 0, 1], [0, 1, 0]])
    triples = np.array([[0, 5, 2], [1, 5, 2], [2, 6, 3]])
    one, other = lastfm.bags(lastfm.Data(lines, triples, 1, 2))
    assert one == {"item 0": 1.0, "5 2": 1.0, "of 5 0": 0.3, "of 5 1": 0.3, "6 3": 0.3}
    assert set(one) & set(other) == {"5 2", "of 5 0", "of 5 1", "6 3"}


def test_personal_frequency_orders_equals_by_time_and_reach_and_not_as_the_file_does(
    load: Callable[[str], ModuleType],
) -> None:
    bought = [("a", "p1", 1), ("a", "p1", 1), ("a", "p2", 1), ("a", "p3", 2), ("a", "p4", 2), ("b", "p4", 9)]
    asked = {"a": (3, {"p1"})}
    frequency = load("benchmarks.next_basket")._frequency
    assert frequency(bought, asked) == frequency(bought[::-1], asked) == {"a": ["p1", "p4", "p3", "p2"]}
