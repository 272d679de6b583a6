"""Reviews that are probably not what a buyer thinks: fakes are mixed into honest reviews and must be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import pytest

from daogou.domain.ids import Instant, ProductId, ReviewId, ShopperId
from daogou.domain.review import Review
from daogou.opinions.copies import copies
from daogou.opinions.doubts import LEFT_OUT, SHOWN, WEIGHTS, Doubt, doubts, score
from daogou.opinions.polarity import LEAST

DAY = 86_400_000
START = 20_000 * DAY
PRODUCTS = [ProductId(f"p{n}") for n in range(30)]
SYLLABLES = ["ba", "de", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu"]


def text(rng: Random, n: int = 12) -> str:
    return " ".join("".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(n))


def honest(rng: Random, n: int = 600) -> list[Review]:
    """Buyers over two years, most of them content; some not on record as buyers; some say the same few words."""
    made = []
    for at in range(n):
        said = "Very good, thank you" if rng.random() < 0.02 else text(rng)
        made.append(
            Review(
                rng.choice(PRODUCTS),
                float(rng.choices([1, 2, 3, 4, 5], [1, 1, 2, 5, 8])[0]),
                Instant(START + int(rng.random() * 730 * DAY)),
                id=ReviewId(f"h{at}"),
                shopper=ShopperId(f"s{rng.randrange(400)}"),
                text=said,
                verified=rng.random() < 0.8,
            )
        )
    return made


def copied(rng: Random) -> Iterator[Review]:
    """Eight texts, each put under five products with a word changed."""
    for number in range(8):
        words = text(rng, 20).split()
        for n, product in enumerate(rng.sample(PRODUCTS, 5)):
            said = " ".join([*words[:-1], f"ka{n}"])
            at = Instant(START + rng.randrange(700) * DAY)
            yield Review(
                product, 5.0, at, id=ReviewId(f"c{number}-{n}"), text=said, shopper=ShopperId(f"x{number}-{n}")
            )


def bursts(rng: Random) -> Iterator[Review]:
    """Accounts that nobody knows all hate a well-liked product on one day, each in words of its own."""
    for number, product in enumerate(rng.sample(PRODUCTS, 3)):
        day = START + 100 * DAY
        for n in range(12):
            id = ReviewId(f"b{number}-{n}")
            yield Review(product, 1.0, Instant(day + n), id=id, text=text(rng), shopper=ShopperId(f"y{number}-{n}"))


def busy(rng: Random) -> Iterator[Review]:
    """One person praises twelve products on one day in nearly the same words."""
    words = text(rng, 20)
    for n, product in enumerate(rng.sample(PRODUCTS, 12)):
        yield Review(
            product, 5.0, Instant(START + n), id=ReviewId(f"m{n}"), text=f"{words} {n}", shopper=ShopperId("z")
        )


@pytest.mark.parametrize("fakes", [copied, bursts, busy])
@pytest.mark.parametrize("seed", range(3))
def test_fakes_are_found_among_honest_reviews(fakes: Callable[[Random], Iterator[Review]], seed: int) -> None:
    rng = Random(seed)
    seeded = list(fakes(rng))
    reviews = [*honest(rng), *seeded]
    rng.shuffle(reviews)
    found = {doubt.review for doubt in doubts(reviews) if doubt.left_out}
    right = found & {review.id for review in seeded}
    assert len(right) >= 0.9 * len(seeded)
    assert len(right) >= 0.9 * len(found)


def test_honest_reviews_alone_are_hardly_doubted() -> None:
    assert len([doubt for doubt in doubts(honest(Random(9))) if doubt.left_out]) <= 6


def test_each_sign_is_named_with_its_number() -> None:
    rng = Random(1)
    about = Review(PRODUCTS[0], 5.0, Instant(START), shopper=ShopperId("a"), verified=True)
    others = [replace(about, id=ReviewId(f"o{n}"), at=Instant(START + n * DAY), text=text(rng)) for n in range(1, 8)]
    words = text(rng)
    fake = [
        replace(about, id=ReviewId(f"f{n}"), at=Instant(START + 40 * DAY), text=words, rating=1.0, verified=False)
        for n in range(3)
    ]
    found = doubts([*others, *fake])
    assert [doubt.review for doubt in found] == ["f0", "f1", "f2"]
    assert found[0].signs == {"copied": 2, "apart": 4, "unverified": 1}
    assert found[0].score == score(found[0].signs) > LEFT_OUT


def test_of_two_texts_alike_only_the_later_is_doubted() -> None:
    words = text(Random(2))
    about = Review(PRODUCTS[0], 5.0, Instant(START), id=ReviewId("first"), text=words, verified=True)
    later = replace(about, id=ReviewId("later"), at=Instant(START + DAY), product=PRODUCTS[1])
    assert [(doubt.review, doubt.left_out) for doubt in doubts([later, about])] == [("later", False)]
    assert [doubt.review for doubt in doubts([replace(later, verified=False), about]) if doubt.left_out] == ["later"]


def test_words_that_contradict_the_stars_are_a_sign() -> None:
    about = Review(PRODUCTS[0], 5.0, Instant(START), verified=True)
    rng = Random(3)
    good, bad = ["lovely", "splendid", "charming", "delightful"], ["dreadful", "horrid", "shabby", "nasty", "rotten"]
    reviews = []
    for n in range(2 * LEAST + 2):
        for stars, words in ((5.0, good), (1.0, bad)):
            at, said = Instant(START + len(reviews) * DAY), f"{' '.join(rng.sample(words, 2))} {text(rng, 2)}"
            reviews.append(replace(about, id=ReviewId(f"{stars}{n}"), rating=stars, at=at, text=said))
    rng.shuffle(reviews)
    shill = replace(about, id=ReviewId("shill"), text=" ".join(bad), at=Instant(START + 9))
    copy = replace(shill, id=ReviewId("copy"), at=Instant(START + 10), product=PRODUCTS[1])
    found = {doubt.review: doubt for doubt in doubts([*reviews, shill, copy])}
    assert found["copy"].signs == {"copied": 1, "contradicts": 1}
    assert found["copy"].left_out


def test_one_weak_sign_alone_is_not_shown() -> None:
    assert score({"unverified": 1}) < SHOWN
    assert score({"apart": 3, "unverified": 1}) < SHOWN
    assert score(dict.fromkeys(WEIGHTS, 1)) < 1
    assert not Doubt(ReviewId("r"), PRODUCTS[0], 0.6, {"copied": 1}).left_out


def test_copies_are_grouped_and_short_texts_are_nobodys() -> None:
    one, other = text(Random(4), 20), text(Random(5), 20)
    found = copies([one, "很好", other, f"{one}!", "很好", f"{other} ka", ""])
    assert found[0] == found[3] >= 0
    assert found[2] == found[5] >= 0
    assert found[0] != found[2]
    assert [found[place] for place in (1, 4, 6)] == [-1, -1, -1]


def test_a_day_and_an_account_under_which_all_reviews_were_imported_tell_nothing() -> None:
    rng = Random(6)
    imported = [
        Review(product, 5.0, Instant(START), id=ReviewId(f"{product}-{n}"), shopper=ShopperId("1"), text=text(rng))
        for product in PRODUCTS
        for n in range(8)
    ]
    assert doubts(imported) == []
    flood = [replace(review, product=PRODUCTS[0]) for review in imported[:100]]
    assert {doubt.left_out for doubt in doubts([*honest(rng), *flood])} == {True}
