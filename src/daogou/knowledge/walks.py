"""Shortest walks between two nodes, the most telling first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from daogou.domain.edge import Path

if TYPE_CHECKING:
    from daogou.knowledge.links import Links

WIDEST = 5_000
"""A node with more edges than this connects everything with everything; longer walks do not go through it."""


def common(links: Links, one: int, other: int) -> list[Path]:
    """The walks of one or two steps; those through the rarest node first, as sharing it says most."""
    found = [(1, Path((links.edge(e),))) for e in _between(links, one, other)]
    mine = _ends(links, one)
    for middle, edge in _ends(links, other).items():
        if middle in mine and middle not in {one, other}:
            path = Path((links.edge(mine[middle]), links.edge(edge)))
            found.append((1 + links.degree(middle), path))
    found.sort(key=lambda item: (len(item[1].edges), item[0], item[1].edges[0].relation, item[1].edges[0].tail))
    return [path for _, path in found]


def alike(links: Links, one: int, other: int) -> list[int]:
    """What both nodes say of themselves, as relation * nodes + tail; what is next to the fewest nodes first."""
    n = len(links.nodes)
    both = set(links.facts(one)).intersection(links.facts(other))
    if len(both) < 2:
        return list(both)
    return sorted(both, key=lambda fact: (links.degree(fact % n), links.relations[fact // n], fact))


def shortest(links: Links, one: int, other: int, *, hops: int = 3) -> Path | None:
    """One shortest walk of at most `hops` (up to 3) steps; None if there is none. A node to itself: no walk.

    Among equally short ones, that through the node with the fewest edges; ties in order of edge number.
    """
    if one == other or hops < 1:
        return None
    near = common(links, one, other)
    if near and len(near[0].edges) <= hops:
        return near[0]
    return _three(links, one, other) if hops >= 3 else None


def _three(links: Links, one: int, other: int) -> Path | None:
    mine, theirs = _ends(links, one), _ends(links, other)
    best: tuple[int, int, int, int] | None = None
    for node in sorted(mine, key=lambda n: (links.degree(n), n)):
        if links.degree(node) > WIDEST or (best is not None and links.degree(node) >= best[0]):
            continue
        for edge in links.touching_edges(node).tolist():
            end = int(links.tail[edge] if links.head[edge] == node else links.head[edge])
            if end in theirs and end not in {one, other, node}:
                cost = links.degree(node) + links.degree(end)
                if best is None or cost < best[0]:
                    best = (cost, mine[node], edge, theirs[end])
    return None if best is None else Path(tuple(links.edge(edge) for edge in best[1:]))


def _ends(links: Links, node: int) -> dict[int, int]:
    """Every neighbour, with the heaviest edge that leads to it."""
    edges = links.touching_edges(node)
    found: dict[int, int] = {}
    for end, edge in zip(links.other_end(edges, node).tolist(), edges.tolist(), strict=True):
        found.setdefault(end, edge)
    return found


def _between(links: Links, one: int, other: int) -> list[int]:
    edges = links.touching_edges(one)
    found: list[int] = edges[links.other_end(edges, one) == other].tolist()
    return found
