"""What the record says on a topic, and that nothing else is said."""

from __future__ import annotations

from collections.abc import Sequence

from daogou.domain.article import Article
from daogou.domain.ids import ProductId, VariantId
from daogou.domain.product import Product, Variant
from daogou.domain.review import Review
from daogou.domain.text import Text
from daogou.opinions.aspects import lexicon
from daogou.opinions.replies import Reply, replies
from daogou.opinions.summary import summarise
from daogou.opinions.topics import topics_of
from daogou.testing.builders import article, product, review

TOPICS = topics_of(lexicon())
BARE = product("p1", Text("背包", "Day pack"))


def said(
    topic: str, of: Product = BARE, *, pages: Sequence[Article] = (), reviews: Sequence[Review] = ()
) -> list[Reply]:
    summary = summarise(ProductId("p1"), reviews)
    return replies(TOPICS.topic(topic), TOPICS, product=of, pages=pages, summary=summary, reviews=reviews)


def test_a_record_without_a_word_on_it_says_nothing() -> None:
    full = product("p1", "Pack", description="Light and quiet. Is it waterproof? Ask us.", attributes={"color": "red"})
    assert (
        said("waterproof", full, pages=[article("returns", topic="returns")], reviews=[review("p1", 5, "很好")]) == []
    )


def test_an_attribute_answers_by_its_name_also_where_only_variants_have_it() -> None:
    (reply,) = said("material", product("p1", attributes={"material": Text("皮革", "Leather")}))
    assert (reply.kind, reply.text, reply.source) == (
        "attribute",
        Text("皮革", "Leather"),
        "product:p1#attribute:material",
    )
    sizes = tuple(Variant(VariantId(n), attributes={"size": (Text.of(n),)}) for n in ("41", "42"))
    (reply,) = said("size", product("p1", variants=sizes))
    assert (reply.name, reply.text.en) == ("size", "41, 42")


def test_a_value_that_speaks_of_it_answers_whatever_its_attribute_is_called() -> None:
    (reply,) = said(
        "waterproof", product("p1", attributes={"feature": [Text("轻便", "Light"), Text("防水", "Waterproof")]})
    )
    assert (reply.name, reply.text) == ("feature", Text("防水", "Waterproof"))


def test_a_sentence_of_the_description_answers_word_for_word() -> None:
    pack = product("p1", description=Text("轻便好背。面料可机洗，请勿漂白。", "Light. Machine washable at 30°. Quiet."))
    (reply,) = said("washing", pack)
    assert (reply.kind, reply.text.en, reply.text.zh) == (
        "description",
        "Machine washable at 30°.",
        "面料可机洗，请勿漂白。",
    )


def test_a_page_of_the_shop_answers_with_the_sentence_on_it() -> None:
    body = Text("满 88 元包邮。一般三天送达。", "We are a small shop. We ship within two days.")
    (reply,) = said("delivery", pages=[article("how", Text("送货", "Delivery"), body, kind="policy", topic="delivery")])
    assert (reply.kind, reply.source, reply.title.en) == ("page", "article:how", "Delivery")
    assert reply.text == Text("满 88 元包邮。", "We ship within two days.")


def test_reviewers_answer_with_counts_and_their_own_words() -> None:
    written = [review("p1", 5, "电池很耐用", at=n, shopper=f"s{n}") for n in range(3)]
    (reply,) = said("battery", reviews=written)
    assert (reply.kind, reply.text.zh) == ("reviews", "3 条评价提到电池，都满意")
    assert {quote.text for quote in reply.quotes} == {"电池很耐用"}
    washed = [review("p1", 5, "机洗过两次，没有变形", at=1), review("p1", 5, "可以机洗吗？", at=2)]
    (reply,) = said("washing", reviews=washed)
    assert (reply.text, [quote.text for quote in reply.quotes]) == (Text(), ["机洗过两次"])
