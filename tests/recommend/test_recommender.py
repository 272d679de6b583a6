from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daogou.adapters.addresses import open_stores
from daogou.domain.article import Article
from daogou.domain.errors import BadRequest, NotFound
from daogou.domain.hit import Hits, Reason
from daogou.domain.ids import ArticleId, Instant, ProductId, ShopperId
from daogou.domain.money import Money
from daogou.domain.query import Where
from daogou.domain.rule import Rule
from daogou.domain.shopper import Shopper
from daogou.domain.text import Text
from daogou.ports.stores import Stores
from daogou.recommend import live, sources, wording
from daogou.recommend.batch import histories
from daogou.recommend.config import RecommendConfig
from daogou.recommend.models import Models
from daogou.recommend.recommender import Recommender
from daogou.recommend.request import KINDS, Like, RecommendRequest
from daogou.retrieval import habits
from daogou.retrieval.arrange import Variety
from daogou.retrieval.evidence import Evidence, Trail
from daogou.retrieval.fusion import Fusion
from daogou.retrieval.popularity import PopularityConfig
from daogou.retrieval.rules import Rulebook
from daogou.retrieval.shelf import Shelf
from daogou.testing.builders import event, product
from daogou.testing.rankers import untaught
from daogou.training.config import TrainingConfig
from daogou.training.releases import Release, Releases
from daogou.training.train import train

DAY_MS = 86_400_000
NOW = Instant(1_700_000_000_000)
N = 24


def filled() -> Stores:
    """Shoppers walk along a ring of products and buy p0 with p12; s0 to s11 are students."""
    stores = open_stores("memory://")
    stores.catalogue.put(
        [
            product(
                f"p{n}", f"{'shoe' if n < 12 else 'tea'} number{n % 12}", price=n + 1, stock=5, released=Instant(n),
                category=["Shoes" if n < 12 else "Tea"], brand=f"brand{n % 3}",
            )
            for n in range(N)
        ],
        at=NOW,
    )  # fmt: skip
    stores.shoppers.put([Shopper(ShopperId(f"s{n}"), labels={"group": "student"}) for n in range(12)])
    start = NOW - 100 * DAY_MS
    stores.events.append(
        [
            event("view", f"p{(first + n) % N}", shopper=f"s{first}", at=start + n * DAY_MS + first)
            for first in range(30)
            for n in range(5)
        ]
        + [
            event("purchase", p, shopper=f"b{n}", at=at)
            for n in range(6)
            for at, p in enumerate(("p0", "p12"), start + n)
        ]
    )
    return stores


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return train(filled(), Releases(tmp_path_factory.mktemp("models")))


class World:
    """A shop that answers."""

    def __init__(self, release: Release | None, *, config: RecommendConfig | None = None) -> None:
        self.stores = filled()
        self.shelf = Shelf(release.items() if release else [])
        self.shelf.refresh(self.stores.catalogue)
        self.recommender = Recommender(
            release, self.shelf, self.stores.events, shoppers=self.stores.shoppers, config=config, clock=lambda: NOW
        )

    def ask(self, **request: object) -> Hits:
        return self.recommender.recommend(RecommendRequest(**request))  # type: ignore[arg-type]

    def products(self, **request: object) -> list[str]:
        return [hit.product for hit in self.ask(**request).items]

    def happen(self, type: str, product: str, *, shopper: str = "anna", at: int = NOW, **fields: object) -> None:
        self.stores.events.append([event(type, product, shopper=shopper, at=at, **fields)])  # type: ignore[arg-type]

    def put(self, *args: object, **fields: object) -> None:
        self.stores.catalogue.put([product(*args, **fields)], at=NOW)  # type: ignore[arg-type]
        self.shelf.refresh(self.stores.catalogue)


@pytest.fixture
def world(trained: Release) -> World:
    return World(trained)


