"""Turns products into index documents: text cut into words, and translations of the words the shop has in both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

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

    def counted() -> Iterator[Document]:
        nonlocal n
        for product in products:
            n += 1
            yield document(product, vocabulary)

    index.put(counted())
    index.commit()
    return n


def document(product: Product, vocabulary: Vocabulary) -> Document:
    """The product as the index sees it: fields "title", "brand", "category", "attributes", "description"."""
    cut = vocabulary.segmenter.cut
    names = f"{product.title.zh} {product.title.en}"
    categories, attributes = _categories(product), ", ".join(_attributes(product))
    translated = " , ".join(vocabulary.translations(described(product)))
    description = f"{product.description.zh} {product.description.en}"[:DESCRIPTION_CHARACTERS]
    return Document(
        product.id,
        {
            "title": " ".join(cut(names)),
            "brand": " ".join(cut(product.brand or "")),
            "category": " ".join(cut(categories)),
            "attributes": " ".join([*cut(attributes), *cut(translated), *_codes(product)]),
            "description": " ".join(cut(description)),
        },
    )


def described(product: Product) -> str:
    """What is said of a product beside its description, in both languages: title, brand, categories, attributes."""
    names = (product.title.zh, product.title.en, product.brand or "", _categories(product))
    return " , ".join((*names, *_attributes(product)))


def _categories(product: Product) -> str:
    return " / ".join(text for step in product.category for text in (step.zh, step.en) if text)


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
