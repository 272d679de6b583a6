"""schema.org JSON-LD: a product for its page, and the whole graph for anyone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daogou.knowledge.names import NAME, class_iri, node_iri, relation_iri

if TYPE_CHECKING:
    from daogou.domain.money import Money
    from daogou.domain.product import Product, Variant
    from daogou.domain.review import RatingSummary
    from daogou.domain.text import Language, Text
    from daogou.knowledge.links import Links

JsonLd = dict[str, Any]
_SCHEMA_ATTRIBUTES = {"color": "color", "colour": "color", "material": "material", "pattern": "pattern", "size": "size"}
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def product_jsonld(
    product: Product, *, language: Language, url: str | None = None, rating: RatingSummary | None = None
) -> JsonLd:
    """Describe a product as search engines read it: offers with price and availability, rating, attributes.

    A product without a price has no offer. The result is data: put it into a page with `script_json`.
    """
    data: JsonLd = {
        "@context": "https://schema.org",
        "@type": "Product",
        "@id": node_iri(f"product:{product.id}"),
        "productID": product.id,
        "name": product.title.show(language),
        "description": product.description.show(language),
        "url": url,
        "image": list(product.images),
        "brand": {"@type": "Brand", "name": product.brand} if product.brand else None,
        "category": " > ".join(step.show(language) for step in product.category),
        "offers": _offers(product, url),
        "aggregateRating": _rating(rating),
        **_attributes(product.attributes, language),
    }
    return {name: value for name, value in data.items() if value not in (None, "", [], {})}


def script_json(data: Any) -> str:
    """JSON that is safe inside a <script> element: no character of it can end that."""
    text = json.dumps(data, ensure_ascii=False)
    return "".join(_ESCAPES.get(letter, letter) for letter in text)


def write_graph(links: Links, path: Path) -> int:
    """Write the whole graph as one JSON-LD document; returns how many nodes it has."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"@context": {"schema": "https://schema.org/"}, "@graph": [\n')
        for number, node in enumerate(graph_nodes(links)):
            file.write((",\n" if number else "") + json.dumps(node, ensure_ascii=False))
        file.write("\n]}\n")
    return len(links.nodes)


def graph_nodes(links: Links) -> Iterator[JsonLd]:
    """Each node with its class, its names and the edges that start at it."""
    for number, node in enumerate(links.nodes):
        data: JsonLd = {"@id": node_iri(node)}
        kind = class_iri(node)
        if kind:
            data["@type"] = kind
        names = [{"@value": text, "@language": language} for language, text in _spoken(links.label(number))]
        if names:
            data[NAME] = names
        for edge in map(links.edge, links.touching_edges(number).tolist()):
            if edge.head == node:
                data.setdefault(relation_iri(edge.relation), []).append({"@id": node_iri(edge.tail)})
        yield data


def _spoken(label: Text) -> list[tuple[str, str]]:
    return [(language, text) for language, text in (("zh", label.zh), ("en", label.en)) if text]


def _offers(product: Product, url: str | None) -> JsonLd | list[JsonLd]:
    """An offer of each variant, else of the product; several prices are drawn together in an AggregateOffer."""
    offers = [offer for variant in product.variants if (offer := _variant_offer(product, variant, url))]
    if product.span is None:
        return offers
    lowest, highest = product.span
    if lowest == highest or not offers:
        return offers or [_offer(lowest, product.stock, url)]
    return {
        "@type": "AggregateOffer",
        "lowPrice": str(lowest.major),
        "highPrice": str(highest.major),
        "priceCurrency": lowest.currency,
        "offerCount": len(offers),
        "offers": offers,
    }


def _variant_offer(product: Product, variant: Variant, url: str | None) -> JsonLd | None:
    price = variant.price or product.price
    if price is None:
        return None
    offer = _offer(price, variant.stock, url)
    return offer | {name: value for name, value in (("sku", variant.sku), ("gtin", variant.barcode)) if value}


def _offer(price: Money, stock: int | None, url: str | None) -> JsonLd:
    offer = {
        "@type": "Offer",
        "price": str(price.major),
        "priceCurrency": price.currency,
        "availability": f"https://schema.org/{'OutOfStock' if stock is not None and stock <= 0 else 'InStock'}",
    }
    return offer | ({"url": url} if url else {})


def _rating(rating: RatingSummary | None) -> JsonLd | None:
    if rating is None or rating.n == 0:
        return None
    return {
        "@type": "AggregateRating",
        "ratingValue": round(rating.mean, 2),
        "reviewCount": rating.n,
        "bestRating": 5,
        "worstRating": 1,
    }


def _attributes(attributes: Mapping[str, tuple[Text, ...]], language: Language) -> JsonLd:
    named: JsonLd = {}
    others: list[JsonLd] = []
    for name, values in attributes.items():
        shown = [value.show(language) for value in values]
        if name in _SCHEMA_ATTRIBUTES:
            named[_SCHEMA_ATTRIBUTES[name]] = shown[0] if len(shown) == 1 else shown
        else:
            others += [{"@type": "PropertyValue", "name": name, "value": value} for value in shown]
    return named | ({"additionalProperty": others} if others else {})