@pytest.fixture(scope="module")
def corrected(trained: Release, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """The same release with a ranker, which moves everything and was taught by nobody."""
    folder = tmp_path_factory.mktemp("corrected") / "release"
    shutil.copytree(trained.folder, folder)
    untaught(["sequential", "content", "popularity"], seed=1).save(folder / "fusion" / "ranking")
    untaught([], names=habits.NAMES, seed=1).save(folder / "fusion" / "habits")
    return Release(folder, trained.manifest)


def test_an_event_changes_the_very_next_answer(world: World) -> None:
    before = world.products(shopper="anna", k=3)
    world.happen("view", "p3")
    after = world.ask(shopper="anna", k=3)
    assert [hit.product for hit in after.items] != before
    assert after.items[0].product == "p4"
    assert after.items[0].because[0].products == ("p3",)
    assert after.items[0].because[0].text.en == "Because you viewed “shoe number3”"
    assert after.items[0].because[0].text.zh == "因为您看过「shoe number3」"


def test_an_event_of_another_process_is_taken_in(trained: Release) -> None:
    one = World(trained)
    other = Recommender(trained, one.shelf, one.stores.events, clock=lambda: NOW)
    other.recommend(RecommendRequest(shopper=ShopperId("anna")))
    one.happen("view", "p3")
    assert other.recommend(RecommendRequest(shopper=ShopperId("anna"))).items[0].product == "p4"


def test_live_pairs_are_learnt(world: World) -> None:
    for n in range(5):
        world.happen("view", "p2", shopper=f"n{n}", at=NOW + 2 * n)
        world.happen("view", "p20", shopper=f"n{n}", at=NOW + 2 * n + 1)
    assert world.products(history=("p2",), k=1) == ["p20"]


def test_what_happened_at_one_moment_has_no_order(world: World) -> None:
    """As in a file without dates; the order of a history that is given counts."""
    for shopper, seen in (("here", ("p3", "p15")), ("there", ("p15", "p3"))):
        for id in seen:
            world.happen("view", id, shopper=shopper, at=NOW - 1)
    here, there = (world.ask(shopper=shopper, exclude_seen=True, k=4).items for shopper in ("here", "there"))
    assert {hit.product: hit.score for hit in here} == pytest.approx({hit.product: hit.score for hit in there})
    assert world.products(history=("p3", "p15"), k=1) == ["p16"]
    assert world.products(history=("p15", "p3"), k=1) == ["p4"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_answers_with_reasons_that_add_up(world: World, kind: str) -> None:
    world.happen("view", "p3")
    world.happen("purchase", "p5", at=NOW - 40 * DAY_MS)
    hits = world.ask(shopper="anna", product="p0", kind=kind, k=5, group=("anna",) if kind == "group" else ())
    assert len(hits.items) == 5
    assert (hits.degraded is None) == (kind != "together")
    scores = [hit.score for hit in hits.items]
    assert scores == sorted(scores, reverse=True)
    for hit in hits.items:
        shares = [reason.share for reason in hit.because]
        assert shares == sorted(shares, reverse=True)
        assert 0 < sum(shares) <= 1 + 1e-6
        assert all(reason.text.zh and reason.text.en and reason.source for reason in hit.because)


def test_what_several_steps_on_one_product_say_is_one_reason(world: World) -> None:
    for at in range(3):
        world.happen("view", "p3", shopper="again", at=NOW + 2 * at)
        world.happen("view", "p7", shopper="again", at=NOW + 2 * at + 1)
    named = [[reason.products for reason in hit.because] for hit in world.ask(shopper="again", k=5).items]
    assert all(len(set(each)) == len(each) for each in named)
    assert {("p3",), ("p7",)} <= {products for each in named for products in each}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shopper", ["s3", "stranger", None])
def test_an_answer_is_reproducible(world: World, kind: str, shopper: str | None) -> None:
    group = ("s3", "s9") if kind == "group" else ()
    request = {
        "shopper": shopper,
        "product": "p0",
        "kind": kind,
        "k": 8,
        "group": group,
        "explore": shopper is not None,
    }
    assert world.ask(**request) == world.ask(**request)


def test_together_names_how_many_shoppers(world: World) -> None:
    reason = world.ask(basket=("p0",), k=1).items[0].because[0]
    assert world.products(basket=("p0",), k=1) == ["p12"]
    assert (reason.kind, reason.products) == ("together", ("p0",))
    assert reason.text.en == "6 shoppers bought it with “shoe number0”"


def test_a_list_filled_up_beyond_what_is_bought_together_says_so(world: World) -> None:
    assert world.ask(basket=("p0",), k=1).degraded is None
    filled = world.ask(basket=("p0",), k=5)
    assert len(filled.items) == 5
    assert (
        filled.degraded
        == "1 bought together by enough shoppers; the others are often next, go with its category, or are alike"
    )


def test_the_next_basket_repeats_what_is_bought_often(world: World) -> None:
    for n in range(4):
        world.happen("purchase", "p20", at=NOW - (70 - n) * DAY_MS)
    world.happen("purchase", "p8", at=NOW - 60 * DAY_MS)
    hits = world.ask(shopper="anna", kind="next-basket", k=2)
    assert [hit.product for hit in hits.items] == ["p20", "p8"]
    assert [hit.because[0].kind for hit in hits.items] == ["repeat", "repeat"]
    assert [hit.because[0].text.en for hit in hits.items] == ["You bought this 4 times", "You bought this before"]


def test_who_buys_many_products_is_told_of_the_next_basket_without_further_retrievers(world: World) -> None:
    asked: list[Trail] = []

    class Spy:
        def evidence(self, trail: Trail) -> Evidence:
            asked.append(trail)
            return Evidence.none()

    models = replace(world.recommender._models, further={"spy": Spy()})
    world.recommender._models = models
    world.recommender._fusions = {
        kind: replace(fusion, weights={**fusion.weights, "spy": 1.0})
        for kind, fusion in world.recommender._fusions.items()
    }
    for n in range(50):
        world.put(f"q{n}", "bread", price=1)
        world.happen("purchase", f"q{n}", at=NOW - (90 - n) * DAY_MS)
        world.ask(shopper="anna", kind="next-basket")
        assert len(asked) == min(n + 1, 49)
    world.ask(shopper="anna")
    assert len(asked) == 50


def test_many_labels_together_speak_for_as_many_products_as_few(
    trained: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(trained)
    segments = world.recommender._models.popularity.segments
    assert isinstance(segments, dict)
    segments["plan=gold"] = segments["group=student"]
    world.stores.shoppers.put([Shopper(ShopperId("anna"), labels={"group": "student", "plan": "gold"})])
    best = segments["group=student"].pool().rows.tolist()
    monkeypatch.setattr(sources, "_BY_LABELS", 6)
    found = world.recommender.evidence(RecommendRequest(shopper=ShopperId("anna")))["segment"]
    assert found.rows.tolist() == [*best[:3], *best[:3]]
    assert found.causes.tolist() == [0, 0, 0, 1, 1, 1]


def test_trending_and_new_follow_the_clock(world: World) -> None:
    for n in range(30):
        world.happen("view", "p17", shopper=f"n{n}")
    assert world.products(kind="trending", k=1) == ["p17"]
    assert world.products(kind="new", k=2, explore=False) == ["p23", "p22"]
    world.put("q0", "red shoe", price=5)  # after the training, and nobody says when
    assert world.products(kind="new", k=2, explore=False) == ["q0", "p23"]


def test_a_cold_shopper_is_shown_what_their_segment_likes(world: World) -> None:
    world.stores.shoppers.put([Shopper(ShopperId("new"), labels={"group": "student"})])
    for n in range(9):
        world.happen("view", "p9", shopper=f"s{n}", at=NOW + n)
    hit = world.ask(shopper="new", k=1).items[0]
    assert hit.product == "p9"
    assert hit.because[0].kind == "segment"
    assert hit.because[0].text.zh == "在「顾客群：学生」的顾客中热门"


@pytest.mark.parametrize("value", ["student", "Student"])
def test_the_context_of_someone_new_counts_as_their_label(world: World, value: str) -> None:
    for n in range(9):
        world.happen("view", "p9", shopper=f"s{n}", at=NOW + n)
    answer = world.ask(session="v1", k=1, context={"group": value})
    (hit,) = answer.items
    assert (hit.product, hit.because[0].kind, answer.degraded) == ("p9", "segment", None)
    assert hit.because[0].text.zh == "在「顾客群：学生」的顾客中热门"
    assert hit.because[0].text.en == "Popular with shoppers of “Customer group: student”"
    assert not [r for h in world.ask(session="v1").items for r in h.because if r.kind == "segment"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"context": {"group": "student", "country": "DE"}}, "'country=DE'; training knew no such group"),
        ({"shopper": "told", "context": {"group": "student"}}, "'group=student'; training knew no such group"),
        (
            {"kind": "trending", "context": {"group": "student"}},
            "'group=student'; 'trending' does not rest on who asks",
        ),
        (
            {"kind": "group", "group": ("s1",), "context": {"group": "student"}},
            "'group=student'; 'group' does not rest",
        ),
        ({"product": "p1", "kind": "because", "context": {"group": "student"}}, "'because' does not rest on who asks"),
        ({"kind": "complete", "basket": ("p1",), "context": {"group": "student"}}, "'complete' does not rest on who"),
        ({"product": "p99", "context": {"a": "b"}}, "unknown product 'p99'; context not used: 'a=b'; 'similar'"),
    ],
)
def test_context_that_says_nothing_is_named(world: World, asked: dict[str, object], said: str) -> None:
    world.stores.shoppers.put([Shopper(ShopperId("told"), labels={"group": "worker"})])
    answer = world.ask(**asked)
    assert said in (answer.degraded or "")
    assert answer.items


