"""An edge of the product knowledge graph, with where it came from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edge:
    """Subject, relation, object, in compact names such as "product:p1", "brand:nike", "value:color/red"."""

    head: str
    relation: str
    """A schema.org property ("brand", "category", "material") or one of ours ("boughtWith")."""
    tail: str
    weight: float = 1.0
    source: str = "catalogue"
    """Which feed, model or person said so."""


@dataclass(frozen=True, slots=True)
class Path:
    """A walk through the graph that connects two things, as an explanation."""

    edges: tuple[Edge, ...]
