"""What the record says on a question: an attribute, a sentence of the description, a page, what reviewers say.

Nothing is made up: each reply is a value or words that stand somewhere, with the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Literal

from daogou.domain.ids import ReviewId
from daogou.domain.text import Text
from daogou.language.extract import extract, sentences
from daogou.opinions.clauses import clauses
from daogou.opinions.topics import is_question

if TYPE_CHECKING:
    from daogou.domain.article import Article
    from daogou.domain.product import Product
    from daogou.domain.review import Review
    from daogou.opinions.summary import ReviewSummary
    from daogou.opinions.topics import Topic, Topics

_QUOTED = 2
"""Reviewers who are quoted on one question."""
_LONGEST = 160
"""Characters of a sentence that is quoted."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A reviewer's own words."""

    review: ReviewId
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What one place of the record says."""

    kind: Literal["attribute", "description", "page", "reviews"]
    text: Text
    """The values, the sentence, or how many reviewers like it; may be empty where reviews are quoted."""
    source: str
    """The place: "product:p1#attribute:size", "product:p1#description", "article:returns", "product:p1#reviews"."""
    name: str = ""
    """Of the attribute."""
    title: Text = Text()
    """Of the page."""
    quotes: tuple[Quoted, ...] = ()


def stated(topic: Topic, topics: Topics, product: Product, pages: Iterable[Article]) -> list[Reply]:
    """What the catalogue and the shop's pages say on a topic, an attribute first."""
    said = chain(_attributes(topic, topics, product), _description(topic, topics, product))
    return [*islice(said, 1), *cited(topic, topics, pages)]


def cited(topic: Topic, topics: Topics, pages: Iterable[Article]) -> list[Reply]:
    """What the shop's first page on a topic says of it."""
    page = next((page for page in pages if page.topic and page.topic in topic.pages), None)
    if page is None:
        return []
    bodies = (page.body.zh, page.body.en)
    text = Text(*(_sentence(topic, topics, body) or extract(body, limit=_LONGEST) for body in bodies))
    return [Reply("page", text, f"article:{page.id}", title=page.title)]


def replies(
    topic: Topic,
    topics: Topics,
    *,
    product: Product,
    pages: Iterable[Article],
    summary: ReviewSummary,
    reviews: Iterable[Review],
) -> list[Reply]:
    """What is stated, and what reviewers say: the counts of that side of the product, else words that speak of it."""
    return [*stated(topic, topics, product, pages), *_reviewers(topic, topics, summary, reviews)]


def _attributes(topic: Topic, topics: Topics, product: Product) -> Iterator[Reply]:
    """Attributes by name, those of variants too; then any whose values speak of the topic."""
    every: dict[str, dict[Text, None]] = {}
    for name, value in product.facets():
        if name not in {"category", "brand"}:
            every.setdefault(name, {})[value] = None
    for name in topic.attributes:
        if name in every:
            yield _valued(product, name, list(every[name]))
    for name, values in every.items():
        spoken = [
            value for value in values if any(topics.mentions(topic, text) for text in (value.zh, value.en) if text)
        ]
        if spoken:
            yield _valued(product, name, spoken)


def _valued(product: Product, name: str, values: Sequence[Text]) -> Reply:
    text = Text(zh="、".join(v.show("zh") for v in values), en=", ".join(v.show("en") for v in values))
    return Reply("attribute", text, f"product:{product.id}#attribute:{name}", name=name)


def _description(topic: Topic, topics: Topics, product: Product) -> Iterator[Reply]:
    found = Text(
        zh=_sentence(topic, topics, product.description.zh), en=_sentence(topic, topics, product.description.en)
    )
    if found:
        yield Reply("description", found, f"product:{product.id}#description")


def _sentence(topic: Topic, topics: Topics, text: str) -> str:
    """The first sentence that speaks of the topic."""
    speaking = (one for one in sentences(text) if topics.mentions(topic, one) and not is_question(one))
    return extract(next(speaking, ""), limit=_LONGEST)


def _reviewers(topic: Topic, topics: Topics, summary: ReviewSummary, reviews: Iterable[Review]) -> Iterator[Reply]:
    source = f"product:{summary.product}#reviews"
    side = next((each for each in summary.aspects if each.aspect == topic.aspect), None)
    if side is not None:
        quotes = tuple(Quoted(quote.review, quote.text) for quote in side.quotes[:_QUOTED])
        yield Reply("reviews", side.said, source, quotes=quotes)
        return
    spoken = (
        Quoted(review.id, clause)
        for review in reviews
        for clause in clauses(review.text)
        if topics.mentions(topic, clause) and not is_question(clause)
    )
    if words := tuple({quote.text: quote for quote in islice(spoken, _QUOTED)}.values()):
        yield Reply("reviews", Text(), source, quotes=words)
