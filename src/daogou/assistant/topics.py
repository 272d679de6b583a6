"""Which of the shop's pages a question is about, learnt from example questions and from the titles of the pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from daogou.assistant.phrases import phrases
from daogou.language.classify import Classifier, ClassifierConfig

if TYPE_CHECKING:
    from daogou.domain.article import Article
    from daogou.domain.ids import ArticleId
    from daogou.domain.text import Language
    from daogou.language.classify import Encode

_OTHER = "other"
"""The label of examples that ask for no page: wishes for goods, and talk."""
_CAREFUL = ClassifierConfig(kept=0.75)
"""Citing a page that was not asked for is worse than not citing one."""


@dataclass(frozen=True, slots=True)
class Page:
    """A topic that was asked about, with the shop's pages on it, if it has any."""

    topic: str
    articles: tuple[ArticleId, ...]


def page_about(text: str, language: Language, articles: Iterable[Article], encode: Encode | None = None) -> Page | None:
    """The topic of a question about the shop; None where it is likely none.

    Learns the examples once for each set of pages: some 600 ms, then 0.4 ms a question; with a text encoder's `encode`
    some 800, then 4.
    """
    titles = tuple((article.topic or article.id, article.title.show(language), article.id) for article in articles)
    topic = _classifier(language, tuple((topic, title) for topic, title, _ in titles), encode).label(text)
    if topic is None or topic == _OTHER:
        return None
    return Page(topic, tuple(id for other, _, id in titles if other == topic))


@lru_cache(maxsize=4)
def _classifier(language: Language, titles: Sequence[tuple[str, str]], encode: Encode | None) -> Classifier:
    examples = [(topic, said) for topic, questions in phrases(language).topics.items() for said in questions]
    examples += titles
    texts, topics = [said for _, said in examples], [topic for topic, _ in examples]
    return Classifier.fit(texts, topics, config=_CAREFUL, encode=encode).guarded(texts, topics)
