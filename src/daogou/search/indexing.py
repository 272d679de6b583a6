"""Turns products into index documents: text cut into words, and translations of the words the shop has in both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from daogou.language.segment import pieces
from daogou.language.vocabulary import Vocabulary
from daogou.ports.index import Document

if TYPE_CHECKING:
    from daogou.domain.product import Product
    from daogou.language.segment import Segmenter
    from daogou.ports.index import LexicalIndex

DESCRIPTION_CHARACTERS = 2_000
"""How much of each description is indexed, so that one long text cannot make a release large."""


def build(
    index: LexicalIndex, products: Iterable[Product], segmenter: Segmenter, *, vocabulary: Vocabulary | None = None
) -> int:
    """Put the products into the index and commit; returns how many.

    Without a vocabulary one is learnt from these products, so that both languages find them; pass the shop's own when
    only a few products are put.
    """
    if vocabulary is None:
        products = list(products)
        vocabulary = Vocabulary(segmenter)
        vocabulary.learn(products)
    n = 0

    known = _Known(vocabulary)

    def counted() -> Iterator[Document]:
        nonlocal n
        for product in products:
            n += 1
            yield _document(product, known)

    index.put(counted())
    index.commit()
    return n


class _Known:
    """What brands, categories and attributes say, worked out once for all products that have them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.words = vocabulary.segmenter.words
        self.cut = vocabulary.segmenter.cut
        self.translations_of = vocabulary.translations_of
        self.value = cache(self.cut)
        self.translated = cache(vocabulary.translations)


def _document(product: Product, known: _Known) -> Document:
    """The product as the index sees it: fields "title", "brand", "category", "attributes", "description"."""
    categories, attributes = list(_categories(product)), list(_attributes(product))
    title = known.words(f"{product.title.zh} {product.title.en}")
    title_cut, brand = list(pieces(title)), known.value(product.brand or "")
    category = [piece for text in categories for piece in known.value(text)]
    values = [piece for text in attributes for piece in known.value(text)]
    others = dict.fromkeys(known.translations_of(title))
    for text in (product.brand or "", *categories, *attributes):
        others.update(dict.fromkeys(known.translated(text)))
    said = {*title_cut, *brand, *category, *values}
    translated = [piece for other in others if other not in said for piece in known.value(other)]
    description = f"{product.description.zh} {product.description.en}"[:DESCRIPTION_CHARACTERS]
    return Document(
        product.id,
        {
            "title": " ".join(title_cut),
            "brand": " ".join(brand),
            "category": " ".join(category),
            "attributes": " ".join([*values, *translated, *_codes(product)]),
            "description": " ".join(known.cut(description)),
        },
    )


def _categories(product: Product) -> Iterator[str]:
    return (text for step in product.category for text in (step.zh, step.en) if text)


def _attributes(product: Product) -> Iterator[str]:
    seen: set[str] = set()
    for attributes in (product.attributes, *(variant.attributes for variant in product.variants)):
        for values in attributes.values():
            for value in values:
                for text in (value.zh, value.en):
                    if text and text not in seen:
                        seen.add(text)
                        yield text


def _codes(product: Product) -> Iterator[str]:
    for variant in product.variants:
        for code in (variant.sku, variant.barcode):
            if code and not code.isspace():
                yield "".join(code.casefold().split())
