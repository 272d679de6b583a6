from daogou.domain.ids import ProductId
from daogou.ports.stores import Clicked
from daogou.search.proposals import Proposal, propose


def _clicks(query: str, **products: int) -> list[Clicked]:
    return [Clicked(query, ProductId(product), n) for product, n in products.items()]


def test_queries_whose_clicks_go_to_the_same_products_are_offered() -> None:
    clicked = [*_clicks("Sneakers", a=6, b=3), *_clicks("运动鞋", a=4, b=4), *_clicks("mug", c=9), *_clicks("cup", c=2)]
    assert propose(clicked, [], least=7) == [Proposal(("sneakers", "运动鞋"), "clicks", 7)]
    assert propose(clicked, [], least=8) == []


def test_a_query_that_says_the_other_and_more_is_no_synonym() -> None:
    clicked = [*_clicks("shoes", a=9), *_clicks("red shoes", a=9), *_clicks("鞋", b=9), *_clicks("跑步鞋", b=9)]
    assert propose(clicked, [("red shoes", "shoes", 50)]) == []


def test_what_is_clicked_after_every_query_makes_none_alike() -> None:
    clicked = [
        *_clicks("lamp", offer=5, a=5),
        *_clicks("desk", offer=5, b=5),
        *_clicks("vase", offer=5, c=5),
        *_clicks("rug", offer=5, d=5),
    ]
    assert propose(clicked, []) == []


def test_what_people_typed_next_is_offered_where_most_typed_the_same() -> None:
    reworded = [("trainers", "sneakers", 12), ("sofa", "sneakers", 10), ("sofa", "couch", 30), ("sofa", "lamp", 60)]
    assert propose([], reworded) == [
        Proposal(("sofa", "lamp"), "reworded", 60),
        Proposal(("sofa", "couch"), "reworded", 30),
        Proposal(("trainers", "sneakers"), "reworded", 12),
    ]


def test_what_the_shop_knows_is_not_offered_again() -> None:
    clicked = [*_clicks("sneakers", a=9), *_clicks("trainers", a=9)]
    assert propose(clicked, [("trainers", "sneakers", 12)], known=[("Trainers", "Sneakers", "gym shoes")]) == []
