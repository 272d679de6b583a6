from daogou.domain.text import Text
from daogou.language.vocabulary import Vocabulary
from daogou.retrieval.shelf import Shelf
from daogou.search.exact import ExactNames
from daogou.search.suggest import Suggester, phrases_of
from daogou.testing.builders import product


def _suggester(**queries: int) -> Suggester:
    shelf = Shelf()
    shelf.put(
        [
            product(
                "1", Text("透气跑步鞋", "Light trainers"), category=[Text("跑步鞋", "Running shoes")], brand="Nike"
            ),
            product("2", "Hat", category=[Text("帽子", "Hats")], stock=0),
        ]
    )
    asked = {query.replace("_", " "): n for query, n in queries.items()}
    return Suggester(shelf, Vocabulary.from_shelf(shelf), queries=asked, exact=ExactNames(shelf.products))


def _texts(suggester: Suggester, prefix: str) -> list[str]:
    return [found.text for found in suggester.suggest(prefix)]


def test_completes_in_both_languages_from_any_word() -> None:
    suggester = _suggester()
    assert _texts(suggester, "run") == ["Running shoes"]
    assert _texts(suggester, "SHO") == ["Running shoes"]
    assert _texts(suggester, "跑") == ["跑步鞋", "透气跑步鞋"]


def test_offers_what_shoppers_typed() -> None:
    (found,) = _suggester(nice_gift=4).suggest("nice g")
    assert (found.text, found.kind, found.n) == ("nice gift", "query", 4)


def test_forgives_a_typing_error() -> None:
    assert _texts(_suggester(), "runing") == ["Running shoes"]


def test_offers_neither_a_product_that_is_sold_out_nor_its_category() -> None:
    assert _suggester().suggest("hat") == []


def test_nothing_typed_offers_nothing() -> None:
    assert _texts(_suggester(), "  ") == []


def test_learns_new_products() -> None:
    shelf = Shelf()
    exact = ExactNames()
    suggester = Suggester(shelf, Vocabulary(), queries={}, exact=exact)
    shelf.put([product("3", "Umbrella")])
    exact.put([product("3", "Umbrella")], [0])
    suggester.put([product("3", "Umbrella")])
    assert _texts(suggester, "umb") == ["Umbrella"]


def test_what_was_learnt_before_completes_as_what_is_read_now() -> None:
    products = [
        product("1", Text("透气跑步鞋", "Light trainers"), category=[Text("跑步鞋", "Running shoes")], brand="Nike"),
        product("2", "light  TRAINERS", brand="nike"),
    ]
    shelf = Shelf()
    shelf.put(products)
    vocabulary, queries, exact = Vocabulary.from_shelf(shelf), {"light tent": 3}, ExactNames(products)
    now = Suggester(shelf, vocabulary, queries=queries, exact=exact)
    before = Suggester(shelf, vocabulary, queries=queries, exact=exact, phrases=phrases_of(products))
    for suggester in (now, before):
        suggester.put([product("3", "Light trainers", brand="Nike")])
    for typed in ("li", "run", "nike", "鞋", "tr", "lihgt"):
        assert before.suggest(typed) == now.suggest(typed)
    assert [(found.text, found.n) for found in now.suggest("nike")] == [("Nike", 3)]


def test_letters_complete_to_what_sounds_so() -> None:
    shelf = Shelf()
    shelf.put([
        product("1", Text("透气跑步鞋", "Light trainers"), category=[Text("跑步鞋", "Running shoes")], brand="耐克"),
        product("2", Text("保温杯", "Flask"), category=[Text("杯子", "Cups")], brand="Paobu"),
        product("3", "Old hat", category=[Text("帽子", "Hats")], stock=0),
    ])  # fmt: skip
    asked = {"跑步袜": 7, "夏天跑步": 2}
    suggester = Suggester(shelf, Vocabulary.from_shelf(shelf), queries=asked, exact=ExactNames(shelf.products))
    assert _texts(suggester, "paobuxie") == _texts(suggester, "pao bu xie") == ["跑步鞋"]
    assert _texts(suggester, "nai ke") == _texts(suggester, "naik") == ["耐克"]
    assert _texts(suggester, "paobu") == ["Paobu", "跑步鞋", "跑步袜"]
    assert _texts(suggester, "buxie") == ["跑步鞋"]
    assert _texts(suggester, "mao") == []
    assert [found.text for found in suggester.suggest("paobu", 2)] == ["Paobu", "跑步鞋"]
    suggester.put([product("4", "x", category=[Text("跑步机", "Treadmills")])])
    shelf.put([product("4", "x", category=[Text("跑步机", "Treadmills")])])
    assert _texts(suggester, "runing") == ["Running shoes"]


def test_forgives_an_error_in_a_word_that_is_not_finished_and_in_words_before_it() -> None:
    shelf = Shelf()
    shelf.put([product("1", "Aria", category=["Wireless headphones"]), product("2", "Old", category=["Jeans"])])
    suggester = Suggester(shelf, Vocabulary.from_shelf(shelf), queries={}, exact=ExactNames(shelf.products))
    for typed in ("wirless he", "hedph", "haedp", "heaadph", "hradph", "eadpho"):
        assert _texts(suggester, typed) == ["Wireless headphones"]
    assert _texts(suggester, "jaen") == ["Jeans"]
    assert _texts(suggester, "bean") == []  # the first letter of a short beginning is not doubted


def test_forgives_chinese_characters_that_sound_right() -> None:
    assert _texts(_suggester(), "泡步鞋") == ["跑步鞋", "透气跑步鞋"]


def test_offers_what_a_brand_is_called_in_chinese_titles() -> None:
    shelf = Shelf()
    shelf.put([product(f"{n}", Text(f"疾羽 跑鞋{n}号", f"Swift shoe {n}"), brand="Swift") for n in range(4)])
    suggester = Suggester(shelf, Vocabulary.from_shelf(shelf), queries={}, exact=ExactNames(shelf.products))
    assert [(found.text, found.n) for found in suggester.suggest("疾") if found.kind == "brand"] == [("疾羽", 4)]


def test_forgives_errors_in_words_of_products_that_were_put_later() -> None:
    shelf = Shelf()
    exact, vocabulary = ExactNames(), Vocabulary()
    suggester = Suggester(shelf, vocabulary, queries={}, exact=exact)
    assert _texts(suggester, "umbrle") == []
    late = [product("3", "Umbrella")]
    shelf.put(late)
    vocabulary.learn(late)
    exact.put(late, [0])
    suggester.put(late)
    assert _texts(suggester, "umbrle") == ["Umbrella"]
