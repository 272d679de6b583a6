"""The graph as RDF: N-Quads in which the graph name is the source of the fact."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from daogou.knowledge.names import NAME, NODES, TYPE, class_iri, node_iri, relation_iri

if TYPE_CHECKING:
    from daogou.domain.text import Text
    from daogou.knowledge.links import Links

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
_CATALOGUE = f"<{NODES}source:catalogue>"


def write_quads(links: Links, path: Path) -> int:
    """Write every fact, one a line, in a fixed order; returns how many."""
    n = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for quad in quads(links):
            file.write(quad)
            n += 1
    return n


def quads(links: Links) -> Iterator[str]:
    """Nodes with class and name first, then the edges."""
    iris = [f"<{node_iri(node)}>" for node in links.nodes]
    labels = map(links.label, range(len(links.nodes)))
    for iri, node, label in zip(iris, links.nodes, labels, strict=True):
        kind = class_iri(node)
        if kind:
            yield f"{iri} <{TYPE}> <{kind}> {_CATALOGUE} .\n"
        for literal in _literals(label):
            yield f"{iri} <{NAME}> {literal} {_CATALOGUE} .\n"
    relations = [f"<{relation_iri(relation)}>" for relation in links.relations]
    sources = [f"<{node_iri('source:' + source)}>" for source in links.sources]
    columns = (links.head, links.relation, links.tail, links.source)
    for head, relation, tail, source in zip(*(column.tolist() for column in columns), strict=True):
        yield f"{iris[head]} {relations[relation]} {iris[tail]} {sources[source]} .\n"


def _literals(label: Text) -> Iterator[str]:
    for language, text in (("zh", label.zh), ("en", label.en)):
        if text:
            yield f'"{_plain(text)}"@{language}'


def _plain(text: str) -> str:
    """Escape a literal; lone surrogates, which UTF-8 cannot carry, become U+FFFD."""
    return text.encode("utf-8", "replace").decode("utf-8").translate(_ESCAPES)
