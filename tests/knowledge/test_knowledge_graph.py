"""The knowledge graph: what is in it, how it is walked, asked and published."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from daogou.domain.errors import BadRequest
from daogou.domain.ids import Instant, OrderId, ProductId, ShopperId, VariantId
from daogou.domain.money import Money
from daogou.domain.order import Order, OrderLine
from daogou.domain.product import Product, Variant
from daogou.domain.review import RatingSummary
from daogou.domain.text import Text
from daogou.knowledge import build, graph
from daogou.knowledge.graph import Graph
from daogou.knowledge.jsonld import product_jsonld, script_json
from daogou.knowledge.links import Links
from daogou.knowledge.reasons import named
from daogou.knowledge.together import BoughtWithConfig, purchases

SHOES, RUNNING = Text("鞋靴", "Footwear"), Text("跑鞋", "Running shoes")
MESH, RED = Text("网布", "Mesh"), Text("红色", "Red")


def shoe(id: str, brand: str, **attributes: Text) -> Product:
    values = {name: (value,) for name, value in attributes.items()}
    return Product(
        ProductId(id), Text(f"鞋{id}", f"Shoe {id}"), brand=brand, category=(SHOES, RUNNING), attributes=values
    )


def order(id: str, shopper: str, *products: str) -> Order:
    lines = tuple(OrderLine(ProductId(product), 1, Money(100, "USD")) for product in products)
    return Order(OrderId(id), ShopperId(shopper), Instant(0), lines)


PRODUCTS = [
    shoe("a", "Nike", color=RED, material=MESH),
    shoe("b", "Nike", material=MESH),
    shoe("c", "Puma", color=RED),
    Product(ProductId("sock"), Text("袜子", "Sock")),
    Product(ProductId("hidden"), Text("样品", "Sample"), brand="Nike", hidden=True),
]
ORDERS = [order(str(n), f"s{n}", "a", "sock") for n in range(3)] + [order("9", "s9", "a", "c")]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    folder = tmp_path_factory.mktemp("graph")
    bought = purchases(None, ORDERS)
    graph.write(folder, Links.of(build.edges(PRODUCTS, bought=bought), build.labels(PRODUCTS)))
    return Graph.open(folder, most_rows=100)


def test_catalogue_facts_become_edges() -> None:
    found = {(edge.head, edge.relation, edge.tail) for edge in build.edges(PRODUCTS[:1])}
    assert found == {
        ("product:a", "brand", "brand:nike"),
        ("product:a", "category", "category:running shoes"),
        ("category:running shoes", "broader", "category:footwear"),
        ("product:a", "color", "value:color/red"),
        ("product:a", "material", "value:material/mesh"),
    }


def test_pairs_need_distinct_buyers() -> None:
    often = [order(str(n), "the same", "a", "c") for n in range(50)]
    edges = build.edges(PRODUCTS, bought=purchases(None, ORDERS + often), config=BoughtWithConfig(min_buyers=3))
    together = [(edge.head, edge.tail, edge.source) for edge in edges if edge.relation == "boughtWith"]
    assert together == [("product:a", "product:sock", "purchases")]


def test_cancelled_orders_bought_nothing() -> None:
    cancelled = [replace(each, status="cancelled") for each in ORDERS]
    assert not len(purchases(None, cancelled).product)
    assert len(purchases(None, ORDERS + cancelled).product) == len(purchases(None, ORDERS).product)


def test_a_pair_weighs_its_buyers_against_those_of_each() -> None:
    bought = purchases(None, [*ORDERS, order("10", "s10", "sock")])
    (edge,) = (e for e in build.edges(PRODUCTS, bought=bought) if e.relation == "boughtWith")
    assert edge.weight == pytest.approx(3 / (4 * 4) ** 0.5)


def test_only_the_strongest_pairs_of_a_product_are_kept() -> None:
    names = ["a", "b", "c", "sock"]
    orders = [order(f"{n}-{pair}", f"s{n}{pair}", *pair) for pair in permutations(names, 2) for n in range(3)]
    orders += [order(f"x{n}", f"x{n}", "a", "b") for n in range(5)]
    edges = build.edges(PRODUCTS, bought=purchases(None, orders), config=BoughtWithConfig(per_product=1))
    kept = {(e.head, e.tail) for e in edges if e.relation == "boughtWith"}
    assert ("product:a", "product:b") in kept
    assert len(kept) < 6


def test_large_baskets_say_nothing() -> None:
    bought = purchases(None, ORDERS)
    edges = build.edges(PRODUCTS, bought=bought, config=BoughtWithConfig(largest_basket=1))
    assert not [edge for edge in edges if edge.relation == "boughtWith"]


def test_the_same_facts_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        found = build.edges(PRODUCTS, bought=purchases(None, ORDERS))
        graph.write(tmp_path / name, Links.of(found, build.labels(PRODUCTS)))
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert "graph.nq" in files
    assert all((tmp_path / "one" / f).read_bytes() == (tmp_path / "two" / f).read_bytes() for f in files)


def test_neighbours_stand_heaviest_first_in_both_directions(opened: Graph) -> None:
    assert {edge.head for edge in opened.neighbours("brand:nike")} == {"product:a", "product:b"}
    assert opened.neighbours("brand:unheard of") == []


def test_hidden_products_are_not_in_the_graph(opened: Graph) -> None:
    assert opened.label("product:hidden") is None


def test_a_reason_names_what_is_shared(opened: Graph) -> None:
    found = named(opened, ProductId("a"), ProductId("b"), share=0.25)
    assert found is not None
    assert found.text == Text("与「鞋a」同品牌、同材质、同品类", "Same brand, material and category as “Shoe a”")
    assert (found.kind, found.share, found.products) == ("graph", 0.25, ("a",))


@pytest.mark.parametrize(
    ("shared", "zh", "en"),
    [
        ({"pages": "200", "power": "20 W", "author": "He"}, "同作者", "Same author"),
        ({"pages": "200", "power": "20 W"}, "同页数、同功率", "Same number of pages and power"),
        ({"kerning": "tight"}, "同kerning", "Same kerning"),
        ({"size": "M", "spec": "30ml", "tags": "aw26"}, "同规格", "Same specification"),
    ],
)
def test_a_measure_is_named_only_where_nothing_telling_is_shared(
    tmp_path: Path, shared: dict[str, str], zh: str, en: str
) -> None:
    said = {name: (Text.of(value),) for name, value in shared.items()}
    goods = [Product(ProductId(id), Text(f"书{id}", f"Book {id}"), attributes=said) for id in ("a", "b")]
    graph.write(tmp_path, Links.of(build.edges(goods), build.labels(goods)))
    found = named(Graph.open(tmp_path, most_rows=100), ProductId("a"), ProductId("b"), share=0.5)
    assert found is not None
    assert found.text == Text(f"与「书a」{zh}", f"{en} as “Book a”")


def test_sizes_and_tags_that_two_products_share_are_no_reason(tmp_path: Path) -> None:
    said = {"size": (Text.of("M"), Text.of("L")), "tags": (Text.of("sale"),)}
    goods = [Product(ProductId(id), Text.of(id), attributes=said) for id in ("a", "b")]
    graph.write(tmp_path, Links.of(build.edges(goods), build.labels(goods)))
    assert named(Graph.open(tmp_path, most_rows=100), ProductId("a"), ProductId("b"), share=0.5) is None


def test_a_reason_is_only_given_where_the_graph_has_one(opened: Graph) -> None:
    together = named(opened, ProductId("a"), ProductId("sock"), share=0.0)
    assert together is not None
    assert together.text.en == "Often bought together with “Shoe a”"
    assert named(opened, ProductId("b"), ProductId("sock"), share=0.0) is None
    assert named(opened, ProductId("a"), ProductId("unknown"), share=0.0) is None


def test_walks_are_shortest_and_at_most_three_steps(opened: Graph) -> None:
    assert opened.path(ProductId("a"), ProductId("a")) is None
    direct = opened.path(ProductId("a"), ProductId("sock"))
    assert direct is not None
    assert len(direct.edges) == 1
    three = opened.path(ProductId("b"), ProductId("sock"))
    assert three is not None
    assert len(three.edges) == 3
    assert opened.path(ProductId("b"), ProductId("sock"), hops=2) is None


def test_sparql_knows_the_prefixes_and_all_sources(opened: Graph) -> None:
    rows = opened.query(
        "SELECT ?p { ?p schema:brand brand:nike ; schema:category category:running%20shoes } ORDER BY ?p"
    )
    assert rows == [{"p": "urn:daogou:product:a"}, {"p": "urn:daogou:product:b"}]
    assert opened.query("SELECT ?name { product:a schema:name ?name FILTER(LANG(?name) = 'zh') }") == [{"name": "鞋a"}]
    assert opened.query("ASK { product:a dg:boughtWith product:sock }") == [{"ask": "true"}]
    (source,) = opened.query("SELECT ?g { GRAPH ?g { product:a dg:boughtWith ?q } }")
    assert source == {"g": "urn:daogou:source:purchases"}


def test_sparql_walks_the_category_hierarchy(opened: Graph) -> None:
    rows = opened.query("SELECT (COUNT(?p) AS ?n) { ?p schema:category/skos:broader* category:footwear }")
    assert rows == [{"n": "3"}]


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <urn:x> <urn:y> <urn:z> }",
        "DELETE WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { BIND('#' AS ?x) SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o",
        "x" * 30_000,
    ],
)
def test_only_local_queries_are_answered(opened: Graph, text: str) -> None:
    with pytest.raises(BadRequest):
        opened.query(text)


def test_names_that_look_like_keywords_are_allowed(opened: Graph) -> None:
    assert opened.query('SELECT ?service { ?service schema:name "SERVICE <x>" } # SERVICE') == []


def test_too_many_rows_are_refused_not_cut(opened: Graph) -> None:
    with pytest.raises(BadRequest, match="LIMIT"):
        opened.query("SELECT * { ?a ?b ?c . ?d ?e ?f }")
    assert len(opened.query("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 100")) == 100


def test_a_query_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    graph.write(tmp_path, Links.of(build.edges(PRODUCTS), build.labels(PRODUCTS)))
    hasty = Graph.open(tmp_path, timeout_s=0.05)
    star = " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(4))
    with pytest.raises(BadRequest, match="longer"):
        hasty.query(f"SELECT (COUNT(*) AS ?n) {{ {star} }}")


def test_the_whole_graph_as_json_ld(opened: Graph, tmp_path: Path) -> None:
    n = opened.write_jsonld(tmp_path / "graph.jsonld")
    nodes = json.loads((tmp_path / "graph.jsonld").read_text("utf-8"))["@graph"]
    assert n == len(nodes) == len(opened)
    a = next(node for node in nodes if node["@id"] == "urn:daogou:product:a")
    assert a["@type"] == "https://schema.org/Product"
    assert a["https://schema.org/brand"] == [{"@id": "urn:daogou:brand:nike"}]


def test_a_product_page_carries_its_offer_and_rating() -> None:
    product = Product(
        ProductId("p"), Text(en="</script>"), brand="Nike", price=Money(12345, "USD"), stock=0,
        attributes={"color": (RED,)},
    )  # fmt: skip
    data = product_jsonld(product, language="en", rating=RatingSummary(2, 4.5, (0, 0, 0, 1, 1)))
    assert data["offers"] == [
        {
            "@type": "Offer",
            "price": "123.45",
            "priceCurrency": "USD",
            "availability": "https://schema.org/OutOfStock",
        }
    ]
    assert data["aggregateRating"]["ratingValue"] == 4.5
    assert data["color"] == "Red"
    assert "</script>" not in script_json(data)
    assert "offers" not in product_jsonld(Product(ProductId("q"), Text(en="Q")), language="en")


def test_variants_at_several_prices_are_one_offer_from_the_lowest_to_the_highest() -> None:
    sizes = [Variant(VariantId("s"), price=Money(1990, "USD")), Variant(VariantId("l"), price=Money(2490, "USD"))]
    shirt = Product(ProductId("p"), Text(en="Shirt"), price=Money(1990, "USD"), variants=tuple(sizes))
    offers = product_jsonld(shirt, language="en")["offers"]
    assert (offers["@type"], offers["lowPrice"], offers["highPrice"]) == ("AggregateOffer", "19.90", "24.90")
    assert [offer["price"] for offer in offers["offers"]] == ["19.90", "24.90"]
    assert offers["offerCount"] == 2
    assert offers["priceCurrency"] == "USD"
    same = replace(shirt, variants=(sizes[0], replace(sizes[1], price=None)))
    assert [offer["price"] for offer in product_jsonld(same, language="en")["offers"]] == ["19.90", "19.90"]
