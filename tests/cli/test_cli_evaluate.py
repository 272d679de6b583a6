"""`daogou evaluate`: the report of a shop, and what it leaves alone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from daogou.cli.evaluated import true_taste
from daogou.cli.main import cli, main
from daogou.domain.ids import Instant
from daogou.evaluation.offline.bootstrap import Difference, Interval
from daogou.evaluation.report.html import _verdict, _Writer
from daogou.evaluation.report.words import reason_in
from daogou.shop.create import create
from daogou.shop.shop import open_shop
from daogou.testing.builders import event, product

DAY = 86_400_000
START = 1_700_000_000_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from daogou.domain.text import Text

    folder = tmp_path_factory.mktemp("shop")
    create(folder, name=Text(zh="小店 <b>", en="Small <b> shop"), currency="CNY", language="zh")
    with (folder / "daogou.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[training.transformer]\nenabled = false\n")
    opened = open_shop(folder)
    opened.stores.catalogue.put(
        [product(f"p{i}", f"商品 {i}", price=10 + i, category=[f"c{i % 3}"]) for i in range(30)], at=Instant(START)
    )
    opened.stores.events.append(
        [
            event("purchase" if day % 5 == 0 else "view", f"p{(who + 3 * day) % 30}", shopper=f"s{who}", at=at)
            for who in range(50)
            for day in range(12)
            for at in [START + (day * 5 + who % 5) * DAY]
        ]
    )
    opened.close()
    return folder


@pytest.fixture(scope="module")
def evaluated(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report")
    result = CliRunner().invoke(cli, ["--shop", str(shop), "evaluate", "--out", str(out), "--k", "5"])
    assert result.exit_code == 0, result.output
    for words in ("this shop", "most popular", "item-kNN", "random", "seed 0", "report.html"):
        assert words in result.output
    assert all(len(line) <= 80 for line in result.output.splitlines() if "│" in line or "this shop" in line)
    return out


def test_true_taste_is_told_beside_the_best_baseline() -> None:
    true = {"this shop": 0.35, "sequential alone": 0.4, "most popular": 0.2, "item-kNN": 0.36, "random": 0.1}
    said = true_taste({name: Interval(mean, mean, mean) for name, mean in true.items()})
    assert said == "true taste (simulated): 0.3500, of the baselines item-kNN 0.3600"


def test_the_page_stands_alone_and_escapes_what_the_shop_says(evaluated: Path) -> None:
    page = (evaluated / "report.html").read_text("utf-8")
    assert "小店 &lt;b&gt;" in page
    assert "推荐效果评估" in page
    assert "没有估计：没有展示记录。" in page
    assert all(f"<dt>{name}</dt>" in page for name in ("NDCG", "基尼系数", "p", "IPS", "SNIPS", "DR"))
    assert not re.search(r"<script|src=|href=|url\(|@import", page)
    assert page.count("<svg") == 4
    assert page.count("<svg") == page.count("</svg>")
    assert "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)  # every blank was filled


def test_signs_that_were_logged_are_counted_and_the_others_are_named(evaluated: Path) -> None:
    page = (evaluated / "report.html").read_text("utf-8")
    assert re.search("留下信号的商品数：购买 [0-9]+。 没有记录，因此看不出来：退货、评分、点赞或点踩、浏览时长。", page)
    logged = json.loads((evaluated / "report.json").read_text("utf-8"))["satisfaction"]["logged"]
    assert logged["purchase"] > 0 == logged["return"]


def test_what_was_left_out_is_said_in_the_language_of_the_report(evaluated: Path) -> None:
    page = (evaluated / "report.html").read_text("utf-8")
    assert "属性相似: 已关闭：[training.attributes] enabled = false" in page
    assert "switched off" not in page
    assert "fewer than" not in page
    assert "复购排序树: 留作检验" in page
    for reason in (
        "torch not installed: pip install 'daogou[train]'",
        "no steps to learn from",
        "3 steps to learn from, fewer than least_steps = 500",
        "3 products, more than most = 2",
        "no text encoder is set: see [encoder]",
        "7 validation steps with the answer among the first 50, fewer than 200",
        "tried, not surely better: NDCG@10 0.1 of the fusion became 0.2 on held-back steps, the 95 % interval of the "
        "gain is -0.1 to +0.2",
        "tried, not surely better: NDCG@20 0.1 of repeats became 0.2 on held-back baskets, the 95 % interval of the "
        "gain is -0.1 to +0.2",
        "120 validation steps, fewer than 200",
        "0 held-back baskets with something that was bought before, fewer than 200",
        "40 held-back baskets of two products or more, fewer than 50",
        "40 held-back baskets with any of the rest among the first 50, fewer than 50",
        "tried, not surely better: NDCG@10 for known shoppers 0.1 of the sources became 0.2 on held-back baskets, "
        "the 95 % interval of the gain is -0.1 to +0.2",
        "tried, not surely better: NDCG@10 for nobody known 0.1 of the sources became 0.2 on held-back baskets, "
        "the 95 % interval of the gain is -0.1 to +0.2",
        "LightGBM does not load (libgomp.so.1): install OpenMP, as libgomp1 on Debian or libomp by Homebrew",
    ):
        assert reason_in("en", reason) == reason
        assert re.search("[\u4e00-\u9fff]", reason_in("zh", reason)), reason


def test_a_difference_is_clear_only_where_the_test_and_the_interval_say_so() -> None:
    def verdict(low: float, high: float, p: float) -> str:
        return _verdict(Difference(Interval((low + high) / 2, low, high), p))

    assert verdict(0.01, 0.02, 0.01) == "better"
    assert verdict(-0.02, -0.01, 0.01) == "worse"
    assert verdict(-0.001, 0.03, 0.04) == "unclear"
    assert verdict(0.001, 0.03, 0.06) == "unclear"


def test_the_best_of_many_sources_is_ahead_only_where_it_is_so_much_surer() -> None:
    def said(p: float, *, sources: int) -> str:
        behind = {"ndcg@10": Difference(Interval(-0.02, -0.03, -0.01), p)}
        even = {"ndcg@10": Difference(Interval(0.0, -0.01, 0.01), 1.0)}
        against = {f"s{n} alone": even for n in range(1, sources)} | {"ease alone": behind}
        table = SimpleNamespace(against=against)
        found: Any = SimpleNamespace(plan=SimpleNamespace(ks=(10,)), tables=(table,))
        return " ".join(_Writer(found, "en").own())

    assert "linear model" in said(0.03, sources=1)
    assert said(0.03, sources=10) == ""
    assert "linear model" in said(0.004, sources=10)


def test_the_best_of_several_baselines_is_ahead_only_where_it_is_so_much_surer() -> None:
    def said(gap: Interval, p: float, *, baselines: tuple[str, ...]) -> str:
        level = Interval(0.1, 0.05, 0.15)
        accuracy = {name: {"ndcg@10": level, "hit rate@10": level} for name in ("this shop", *baselines)}
        against = {name: {"ndcg@10": Difference(gap, p)} for name in baselines}
        table = SimpleNamespace(accuracy=accuracy, against=against)
        found: Any = SimpleNamespace(
            plan=SimpleNamespace(ks=(10,)), tables=(table,), satisfaction=SimpleNamespace(truth={})
        )
        return _Writer(found, "en").short()

    behind, ahead = Interval(-0.02, -0.03, -0.01), Interval(0.02, 0.01, 0.03)
    few, all_of_them = ("most popular", "random"), ("item-kNN", "popular recently", "most popular", "random")
    assert "Clearly worse" in said(behind, 0.02, baselines=few)
    assert "No clear difference" in said(behind, 0.02, baselines=all_of_them)
    assert "Clearly better" in said(ahead, 0.02, baselines=all_of_them)  # being chosen was luck for the other


def test_the_record_holds_the_same_figures(evaluated: Path) -> None:
    record = json.loads((evaluated / "report.json").read_text("utf-8"))
    ours = record["tables"][0]["accuracy"]["this shop"]["ndcg@5"]
    assert f"{ours['mean']:.4f}" in (evaluated / "report.html").read_text("utf-8")
    assert record["plan"]["seed"] == 0


def test_the_shop_is_left_as_it_was(shop: Path, evaluated: Path) -> None:
    opened = open_shop(shop)
    try:
        assert opened.release_id == ""
        assert opened.releases.list() == []
        assert opened.stores.events.head() == 600
    finally:
        opened.close()


def test_json_and_english(shop: Path, tmp_path: Path) -> None:
    words = ["--shop", str(shop), "--json", "evaluate", "--out", str(tmp_path), "--language", "en", "--shoppers", "50"]
    result = CliRunner().invoke(cli, [*words, "--split", "next-step", "--share", "0.5"])
    assert result.exit_code == 0
    answer = json.loads(result.output)
    assert answer["found"]["tables"][0]["n"] <= 50
    assert Path(answer["page"]).is_file()
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "In short" in page
    assert "one later step of each shopper" in page


def test_an_empty_shop_is_told_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from daogou.domain.text import Text

    create(tmp_path / "empty", name=Text(en="Empty"), currency="CNY")
    monkeypatch.setattr("sys.argv", ["daogou", "--shop", str(tmp_path / "empty"), "evaluate"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    assert "nothing on record to evaluate" in capsys.readouterr().err
    assert not (tmp_path / "empty" / "evaluation").exists()
