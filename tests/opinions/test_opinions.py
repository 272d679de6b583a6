from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.domain.ids import Instant, ProductId, ReviewId
from daogou.domain.review import Review
from daogou.opinions.aspects import lexicon
from daogou.opinions.clauses import clauses
from daogou.opinions.context import Target
from daogou.opinions.judges import Judges
from daogou.opinions.mining import opinions
from daogou.opinions.summary import summarise
from daogou.opinions.targets import TargetConfig, TargetModel

P = ProductId("p")


def review(text: str, *, id: str = "r", helpful: int = 0, at: int = 0) -> Review:
    return Review(P, None, Instant(at), id=ReviewId(id), text=text, helpful=helpful)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("物流很快，第二天就到了。", {("delivery", "good")}),
        ("质量不好", {("quality", "bad")}),
        ("做工不错", {("quality", "good")}),
        ("穿着特别舒服", {("comfort", "good")}),
        ("不但外观漂亮，而且客服态度很好", {("look", "good"), ("service", "good")}),
        ("没有异味", {("smell", "good")}),
        ("没想到质量这么好", {("quality", "good")}),
        ("尺码偏小，但是面料很好", {("fit", "bad"), ("material", "good")}),
        ("续航不行", {("battery", "bad")}),
        ("真好吃", {("taste", "good")}),
        ("The battery life is great but the screen is blurry", {("battery", "good"), ("screen", "bad")}),
        ("Not comfortable at all.", {("comfort", "bad")}),
        ("Delivery wasn't late", {("delivery", "good")}),
        ("The price isn’t bad", {("price", "good")}),
        ("Runs small, otherwise the color is lovely and nice", {("fit", "bad"), ("look", "good")}),
        ("性价比很高，充电也快", {("price", "good")}),
        ("客服爱答不理", {("service", "bad")}),
        ("回复及时，发货迅速", {("service", "good"), ("delivery", "good")}),
        ("尺码标准，颜色很正", {("fit", "good"), ("look", "good")}),
        ("The screen is gorgeous but it was hard to set up", {("screen", "good"), ("ease", "bad")}),
        ("It has a strong chemical smell", {("smell", "bad")}),
        ("I bought two at once", set()),
        ("I bought it on Tuesday.", set()),
        ("很快就下单了", set()),
        ("保暖性能相当好 略微有一点异味 可以忽略", {("performance", "good"), ("smell", "bad")}),
        ("还没用呢", set()),
        ("没有任何异味", {("smell", "good")}),
        ("没有发现有什么异味", {("smell", "good")}),
        ("没有质量问题", {("quality", "good")}),
        ("没有图片上的好看", {("look", "bad")}),
        ("没有试就觉得质量太差", {("quality", "bad")}),
        ("质量没有问题很好", {("quality", "good")}),
        ("没有异味面料好", {("material", "good")}),
        ("盒子质量不要太好啊", {("packaging", "good"), ("quality", "good")}),
        ("图案美得不行", set()),
        ("希望质量好", set()),
        ("质量很好希望耐用", {("quality", "good")}),
        ("I hope the battery lasts long", set()),
        ("Battery could be better", {("battery", "bad")}),
        ("被子正好用上", set()),
        ("尺寸正好", {("fit", "good")}),
        ("做工不错不错", {("quality", "good")}),
        ("网卡和内存卡都在", set()),
        ("玩游戏太卡", {("performance", "bad")}),
        ("给了宝贵意见", set()),
        ("是不是正品", set()),
        ("价格奇贵无比", {("price", "bad")}),
        ("不容易看见", set()),
        ("容易上手", {("ease", "good")}),
        ("", set()),
    ],
)
def test_what_is_judged_and_how(text: str, expected: set[tuple[str, str]]) -> None:
    assert {(found.aspect, found.polarity) for found in opinions(review(text))} == expected


@given(st.text(alphabet=st.sampled_from("不好质量差，。but good! bad 物流快没\n"), max_size=60))
def test_every_quote_stands_in_the_review(text: str) -> None:
    for found in opinions(review(text)):
        assert found.quote in text
        assert found.aspect in lexicon().aspects


def test_a_clause_ends_where_the_opinion_turns() -> None:
    assert list(clauses("屏幕很好，但是电池不行。Nice but heavy")) == ["屏幕很好", "但是电池不行", "Nice", "but heavy"]


def test_a_summary_counts_reviews_and_quotes_them() -> None:
    reviews = [review("质量很好，做工也很好", id=f"r{n}", at=n) for n in range(3)]
    reviews += [review("质量太差", id="bad", helpful=9), review("物流很快", id="only")]
    (quality,) = summarise(P, reviews).aspects
    assert (quality.aspect, quality.good, quality.bad) == ("quality", 3, 1)
    assert quality.divided
    assert quality.said.zh == "4 条评价提到质量，3 条满意"
    assert quality.said.en == "Quality: 3 of 4 reviews that mention it like it"
    written = {each.id: each.text for each in reviews}
    assert {quote.polarity for quote in quality.quotes} == {"good", "bad"}
    assert all(quote.text in written[quote.review] for quote in quality.quotes)
    assert len({quote.text for quote in quality.quotes}) == len(quality.quotes)