def test_a_shopper_who_told_the_same_is_not_counted_twice(world: World) -> None:
    world.stores.shoppers.put([Shopper(ShopperId("new"), labels={"group": "student"})])
    alone, said = world.ask(shopper="new"), world.ask(shopper="new", context={"group": "student"})
    assert (said.items, said.degraded) == (alone.items, None)


def test_a_label_with_several_values_counts_for_each(world: World) -> None:
    world.stores.shoppers.put([Shopper(ShopperId("new"), labels={"group": "worker, student"})])
    texts = {reason.text.zh for hit in world.ask(shopper="new").items for reason in hit.because}
    assert "在「顾客群：学生」的顾客中热门" in texts


def test_training_counts_each_of_several_values(tmp_path: Path) -> None:
    stores = filled()
    stores.shoppers.put([Shopper(ShopperId(f"s{n}"), labels={"likes": "tea, shoes, tea"}) for n in range(12)])
    segments = Models.open(train(stores, Releases(tmp_path))).popularity.segments
    assert set(segments) == {"likes=tea", "likes=shoes"}


def test_more_context_than_counts_is_refused(world: World) -> None:
    with pytest.raises(BadRequest, match="21 facts of context; at most 20 count"):
        world.ask(context={f"n{n}": "x" for n in range(21)})


def test_a_label_that_changes_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_LABELS_FOR_S", 0.0)
    for n in range(9):
        world.happen("view", "p9", shopper=f"s{n}", at=NOW + n)
    for group, kind in (("teacher", "popular"), ("student", "segment"), ("teacher", "popular")):
        world.stores.shoppers.put([Shopper(ShopperId("new"), labels={"group": group})])
        assert world.ask(shopper="new", k=1).items[0].because[0].kind == kind


def test_a_session_is_enough(world: World) -> None:
    world.stores.events.append([event("view", "p3", session="x", at=NOW)])
    assert world.products(session="x", k=1) == ["p4"]
    assert world.products(session="x", shopper="anna", k=1) == ["p4"]


def test_a_product_newer_than_the_release_is_found_by_its_words(world: World) -> None:
    world.put("p99", "shoe number3 special", category=["Shoes"])
    assert "p3" in world.products(product="p99", k=3)
    assert "p99" in world.products(product="p3", k=N)[:10]


def test_an_unknown_product_is_answered_and_said(world: World) -> None:
    hits = world.ask(product="nope", k=3)
    assert len(hits.items) == 3
    assert hits.degraded == "unknown product 'nope'"


def test_everything_that_is_missing_is_said(world: World) -> None:
    said = (
        world.ask(group=("s3", "stranger"), likes=(Like("xyzzy", ()),), context={"country": "XX"}, k=3).degraded or ""
    )
    assert said.startswith("nothing in the shop is called 'xyzzy'; 1 of 2 people have no history")
    assert said.endswith("context not used: 'country=XX'; 'group' does not rest on who asks")


@pytest.mark.parametrize("kind", ["together", "complete"])
@pytest.mark.parametrize("basket", [(), ("nope",)])
def test_a_basket_of_nothing_the_shop_knows_is_said(world: World, kind: str, basket: tuple[str, ...]) -> None:
    unknown = "unknown in the basket: 'nope'; " if basket else ""
    hits = world.ask(kind=kind, basket=basket, k=3)
    assert hits.degraded == f"{unknown}{kind!r} had no product to go with: what is popular"
    assert {reason.kind for hit in hits.items for reason in hit.because} == {"popular"}


def test_what_is_unknown_of_a_history_is_said(world: World) -> None:
    hits = world.ask(history=("p3", "gone", "lost"), k=1)
    assert hits.degraded == "2 of 3 products of the history unknown, such as 'gone'"
    assert hits.items[0].because[0].products == ("p3",)


def test_what_goes_with_a_product_and_a_basket_goes_with_both(world: World) -> None:
    both = world.ask(kind="together", product="p3", basket=("p0",), k=N)
    assert {product for hit in both.items for reason in hit.because for product in reason.products} == {"p0", "p3"}
    beside = world.ask(kind="similar", product="p3", basket=("p0",), k=3)
    assert {product for hit in beside.items for reason in hit.because for product in reason.products} == {"p3"}


def test_why_candidates_are_left_out_is_told_apart(world: World) -> None:
    world.happen("view", "p3")
    world.recommender.rules = Rulebook([Rule("no 4", "hide", products=(ProductId("p4"),))], world.shelf)
    asked = ("p3", "p4", "p20", "p5", "nope")
    hits = world.ask(shopper="anna", candidates=asked, exclude_seen=True, where=Where(category="shoes"))
    assert [hit.product for hit in hits.items] == ["p5"]
    causes = "1 seen, bought or rejected before, 1 taken out by a rule, 1 taken out by the filter, 1 unknown"
    assert hits.degraded == f"4 of 5 candidates left out: {causes}"


def test_rules_that_leave_nothing_are_said(world: World) -> None:
    only = [Rule(name, "only", brand=name) for name in ("brand0", "brand1")]
    world.recommender.rules = Rulebook(only, world.shelf)
    hits = world.ask(k=3)
    assert (hits.items, hits.degraded) == ((), "nothing is left of the shop by the rules 'brand0', 'brand1'")
    world.recommender.rules = Rulebook(only[:1], world.shelf)
    assert world.ask(k=3).degraded is None


def test_an_explanation_names_the_pin_and_the_place_it_gives(world: World) -> None:
    far = ProductId(world.products(k=N)[-1])
    before = world.recommender.explain(ShopperId("anna"), far)
    first = ProductId(world.products(k=1)[0])
    world.recommender.rules = Rulebook([Rule("ours", "pin", products=(far,))], world.shelf)
    pinned = world.recommender.explain(ShopperId("anna"), far)
    assert (pinned.rank, pinned.score) == (0, before.score)
    assert (pinned.because[0].reason.source, pinned.because[0].rank) == ("rule ours", before.rank)
    assert before.rank != 0
    assert world.recommender.explain(ShopperId("anna"), first).rank == 1


