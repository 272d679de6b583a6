"""Merchandising rules through the public doors: each holds, is said, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop_world import build_shop

from daogou.domain.errors import BadSettings
from daogou.settings.rules import FILE, add_rule, parse_rules, read_rules, with_rule, without_rule, write_rules
from daogou.shop.doctor import examine
from daogou.shop.shop import Shop, open_shop
from daogou.shop.shown import Shown


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("ruled") / "shop"
    build_shop(place).close()
    return place


@pytest.fixture
def plain(folder: Path) -> Iterator[Shop]:
    """The shop without rules."""
    (folder / FILE).unlink(missing_ok=True)
    shop = open_shop(folder)
    yield shop
    shop.close()


def ruled(shop: Shop, text: str) -> Shop:
    shop.set_rules(text)
    shop.close()
    return open_shop(shop.folder)


def ids(hits: Shown) -> list[str]:
    return [str(hit.product) for hit in hits]


def shares(hits: Shown, product: str) -> dict[str, float]:
    return {reason.kind: reason.share for hit in hits if hit.product == product for reason in hit.because}


BOOST = '[[rule]]\nname = "Brio"\naction = "boost"\nbrand = "brio"\nby = 3.0\nbecause = "Brio week"\n'
BURY = '[[rule]]\nname = "No red"\naction = "bury"\nattributes = { color = "红色" }\nby = 0.1\n'


def test_boost_raises_the_score_and_is_its_part_of_the_reasons(plain: Shop) -> None:
    before = {hit.product: hit.score for hit in plain.search("boots", k=6)}
    hits = (shop := ruled(plain, BOOST)).search("boots", k=6)
    assert {shop.product(id).brand for id in ids(hits)[:3]} == {"Brio"}  # type: ignore[union-attr]
    for hit in hits:
        factor = 3 if shop.product(hit.product).brand == "Brio" else 1  # type: ignore[union-attr]
        assert hit.score == pytest.approx(factor * before[hit.product], rel=1e-4)
    assert shares(hits, "boots-3")["rule"] == pytest.approx(2 / 3, abs=0.01)
    assert "Brio week" in [reason.text.en for reason in hits.items[0].because]
    recommended = shop.recommend(shopper="s1", k=10)
    said = [reason for hit in recommended for reason in hit.because if reason.kind == "rule"]
    assert said
    assert all(reason.share == pytest.approx(2 / 3, abs=0.01) for reason in said)


def test_an_explanation_takes_the_rule_away(plain: Shop) -> None:
    before = plain.explain("s1", "boots-3").score
    explained = ruled(plain, BOOST).explain("s1", "boots-3")
    without = next(part for part in explained.because if part.reason.kind == "rule")
    assert explained.score == pytest.approx(3 * before, rel=1e-4)
    assert without.score == pytest.approx(before, rel=1e-4)


def test_bury_lowers_by_either_language_and_says_so(plain: Shop) -> None:
    hits = (shop := ruled(plain, BURY)).search("boots", k=6)
    assert set(ids(hits)[-2:]) == {"boots-0", "boots-4"}
    assert shares(hits, "boots-0")["rule"] == 0
    assert sum(share for kind, share in shares(hits, "boots-0").items() if kind != "rule") <= 1.001
    assert {"boots-0", "boots-4"}.isdisjoint(ids(shop.recommend(shopper="s1", k=3)))


def test_pin_gives_places_even_to_what_does_not_match(plain: Shop) -> None:
    rule = '[[rule]]\nname = "Socks"\naction = "pin"\nproducts = ["socks-5", "pack-5", "socks-4"]\nplace = 2\n'
    before = plain.search("boots", k=10)
    shop = ruled(plain, rule + 'query = "Boots"\nlists = ["search"]\n')
    hits = shop.search("boots ", k=3)
    assert ids(hits) == [ids(before)[0], "socks-5", "socks-4"]  # pack-5 is sold out
    assert shares(hits, "socks-5") == {"rule": 1.0}
    assert ids(shop.search("boots", k=3, offset=1)) == ["socks-5", "socks-4", ids(before)[1]]
    assert "socks-5" not in ids(shop.search("hiking boots", k=3))
    assert "socks-5" not in ids(shop.search("boots", k=3, sort="price_asc"))
    recommended = (shop := ruled(shop, rule)).recommend(shopper="s1", k=3)
    assert ids(recommended)[1:] == ["socks-5", "socks-4"]
    assert shares(recommended, "socks-5") == shares(recommended, "socks-4") == {"rule": 1.0}
    explored = {hit.product: hit.propensity for hit in shop.recommend(kind="new", k=4)}
    assert {id for id, propensity in explored.items() if propensity is None} == {"socks-5", "socks-4"}


def test_a_pin_gives_places_only_to_what_meets_all_that_it_names(plain: Shop) -> None:
    pin = '[[rule]]\nname = "Ours"\naction = "pin"\nproducts = ["socks-1", "socks-4"]\nbrand = "Brio"\n'
    hits = ruled(plain, pin).search("boots", k=3)
    assert ids(hits)[0] == "socks-4"
    assert "socks-1" not in ids(hits)


def test_a_rules_products_stay_together_where_another_wants_a_place_among_them(plain: Shop) -> None:
    pins = '[[rule]]\nname = "B"\naction = "pin"\nproducts = ["pack-1"]\nplace = 2\n'
    pins += '[[rule]]\nname = "A"\naction = "pin"\nproducts = ["socks-1", "socks-2", "socks-3"]\n'
    pins += '[[rule]]\nname = "C"\naction = "pin"\nproducts = ["pack-2"]\nplace = 6\n'
    shop = ruled(plain, pins)
    for hits in (shop.search("boots", k=6), shop.recommend(shopper="who has none of them", k=6)):
        assert ids(hits)[:4] == ["socks-1", "socks-2", "socks-3", "pack-1"]
        assert ids(hits)[5] == "pack-2"


def test_rules_that_leave_nothing_are_said_and_found_by_the_doctor(plain: Shop) -> None:
    only = '[[rule]]\nname = "Ours"\naction = "only"\nbrand = "{}"\n'
    shop = ruled(plain, only.format("Biro"))
    said = "nothing is left of the shop by the rules 'Ours'"
    assert (shop.search("boots").items, shop.search("boots").degraded) == ((), said)
    assert (shop.recommend(shopper="s1").items, shop.recommend(shopper="s1").degraded) == ((), said)

    def found() -> tuple[str, str]:
        return next((finding.state, finding.detail) for finding in examine(shop.folder) if finding.part == "rules")

    assert found() == ("broken", said)
    shop.set_rules(only.format("Brio") + '[[rule]]\nname = "Typo"\naction = "hide"\nbrand = "Biro"\n')
    assert found() == ("empty", "about nothing in the shop: 'Typo'")
    shop.set_rules(only.format("Brio"))
    assert found() == ("works", "1 in the file")
    shop.set_rules("")
    assert "rules" not in {finding.part for finding in examine(shop.folder)}


@pytest.mark.parametrize(("action", "left"), [("hide", {"running-shoes", "pack", "socks"}), ("only", {"boots"})])
def test_hide_and_only_hold_in_every_list(plain: Shop, action: str, left: set[str]) -> None:
    shop = ruled(plain, f'[[rule]]\nname = "B"\naction = "{action}"\ncategory = "徒步鞋"\n')
    lists = [shop.search("", k=30), shop.search("boots shoes socks", k=30)]
    lists += [shop.recommend(shopper="s1", kind=kind, k=20) for kind in ("for-you", "trending", "new", "next-basket")]
    lists += [shop.recommend(product="running-shoes-1", kind="similar", k=20)]
    for hits in lists:
        assert {id.rpartition("-")[0] for id in ids(hits)} <= left
    gone = "boots-3" if action == "hide" else "socks-3"
    assert shop.explain("s1", gone).withheld == "left out by the rule 'B'"


def test_a_rule_holds_on_its_days_and_in_its_lists(plain: Shop) -> None:
    hidden = '[[rule]]\nname = "B"\naction = "hide"\ncategory = "Hiking boots"\n'
    assert ids(ruled(plain, hidden + "until = 2020-01-01\n").search("boots"))
    shop = ruled(plain, hidden + 'since = 2020-01-01\nlists = ["trending"]\n')
    assert ids(shop.search("boots"))
    assert not any(id.startswith("boots") for id in ids(shop.recommend(kind="trending", k=20)))


def test_a_change_holds_at_once_and_a_broken_file_is_said(plain: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daogou.shop.engine._CATALOGUE_EVERY_S", 0)
    first = plain.search("boots", k=1).items[0].product
    plain.set_rules(f'[[rule]]\nname = "Out"\naction = "hide"\nproducts = ["{first}"]\n')
    assert plain.search("boots", k=1).items[0].product != first
    (plain.folder / FILE).write_text("[[rule]]\nname = 3\n", "utf-8")
    hits = plain.search("boots", k=1)
    assert hits.items[0].product != first
    assert "rules.toml" in (hits.degraded or "")
    assert "rules.toml" in (plain.recommend(k=1).degraded or "")
    with pytest.raises(BadSettings, match="name"):
        open_shop(plain.folder).search("boots")
    with pytest.raises(BadSettings):
        plain.set_rules("[[rule]]\n")
    plain.set_rules("")
    assert plain.search("boots", k=1).items[0].product == first


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rule = 3", "table"),
        ("[[rules]]\nname='x'", "rules"),
        ("[[rule]]\nname='x'\naction='hide'\nbrnad='y'", "did you mean 'brand'"),
        ("[[rule]]\nname='x'\naction='bost'\nbrand='y'", "'bost' is none of boost, bury, pin, hide, only"),
        ("[[rule]]\nname='x'\naction='hide'\nbrand='y'\nlists=['nwe']", "'nwe' is none of search, for-you"),
        ("[[rule]]\nname='x'\naction='hide'", "what the rule is about"),
        ("[[rule]]\nname=' '\naction='hide'\nbrand='y'", "needs a name"),
        ("[[rule]]\nname='x'\naction='pin'\nbrand='y'", "pin needs"),
        ("[[rule]]\nname='x'\naction='hide'\nbrand='y'\nby=2.0", "only boost and bury"),
        ("[[rule]]\nname='x'\naction='boost'\nbrand='y'\nby=0.5", "more than 1"),
        ("[[rule]]\nname='x'\naction='boost'\nbrand='y'\nby=nan", "more than 1"),
        ("[[rule]]\nname='x'\naction='bury'\nbrand='y'\nby=0.0", "hide leaves out"),
        ("[[rule]]\nname='x'\naction='pin'\nproducts=['y']\nplace=0", "place"),
        ("[[rule]]\nname='x'\naction='hide'\nbrand='y'\nsince=2026-02-01\nuntil=2026-01-01", "before since"),
        ("[[rule]]\nname='x'\naction='hide'\nbrand='y'\nquery='q'\nlists=['new']", "only search"),
        ("[[rule]]\nname='x'\naction='hide'\nbrand='y'\n" * 2, "two rules"),
        ("[[rule", "rules.toml"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        parse_rules(text)


FIELDS = st.fixed_dictionaries(
    {"name": st.text(min_size=1).filter(str.strip), "action": st.sampled_from(["hide", "only", "boost", "bury"])},
    optional={
        "products": st.lists(st.text(max_size=9), min_size=1, max_size=3),
        "category": st.text(max_size=9),
        "attributes": st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=2),
        "since": st.dates(),
        "because": st.text(max_size=9),
    },
)


@given(FIELDS, st.sampled_from(["", BOOST, f"# ours\n{BURY}\n# the end\n"]))
def test_a_rule_that_is_added_and_removed_leaves_the_others(fields: dict[str, Any], before: str) -> None:
    try:
        more = with_rule(before, {**fields, "on_sale": True})
    except BadSettings:  # TOML has no DEL and no lone surrogate, and two rules may not share a name
        return
    *others, added = parse_rules(more)
    assert tuple(others) == parse_rules(before)
    assert (added.name, added.products, added.since) == (
        fields["name"].strip(), tuple(fields.get("products", ())), fields.get("since"),
    )  # fmt: skip
    assert parse_rules(without_rule(more, added.name)) == parse_rules(before)


def test_the_comments_of_other_rules_stay_when_one_is_removed() -> None:
    text = f"# first\n{BOOST}\n# of the second\n{BURY}"
    boost, bury = parse_rules(text)
    assert without_rule(text, boost.name) == f"# first\n\n# of the second\n{BURY}".replace("\n\n", "\n")
    assert without_rule(text, bury.name).rstrip() == f"# first\n{BOOST}\n# of the second".rstrip()


def test_a_rule_that_cannot_be_told_from_the_others_is_left_to_be_removed_by_hand() -> None:
    text = 'rule = [{ name = "In a line", action = "hide", brand = "x" }]\n'
    with pytest.raises(BadSettings, match="take it out of the text"):
        without_rule(text, "In a line")
    with pytest.raises(BadSettings, match="no rule is called 'Other'"):
        without_rule(text, "Other")


def test_two_who_add_rules_at_once_both_have_theirs(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: add_rule(tmp_path, {"name": f"r{n}", "action": "hide", "brand": "x"}), range(20)))
    assert {rule.name for rule in read_rules(tmp_path)} == {f"r{n}" for n in range(20)}


def test_of_many_who_write_the_rules_at_once_each_writes_whole_files(tmp_path: Path) -> None:
    long = "# " + "why " * 50_000 + "\n"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: write_rules(tmp_path, text), [long + BOOST, BURY] * 20))
    assert read_rules(tmp_path) in (parse_rules(BOOST), parse_rules(BURY))
