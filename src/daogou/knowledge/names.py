"""Names of the graph's nodes and relations, and the IRIs they are published under.

Nodes are "product:p1", "brand:nike", "category:running shoes", "value:color/red"; each has the IRI `urn:daogou:` plus
its name, percent-encoded. Relations are schema.org properties where schema.org has one, else
`urn:daogou:vocabulary:` plus their name.
"""

from __future__ import annotations

from urllib.parse import quote

from daogou.domain.text import Text

SCHEMA = "https://schema.org/"
VOCABULARY = "urn:daogou:vocabulary:"
NODES = "urn:daogou:"
BROADER = "http://www.w3.org/2004/02/skos/core#broader"
BOUGHT_WITH = "boughtWith"
"""The relation between products that different shoppers bought in one go."""
NAME = SCHEMA + "name"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

PREFIXES = {
    "schema": SCHEMA,
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dg": VOCABULARY,
    "product": NODES + "product:",
    "brand": NODES + "brand:",
    "category": NODES + "category:",
    "value": NODES + "value:",
    "source": NODES + "source:",
}
"""Known in every query without being declared."""

_SCHEMA_PROPERTIES = {
    "brand": "brand",
    "category": "category",
    "color": "color",
    "colour": "color",
    "material": "material",
    "pattern": "pattern",
    "size": "size",
    "author": "author",
    "publisher": "publisher",
    "language": "inLanguage",
    "format": "bookFormat",
    "genre": "genre",
    "audience": "audience",
    "model": "model",
    "variantOf": "isVariantOf",
}
_CLASSES = {"product": "Product", "brand": "Brand", "category": "CategoryCode", "value": "PropertyValue"}


def product_node(id: str) -> str:
    return f"product:{id}"


def brand_node(brand: str) -> str:
    return f"brand:{Text.of(brand).key}"


def category_node(step: Text) -> str:
    return f"category:{step.key}"


def value_node(attribute: str, value: Text) -> str:
    return f"value:{attribute}/{value.key}"


def product_of(node: str) -> str | None:
    """The id of a product's node; None for other nodes."""
    return node.removeprefix("product:") if node.startswith("product:") else None


def node_iri(node: str) -> str:
    """The IRI of a node."""
    kind, _, name = node.partition(":")
    return f"{NODES}{kind}:{quote(name, safe='/')}"


def relation_iri(relation: str) -> str:
    """The IRI of a relation."""
    if relation == "broader":
        return BROADER
    known = _SCHEMA_PROPERTIES.get(relation)
    return SCHEMA + known if known else VOCABULARY + quote(relation, safe="")


def class_iri(node: str) -> str | None:
    """The schema.org class of a node."""
    name = _CLASSES.get(node.partition(":")[0])
    return SCHEMA + name if name else None