def test_without_a_release_the_answer_is_popular_then_new() -> None:
    world = World(None)
    for n in range(9):
        world.happen("view", "p9", shopper=f"x{n}", at=NOW + n)
    hits = world.ask(shopper="nobody", k=N)
    assert hits.items[0].product == "p9"
    assert len(hits.items) == N
    assert (hits.release, (hits.degraded or "")[:14]) == ("", "no release yet")


def test_without_anything_the_newest_products_are_shown() -> None:
    stores = open_stores("memory://")
    stores.catalogue.put([product(f"p{n}", released=Instant(n)) for n in range(3)], at=NOW)
    shelf = Shelf()
    shelf.refresh(stores.catalogue)
    hits = Recommender(None, shelf, stores.events).recommend(RecommendRequest(k=2))
    assert [hit.product for hit in hits.items] == ["p2", "p1"]


def test_a_filter_holds_and_is_still_filled(world: World) -> None:
    where = Where(category="tea", price_max=Money(2000, "CNY"))
    found = world.products(shopper="s1", where=where, k=10)
    assert sorted(found) == sorted(f"p{n}" for n in range(12, 20))


def test_variety_shows_another_category_sooner(trained: Release) -> None:
    plain, varied = World(trained), World(trained, config=RecommendConfig(variety=Variety(most=2)))
    for world in (plain, varied):
        world.happen("view", "p3")
    categories = [
        varied.shelf.products[varied.shelf.row[ProductId(p)]].category[0].en
        for p in varied.products(shopper="anna", k=4)
    ]  # type: ignore[union-attr]
    assert categories.count("Shoes") == 2
    assert plain.products(shopper="anna", k=4) != varied.products(shopper="anna", k=4)


@pytest.mark.parametrize("variety", [Variety(most=2), Variety(dial=0.9)])
def test_what_others_made_way_for_says_so(trained: Release, variety: Variety) -> None:
    world = World(trained, config=RecommendConfig(variety=variety))
    world.happen("view", "p3")
    by_score = World(trained)
    by_score.happen("view", "p3")
    scores = {hit.product: hit.score for hit in by_score.ask(shopper="anna", k=N).items}
    left = sorted(scores, key=lambda id: -scores[id])
    hits = world.ask(shopper="anna", k=4).items
    varied = [any(reason.source == "variety" for reason in hit.because) for hit in hits]
    assert True in varied
    assert False in varied
    for hit, said in zip(hits, varied, strict=True):
        assert said == (scores[hit.product] < scores[left[0]])
        left.remove(hit.product)