@given(
    st.lists(st.sampled_from(["质量好", "质量差", "屏幕很清晰", "great price", "bad service", "今天收到"]), max_size=12)
)
def test_every_sentence_is_backed_by_quotes_and_true_counts(texts: list[str]) -> None:
    reviews = [review(text, id=f"r{n}") for n, text in enumerate(texts)]
    summary = summarise(P, reviews)
    assert summary.reviews == len(texts)
    for each in summary.aspects:
        found = [opinion for said in reviews for opinion in opinions(said) if opinion.aspect == each.aspect]
        assert each.good == sum(opinion.polarity == "good" for opinion in found)
        assert each.bad == sum(opinion.polarity == "bad" for opinion in found)
        assert str(each.good + each.bad) in each.said.zh
        assert {quote.polarity for quote in each.quotes} == {opinion.polarity for opinion in found}


def test_the_words_of_the_lexicon_are_not_both_good_and_bad() -> None:
    words = lexicon()
    assert not words.good & words.bad
    for aspect in words.aspects.values():
        assert not (aspect.good | words.good) & (aspect.bad | words.bad), aspect.id
        assert aspect.label.zh
        assert aspect.label.en


def test_a_clause_without_a_word_of_opinion_is_judged_by_what_was_learnt_where_it_is_sure() -> None:
    taught = [review("屏幕会发光如星", id=f"g{n}") for n in range(9)]
    good, bad = Target("", "屏幕", "会发光如星"), Target("", "屏幕", "像隔着雾")
    config = TargetConfig(penalty=1e-3)
    judges = Judges(TargetModel.fit([good] * 40 + [bad] * 40, [1] * 40 + [0] * 40, config=config))
    assert opinions(taught[0]) == []
    assert [(found.aspect, found.polarity) for found in opinions(taught[0], judges)] == [("screen", "good")]
    assert [found.polarity for found in opinions(review("屏幕像隔着雾"), judges)] == ["bad"]
    assert opinions(review("屏幕在正面"), judges) == []
    assert opinions(review("像隔着雾"), judges) == []
    assert [found.polarity for found in opinions(review("屏幕好，像隔着雾"), judges)] == ["good"]


def test_where_reviewers_disagree_both_sides_are_quoted_alike() -> None:
    texts = ["屏幕很清晰，很喜欢", "屏幕清晰锐利", "屏幕非常清晰", "屏幕模糊得很", "屏幕有坏点啊", "屏幕偏色严重"]
    (screen,) = summarise(P, [review(text, id=f"r{n}") for n, text in enumerate(texts)]).aspects
    assert screen.divided
    assert [quote.polarity for quote in screen.quotes] == ["good", "good", "bad", "bad"]


def test_quotes_stand_for_what_most_say() -> None:
    texts = ["质量好", "质量非常好，值得", "这质量非常好哦", "质量也非常好的", "说到质量我奶奶和她的猫都说还算不错呢"]
    (quality,) = summarise(P, [review(text, id=f"r{n}") for n, text in enumerate(texts)]).aspects
    assert "非常好" in quality.quotes[0].text
    assert "质量好" not in {quote.text for quote in quality.quotes}
    helpful = [review(text, id=f"r{n}", helpful=90 * (n == 4)) for n, text in enumerate(texts)]
    assert summarise(P, helpful).aspects[0].quotes[0].text == texts[4]


def test_doubted_reviews_are_left_out_and_counted_as_such() -> None:
    reviews = [review("质量很好", id="a"), review("质量不错", id="b"), review("质量太差", id="fake")]
    summary = summarise(P, reviews, doubted={ReviewId("fake")})
    assert (summary.reviews, summary.left_out) == (2, 1)
    assert [(each.good, each.bad) for each in summary.aspects] == [(2, 0)]
    assert "fake" not in {quote.review for each in summary.aspects for quote in each.quotes}


@given(
    st.lists(st.sampled_from(["质量好", "质量差", "屏幕很清晰", "great price", "bad service", "客服很好"]), max_size=12)
)
def test_the_sentence_over_all_names_only_what_is_counted_and_quoted_below(texts: list[str]) -> None:
    summary = summarise(P, [review(text, id=f"r{n}") for n, text in enumerate(texts)])
    below = {each.label.zh: each for each in summary.aspects}
    for part in filter(None, summary.said.zh.split("；")):
        said, _, names = part.partition("：")
        for name in names.split("、"):
            each = below[name]
            assert each.quotes
            assert said == ("看法不一" if each.divided else "满意" if each.good > each.bad else "不满意")
    assert bool(summary.said.en) == bool(summary.aspects)