@given(
    happened=st.lists(
        st.tuples(st.sampled_from(["view", "cart", "purchase", "return", "thumb"]), st.integers(0, N - 1)), max_size=12
    ),
    gone=st.sets(st.integers(0, N - 1), max_size=6),
    hidden=st.booleans(),
    kind=st.sampled_from(KINDS),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_must_not_come_back_does_not(
    trained: Release, happened: list[tuple[str, int]], gone: set[int], hidden: bool, kind: str
) -> None:
    world = World(trained)
    for place, (type, row) in enumerate(happened):
        world.happen(type, f"p{row}", at=NOW - 1_000 + place, value=-1.0 if type == "thumb" else None)
    for row in gone:
        world.put(f"p{row}", stock=0 if not hidden else 9, hidden=hidden)
    banned = {f"p{row}" for row in gone} | {"p0"}
    banned |= {f"p{row}" for type, row in happened if type in {"purchase", "return", "thumb", "cart"}}
    hits = world.ask(shopper="anna", product="p0", kind=kind, k=N, group=("anna",) if kind == "group" else ())
    found = [hit.product for hit in hits.items]
    assert not banned & set(found)
    assert len(found) == len(set(found)) == N - len(banned)


def test_what_was_bought_long_ago_may_come_back(world: World) -> None:
    world.happen("purchase", "p4", at=NOW - 31 * DAY_MS)
    world.happen("view", "p3")
    assert "p4" in world.products(shopper="anna", k=3)
    world.happen("purchase", "p4", at=NOW - 29 * DAY_MS)
    assert "p4" not in world.products(shopper="anna", k=N)


def test_what_few_buy_again_rests_for_a_year_unless_the_shop_says_how_long(trained: Release) -> None:
    """Six shoppers bought p0, none again."""
    world, own = World(trained), World(trained, config=RecommendConfig(rest_days=30))
    for each in (world, own):
        each.happen("purchase", "p0", at=NOW - 300 * DAY_MS)
        each.happen("view", "p23")
    assert "p0" not in world.products(shopper="anna", k=N)
    assert "p0" in own.products(shopper="anna", k=N)
    assert "p0" in world.products(shopper="anna", kind="next-basket", k=N)
    assert "p0" in world.products(shopper="anna", k=N, at=Instant(NOW + 66 * DAY_MS))


def test_a_product_is_not_shown_because_of_itself_by_name(tmp_path: Path) -> None:
    """Many come back to p4; who did something with it once may be shown it again."""
    stores = filled()
    stores.events.append(
        [
            event("view", id, shopper=f"r{n}", at=NOW - 50 * DAY_MS + n + place)
            for n in range(9)
            for place, id in enumerate(("p4", "p9", "p4"))
        ]
    )
    release = train(stores, Releases(tmp_path))
    fusion = release.folder / "fusion"
    replace(Fusion.load(fusion), weights={"session_knn": 1.0}).save(fusion)
    world = World(release)
    for did, zh, en in (
        ("view", "您看过这款", "You viewed this before"),
        ("rating", "您给这款打过好评", "You rated this well"),
        ("purchase", "您买过这款", "You bought this before"),
    ):
        world.happen(did, "p4", shopper=did, at=NOW - 400 * DAY_MS)
        hit = next(hit for hit in world.ask(shopper=did, k=N).items if hit.product == "p4")
        assert [reason.text for reason in hit.because] == [Text(zh=zh, en=en)]


def test_a_basket_ends(trained: Release) -> None:
    world = World(trained, config=RecommendConfig(basket_days=3))
    world.happen("cart", "p4", at=NOW - 2 * DAY_MS)
    world.happen("view", "p15", at=NOW - DAY_MS)
    assert "p4" not in world.products(shopper="anna", k=N)
    reasons = [reason for hit in world.ask(shopper="anna", kind="complete").items for reason in hit.because]
    assert {product for reason in reasons for product in reason.products} == {"p4"}
    later = Instant(NOW + 2 * DAY_MS)
    assert "p4" in world.products(shopper="anna", k=N, at=later)
    assert "p4" in world.products(shopper="anna", k=N, at=later, kind="complete")
    world.happen("remove_from_cart", "p4", at=NOW)
    assert "p4" in world.products(shopper="anna", k=N)


def test_whatever_was_seen_is_left_out_however_long_ago(trained: Release) -> None:
    world = World(trained)
    world.stores.catalogue.put([product(f"q{n}", f"tea number{n % 12}") for n in range(1_200)], at=NOW)
    world.shelf.refresh(world.stores.catalogue)
    for n in range(1_190):
        world.happen("view", f"q{n}", at=NOW - 10_000 + n)
    left = {f"q{n}" for n in range(1_190, 1_200)} | {f"p{n}" for n in range(N)}
    assert set(world.products(shopper="anna", k=100, exclude_seen=True)) == left
    world.happen("view", "p7")
    assert set(world.products(shopper="anna", k=100, exclude_seen=True)) == left - {"p7"}


def test_a_request_as_of_a_moment_knows_nothing_later(trained: Release) -> None:
    world = World(trained)
    world.happen("view", "p3", at=NOW - 60 * DAY_MS)
    then = Instant(NOW - 39 * DAY_MS)
    before = world.ask(shopper="anna", at=then, k=5)
    for n in range(150):
        world.happen("view", f"p{12 + n % 12}", at=NOW - 1000 + n)
    world.happen("purchase", before.items[0].product, at=NOW)
    world.happen("cart", before.items[1].product, at=NOW)
    world.happen("return", before.items[2].product, at=NOW)
    after = world.ask(shopper="anna", at=then, k=5)
    assert {hit.product for hit in before.items[:3]} <= {hit.product for hit in after.items}
    assert {product for hit in after.items for reason in hit.because for product in reason.products} == {"p3"}
    assert world.products(shopper="anna", at=then, exclude_seen=True, k=N).count("p3") == 0
    assert len(world.products(shopper="anna", at=then, exclude_seen=True, k=N)) == N - 1
    now = world.ask(shopper="anna", at=NOW, k=5)
    assert {hit.product for hit in before.items[:3]}.isdisjoint(hit.product for hit in now.items)


def test_an_explanation_takes_the_score_apart(world: World) -> None:
    world.happen("view", "p3")
    world.happen("view", "p7", at=NOW + 1)
    hit = world.ask(shopper="anna", k=1).items[0]
    told = world.recommender.explain(ShopperId("anna"), hit.product)
    assert told.rank == 0
    assert told.withheld is None
    assert told.score == pytest.approx(hit.score, rel=1e-5)
    assert sum(told.parts.values()) == pytest.approx(told.score, rel=1e-5)
    assert told.because[0].reason == hit.because[0]
    for counterfactual in told.because:
        assert counterfactual.score != pytest.approx(told.score, rel=1e-6)
    assert told.because[0].score < told.score


def test_an_explanation_says_why_a_product_is_withheld(world: World) -> None:
    world.happen("view", "p3")
    world.happen("purchase", "p4")
    world.put("p5", "shoe number5", stock=0)
    told = world.recommender.explain(ShopperId("anna"), ProductId("p4"))
    assert (told.rank, told.withheld) == (None, "bought, rejected or in the basket")
    assert world.recommender.explain(ShopperId("anna"), ProductId("p5")).withheld == "sold out"
    world.put("p5", "shoe number5", hidden=True)
    told = world.recommender.explain(ShopperId("anna"), ProductId("p5"))
    assert told.withheld == "hidden or no longer in the shop"
    with pytest.raises(NotFound, match="'nope'"):
        world.recommender.explain(ShopperId("anna"), ProductId("nope"))


@pytest.mark.parametrize(
    ("request_", "where"),
    [
        ({"kind": "magic"}, "kind"),
        ({"k": 0}, "k"),
        ({"k": 1001}, "k"),
        ({"kind": "similar"}, "product"),
        ({"kind": "group"}, "group"),
        ({"kind": "for-you", "group": ("anna",)}, "group"),
        ({"group": ("a",) * 21}, "group"),
        ({"candidates": ("a",) * 1001, "k": 1001}, "candidates"),
        ({"likes": (Like("a", ()),) * 51}, "likes"),
    ],
)
def test_a_request_that_cannot_be_is_refused(world: World, request_: dict[str, object], where: str) -> None:
    with pytest.raises(BadRequest) as caught:
        world.ask(**request_)
    assert caught.value.where == where


def test_a_shelf_in_another_order_is_refused(trained: Release) -> None:
    with pytest.raises(ValueError, match=r"Shelf\(release.items\(\)\)"):
        Recommender(trained, Shelf([ProductId("other")]), filled().events)


def test_an_old_actor_is_read_from_the_log_once_needed(trained: Release) -> None:
    """The history before the release counts, though the log is only read on from the release."""
    world = World(trained)
    assert world.products(shopper="s3", k=1) == ["p8"]
    world.happen("view", "p15", shopper="s3")
    causes = {hit.product: hit.because[0].products for hit in world.ask(shopper="s3", k=5).items}
    assert causes["p8"] == ("p7",)
    assert causes["p16"] == ("p15",)


def test_candidates_are_ranked_and_all_of_them_come_back(world: World) -> None:
    world.happen("view", "p3")
    asked = ("p20", "p15", "p4", "p3", "p12")
    hits = world.ask(shopper="anna", candidates=asked, k=5)
    assert {hit.product for hit in hits.items} == set(asked)
    assert hits.items[0].product == "p4"
    assert hits.items[0].because[0].products == ("p3",)
    assert hits.degraded is None


def test_of_no_candidates_none_are_left(world: World) -> None:
    world.happen("view", "p3")
    for asked in ({}, {"shopper": "anna"}, {"shopper": "anna", "kind": "new"}, {"product": "p3"}):
        hits = world.ask(candidates=(), **asked)
        assert (hits.items, hits.degraded) == ((), None)
    (line,) = histories([{"id": 1, "shopper": "anna", "candidates": []}], world.recommender, 10)
    assert line["items"] == []


def test_candidates_nothing_speaks_for_keep_the_callers_order(world: World) -> None:
    for id in ("n1", "n2", "n3"):
        world.put(id, "zzz", stock=1)
    hits = world.ask(candidates=("n3", "n1", "p1", "n2", "n1"), k=10)
    assert [hit.product for hit in hits.items] == ["p1", "n3", "n1", "n2"]
    assert [hit.because[0].text.en for hit in hits.items[1:]] == ["In the order given"] * 3


def test_a_candidate_far_from_the_top_is_still_ranked_by_its_popularity(tmp_path: Path) -> None:
    world = World(train(filled(), Releases(tmp_path), config=TrainingConfig(popularity=PopularityConfig(pool=2))))
    assert world.products(candidates=("p23", "p12"), k=2) == ["p12", "p23"]
    assert world.ask(candidates=("p23", "p12"), k=2).items[1].because[0].kind == "popular"


def test_candidates_far_from_the_top_of_a_label_are_still_ranked_by_it(tmp_path: Path) -> None:
    config = TrainingConfig(popularity=PopularityConfig(pool=2, segment_pool=1))
    world = World(train(filled(), Releases(tmp_path), config=config))
    hits = world.ask(context={"group": "student"}, candidates=("p2", "p3", "p4"), k=3)
    assert [hit.because[0].kind for hit in hits.items] == ["segment"] * 3


def test_what_was_bought_or_is_in_the_basket_stays_among_candidates(world: World) -> None:
    world.happen("purchase", "p5")
    world.happen("cart", "p6")
    assert set(world.products(shopper="anna", candidates=("p5", "p6", "p7"), k=3)) == {"p5", "p6", "p7"}


def test_candidates_that_may_not_be_shown_are_left_out_and_said(world: World) -> None:
    world.put("p7", "shoe number7", stock=0)
    hits = world.ask(candidates=("p7", "p8", "never heard of"), k=3)
    assert [hit.product for hit in hits.items] == ["p8"]
    assert hits.degraded == "2 of 3 candidates left out: 1 sold out or no longer in the shop, 1 unknown"


TEA = Like("tea", tuple(ProductId(f"p{n}") for n in range(12, 24)))


def test_what_someone_new_says_they_like_comes_first_with_the_reason(world: World) -> None:
    hits = world.ask(likes=(TEA,), k=6)
    assert all(int(hit.product[1:]) >= 12 for hit in hits.items)
    assert hits.items[0].because[0].text == Text(zh="因为您说喜欢「tea」", en="Because you said you like “tea”")
    assert hits.items[0].because[0].kind == "stated"


def test_what_is_done_outweighs_what_was_said(world: World) -> None:
    for n, viewed in enumerate(("p1", "p2", "p3", "p4", "p5", "p6")):
        world.happen("view", viewed, at=NOW + n)
    assert world.products(shopper="anna", likes=(TEA,), k=1) == ["p7"]


def test_a_like_that_stands_for_nothing_changes_nothing_and_is_said(world: World) -> None:
    hits = world.ask(likes=(Like("qwertyuiop", ()),), k=5)
    assert [hit.product for hit in hits.items] == world.products(k=5)
    assert hits.degraded == "nothing in the shop is called 'qwertyuiop'"


def test_a_group_gets_what_suits_each_and_nobodys_history_is_told(world: World) -> None:
    world.happen("view", "p2", shopper="anna")
    world.happen("view", "p14", shopper="bert")
    hits = world.ask(group=("anna", "bert"), k=4)
    assert {"p3", "p15"} <= {hit.product for hit in hits.items}
    assert all(reason.products == () for hit in hits.items for reason in hit.because)
    assert "p2" not in str(hits.items[0].because)
    assert hits.items[0].because[0].kind == "group"
    assert hits.items[0].because[0].share == pytest.approx(1)


def test_what_suits_everyone_goes_before_what_suits_one(world: World) -> None:
    world.happen("view", "p2", shopper="anna")
    world.happen("view", "p4", shopper="bert")
    best = world.ask(group=("anna", "bert"), k=8)
    assert best.items[0].because[0].text == Text(zh="符合全部 2 人的喜好", en="Fits the taste of all 2")
    suited = [hit.because[0].text.en for hit in best.items]
    assert "Fits the taste of 1 of 2" in suited[1:]


def test_what_one_of_a_group_must_not_be_shown_nobody_is(world: World) -> None:
    world.happen("view", "p2", shopper="anna")
    world.happen("purchase", "p3", shopper="bert")
    world.happen("thumb", "p4", shopper="bert", value=-1)
    assert not {"p3", "p4"} & set(world.products(group=("anna", "bert"), k=20))


def test_a_gift_rests_on_the_other_alone(world: World) -> None:
    world.happen("view", "p2", shopper="giver")
    world.happen("view", "p14", shopper="bert")
    hits = world.ask(shopper="giver", group=("bert",), k=1)
    assert hits.items[0].product == "p15"
    assert hits.items[0].because[0].text.en == "Fits the taste of whom it is for"


def test_what_a_gift_is_said_to_be_counts_in_full_however_much_is_known_of_the_other(world: World) -> None:
    for n in range(9):
        world.happen("view", f"p{n}", shopper="bert", at=NOW + n)
    unsaid = world.ask(shopper="giver", group=("bert",), k=4)
    assert all(int(hit.product[1:]) < 12 for hit in unsaid.items)
    said = world.ask(shopper="giver", group=("bert",), likes=(TEA,), k=4)
    assert sum(int(hit.product[1:]) >= 12 for hit in said.items) >= 2
    tea = next(hit for hit in said.items if int(hit.product[1:]) >= 12)
    assert tea.because[0].text == Text(zh="符合您提到的「tea」", en="Fits “tea”, which you named")
    assert sum(reason.share for reason in tea.because) == pytest.approx(1)


def test_a_member_nobody_knows_is_said_and_not_counted(world: World) -> None:
    world.happen("view", "p2", shopper="anna")
    hits = world.ask(group=("anna", "stranger"), k=20)
    assert hits.degraded == "1 of 2 people have no history: for them, what is popular"
    assert all("all 2" not in hit.because[0].text.en for hit in hits.items)


def test_a_basket_is_completed_with_what_goes_with_it_where_few_buy_the_same_again(world: World) -> None:
    for n in range(4):
        world.happen("purchase", "p9", at=NOW - (60 + n) * DAY_MS)
    world.happen("view", "p6", at=NOW - 9)
    world.happen("cart", "p0", at=NOW - 5)
    hits = world.ask(shopper="anna", kind="complete", k=N).items
    assert hits[0].product == "p12"
    assert hits[0].because[0].products == ("p0",)
    assert {id for hit in hits for reason in hit.because for id in reason.products} == {"p0", "p9"}  # p6 is not asked
    assert next(hit for hit in hits if hit.product == "p9").because[0].kind == "repeat"


def test_what_is_like_the_basket_says_less_than_what_follows_it(trained: Release, tmp_path: Path) -> None:
    shutil.copytree(trained.folder, tmp_path / "release")
    shutil.rmtree(tmp_path / "release" / "together" / "beside")  # categories have no say
    learnt = Fusion.load(tmp_path / "release" / "fusion")
    replace(learnt, weights={**learnt.weights, "content": 3.0}).save(tmp_path / "release" / "fusion")
    world = World(Release(tmp_path / "release", trained.manifest))
    assert world.products(kind="because", product="p3", k=1) == ["p15"]  # "number3" too
    assert world.products(kind="complete", product="p3", k=1) == ["p4"]


def test_what_is_popular_has_its_own_say_for_somebody_who_comes_back(trained: Release, tmp_path: Path) -> None:
    """After p3 everybody looks at p4; p0 and p12 are bought."""
    shutil.copytree(trained.folder, tmp_path / "release")
    learnt = Fusion.load(tmp_path / "release" / "fusion")
    replace(learnt, coming_back=1000.0).save(tmp_path / "release" / "fusion")
    world = World(Release(tmp_path / "release", trained.manifest))
    world.happen("view", "p3", shopper="here", at=NOW - 2 * 3_600_000)
    world.happen("view", "p3", shopper="back", at=NOW - 3 * 3_600_000)
    assert world.products(shopper="here", k=1, exclude_seen=True) == ["p4"]
    assert world.products(shopper="back", k=2, exclude_seen=True) == ["p0", "p12"]
    assert world.products(shopper="back", product="p3", kind="because", k=1) == ["p4"]


@pytest.mark.parametrize("kind", ["together", "complete"])
def test_beside_a_product_stands_what_its_category_is_bought_with_and_not_what_is_looked_at_instead(
    world: World, kind: str
) -> None:
    """After p5 everybody looks at p6, another shoe; shoes are bought with p12."""
    world.put("new", category=["Shoes"])
    for id in ("p5", "new"):
        first = world.ask(product=id, kind=kind, k=3).items[0]
        assert (first.product, first.because[0].products) == ("p12", (id,))
        assert first.because[0].text.en == "Often bought with “Shoes”"
    assert world.ask(product="p5", kind="because", k=1).items[0].product == "p6"


def test_the_basket_that_is_sent_goes_before_the_shoppers_own(world: World) -> None:
    world.happen("cart", "p0", at=NOW - 5)
    assert world.ask(shopper="anna", kind="complete", k=1).items[0].because[0].products == ("p0",)
    assert world.ask(shopper="anna", basket=("p12",), kind="complete", k=1).items[0].because[0].products == ("p12",)
    assert world.ask(product="p12", kind="complete", k=1).items[0].because[0].products == ("p12",)


def test_a_basket_left_long_ago_is_neither_completed_nor_kept_from_the_lists(world: World) -> None:
    world.happen("cart", "p0", at=NOW - 15 * DAY_MS)
    world.happen("view", "p12", at=NOW - 9)
    for kind in ("for-you", "complete"):
        assert "p0" in world.products(shopper="anna", kind=kind, k=N)
    world.happen("cart", "p0", at=NOW - 5)
    for kind in ("for-you", "complete"):
        assert "p0" not in world.products(shopper="anna", kind=kind, k=N)


@pytest.mark.parametrize("by", ["trained", "corrected"])
@given(history=st.lists(st.integers(0, N - 1).map("p{}".format), min_size=1, max_size=6), data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_without_what_a_reason_names_the_score_is_another(
    by: str, request: pytest.FixtureRequest, history: list[str], data: st.DataObject
) -> None:
    """Faithfulness by removal: what is said to have caused a product did, with a ranker and without.

    Six steps speak of the words of products: of more, one that is as like the product could come up in the place.
    """
    world = World(request.getfixturevalue(by))
    scores, because = _scored(world, history)
    product = data.draw(st.sampled_from(sorted(because)))
    for reason in because[product]:
        assert set(reason.products) <= set(history)
        if reason.products:
            left = [step for step in history if step not in reason.products]
            assert _scored(world, left)[0].get(product, 0.0) != pytest.approx(scores[product], rel=1e-6)
    assert sum(reason.share for reason in because[product]) <= 1 + 1e-6


def test_what_the_ranker_adds_or_takes_is_said_and_is_a_part_of_the_score(corrected: Release) -> None:
    world, plain = World(corrected), World(corrected)
    plain.recommender._reorderings = {}
    for each in (world, plain):
        each.happen("view", "p3", at=NOW - 2 * DAY_MS)
        each.happen("cart", "p5", at=NOW - DAY_MS)
        each.happen("purchase", "p14", at=NOW - 40 * DAY_MS)
    hits, fused = ({hit.product: hit for hit in each.ask(shopper="anna", k=N).items} for each in (world, plain))
    assert list(hits) != list(fused)
    assert [hit.score for hit in hits.values()] == sorted((hit.score for hit in hits.values()), reverse=True)
    said = set()
    for id, hit in hits.items():
        explained = world.recommender.explain(ShopperId("anna"), ProductId(id))
        assert explained.score == pytest.approx(hit.score, rel=1e-5)
        assert explained.rank == list(hits).index(id)
        assert sum(explained.parts.values()) == pytest.approx(hit.score, rel=1e-5)
        change = hit.score - fused[id].score
        assert explained.parts.get("ranking", 0.0) == pytest.approx(change, rel=1e-3, abs=1e-5)
        for why in (why for why in explained.because if why.reason.source == "ranking"):
            said.add(why.reason.text.en)
            assert why.score == pytest.approx(fused[id].score, rel=1e-5)
            assert (why.reason.share > 0) == (change > 0)
            positive = sum(part for part in explained.parts.values() if part > 0)
            assert why.reason.share == pytest.approx(max(0.0, change) / positive, rel=1e-3)
    assert said == {wording.SUITED.en, wording.LESS_SUITED.en}


def test_a_step_taken_away_leaves_the_trail_that_would_have_been_without_it(trained: Release) -> None:
    """What stood on both sides of it on one product is one step then, as the log would have it."""
    one, other = World(trained), World(trained)
    for world, products in ((one, ("p3", "p5", "p3", "p4")), (other, ("p3", "p3", "p4"))):
        for place, id in enumerate(products):
            world.happen("cart" if (place, id) != (0, "p3") else "view", id, at=NOW - (9 - place) * DAY_MS)
    asked = RecommendRequest(shopper=ShopperId("anna"))
    taken = one.recommender._look(asked).without(frozenset({one.shelf.row[ProductId("p5")]}))
    never = other.recommender._look(asked)
    assert taken.trail.rows.tolist() == never.trail.rows.tolist()
    assert taken.trail.weights.tolist() == never.trail.weights.tolist()
    assert taken.types.tolist() == never.types.tolist()
    assert len(taken.times) == 2
    assert taken.times[1] == never.times[1]  # the first event of what is one step


def test_habits_put_what_was_bought_in_another_order_and_say_so(corrected: Release) -> None:
    world, plain = World(corrected), World(corrected)
    plain.recommender._reorderings = {}
    for each in (world, plain):
        for id, days in (("p3", 60), ("p3", 30), ("p5", 20), ("p14", 40), ("p14", 10), ("p20", 3)):
            each.happen("purchase", id, at=NOW - days * DAY_MS)
    hits, fused = (
        {hit.product: hit for hit in each.ask(shopper="anna", kind="next-basket", k=N).items} for each in (world, plain)
    )
    assert list(hits) != list(fused)
    said = set()
    for id, hit in hits.items():
        why = [reason for reason in hit.because if reason.source == "habits"]
        change = hit.score - fused[id].score
        assert bool(why) == (id in {"p3", "p5", "p14", "p20"}), "only what was bought is put in another order"
        for reason in why:
            said.add(reason.text.en)
            assert reason.share == pytest.approx(max(0.0, change) / hit.score, rel=1e-3)
        assert sum(reason.share for reason in hit.because) <= 1 + 1e-6
    assert said == {wording.LIKELY.en, wording.UNLIKELY.en}


def test_only_lists_for_a_shopper_are_ranked_anew(corrected: Release) -> None:
    world = World(corrected)
    world.happen("view", "p3")
    asked = {
        "similar": {"product": "p0"}, "together": {"product": "p0"}, "group": {"group": ("anna",)}, "next-basket": {},
        "for-you": {"candidates": ("p4", "p5")},
    }  # fmt: skip
    for kind, about in asked.items():
        items = world.ask(shopper="anna", kind=kind, **about).items
        assert not any(reason.source == "ranking" for hit in items for reason in hit.because)
    assert any(reason.source == "ranking" for hit in world.ask(shopper="anna").items for reason in hit.because)


def _scored(world: World, history: list[str]) -> tuple[dict[str, float], dict[str, tuple[Reason, ...]]]:
    items = world.ask(history=tuple(history), k=N).items
    return {hit.product: hit.score for hit in items}, {hit.product: hit.because for hit in items}


def test_a_list_that_explores_says_which_places_and_with_what_chance(trained: Release) -> None:
    world = World(trained, config=RecommendConfig(explore={"new": 0.5}))
    hits = [hit for session in "abcdefgh" for hit in world.ask(session=session, kind="new", k=4).items]
    drawn = [hit for hit in hits if hit.because[-1].kind == "exploration"]
    assert 0 < len(drawn) < len(hits)
    assert all(hit.propensity < 0.5 for hit in drawn if hit.propensity is not None)
    assert all(hit.propensity is not None and 0 < hit.propensity <= 1 for hit in hits)
    assert {hit.propensity for hit in world.ask(shopper="anna", k=4).items} == {None}


def test_requests_of_nobody_in_particular_each_draw_anew(trained: Release) -> None:
    world = World(trained, config=RecommendConfig(explore={"new": 0.9}))
    lists = [tuple(world.products(kind="new", k=4)) for _ in range(20)]
    assert len(set(lists)) > 1  # of 20 lists the chance to be all alike is less than 1e-20


def test_a_pinned_place_is_not_drawn_and_has_no_propensity(trained: Release) -> None:
    world = World(trained, config=RecommendConfig(explore={"new": 1.0}))
    pin = Rule("first", "pin", products=(ProductId("p5"),), because=Text(zh="首推", en="First"))
    world.recommender.rules = Rulebook([pin], world.shelf)
    first = world.ask(kind="new", k=3).items[0]
    assert (first.product, first.propensity, len(first.because)) == ("p5", None, 1)


@pytest.mark.parametrize("asked", [{"kind": kind} for kind in KINDS if kind != "group"] + [{"group": ("s1", "b2")}])
@pytest.mark.parametrize("epsilon", [0.0, 0.5])
def test_a_list_without_reasons_is_the_same_list(trained: Release, asked: dict[str, object], epsilon: float) -> None:
    config = RecommendConfig(explore=dict.fromkeys(KINDS, epsilon), variety=Variety(dial=0.5))
    world = World(trained, config=config)
    pin = Rule("second", "pin", products=(ProductId("p5"),), place=2, because=Text(zh="首推", en="First"))
    world.recommender.rules = Rulebook([pin], world.shelf)
    request = RecommendRequest(shopper=ShopperId("s3"), product=ProductId("p7"), k=6, **asked)  # type: ignore[arg-type]
    hits, ranked = world.recommender.recommend(request), world.recommender.ranked(request)
    assert [world.shelf.ids[row] for row in ranked.rows.tolist()] == [hit.product for hit in hits.items]
    assert ranked.scores.tolist() == [np.float32(hit.score) for hit in hits.items]
    assert "p5" in [hit.product for hit in hits.items]


def _articles() -> list[Article]:
    return [
        Article(ArticleId("old"), Text(en="Old story"), Text(en="…"), kind="story", at=Instant(1)),
        Article(ArticleId("fresh"), Text(en="New story"), Text(en="…"), kind="story", at=Instant(9)),
        Article(ArticleId("teas"), Text(en="On tea"), Text(en="…"), categories=("tea",)),
        Article(ArticleId("p3"), Text(en="On one shoe"), Text(en="…"), products=(ProductId("p3"),)),
        Article(ArticleId("returns"), Text(en="Returns"), Text(en="…"), kind="policy", categories=("Shoes", "Tea")),
        Article(ArticleId("ask"), Text(en="What does it cost?"), Text(en="…"), kind="faq", at=Instant(10)),
    ]


def test_articles_about_what_was_looked_at_come_first_then_the_newest(world: World) -> None:
    world.happen("view", "p15", shopper="anna")
    world.happen("view", "p3", shopper="anna", at=NOW + 1)
    world.happen("cart", "p3", shopper="anna", at=NOW + 2)
    read = world.recommender.read(RecommendRequest(shopper=ShopperId("anna")), _articles())
    assert [found.article for found in read] == ["p3", "teas", "fresh", "old"]
    assert [reason.products for reason in read[0].because] == [("p3",)]
    assert read[1].because[0].text.en == "About “tea number3” and its kind"
    assert [found.score > 0 for found in read] == [True, True, False, False]
    for found in read:
        assert sum(reason.share for reason in found.because) == pytest.approx(1)


def test_articles_beside_a_product_are_about_it_whoever_asks(world: World) -> None:
    world.happen("view", "p3", shopper="anna")
    request = RecommendRequest(shopper=ShopperId("anna"), product=ProductId("p14"), k=1)
    assert [found.article for found in world.recommender.read(request, _articles())] == ["teas"]
