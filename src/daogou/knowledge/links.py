"""The graph in arrays, for walks: who is next to whom, in both directions."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from daogou.domain.edge import Edge
from daogou.domain.errors import CorruptRelease
from daogou.domain.text import Text
from daogou.knowledge.names import BOUGHT_WITH
from daogou.knowledge.strings import Strings, mapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EDGES = {"head": "i", "relation": "i", "tail": "i", "weight": "f", "source": "i"}
"""The columns of the edges, and the type of each as `array` has it."""
_INDEX = ("starts", "touching", "leaving", "said", "pairs")
_NAMES = "names.json"


class _Names(msgspec.Struct):
    """What is named once for many edges."""

    relations: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """Nodes by number, edges in columns, and for each node the edges that touch it."""

    nodes: Strings
    zh: Strings
    en: Strings
    """What each node is called; empty where it has no name in the language."""
    relations: tuple[str, ...]
    sources: tuple[str, ...]
    head: NDArray[np.int32]
    relation: NDArray[np.int16]
    tail: NDArray[np.int32]
    weight: NDArray[np.float32]
    source: NDArray[np.int16]
    number: dict[str, int] = field(repr=False)
    """Of each node."""
    starts: NDArray[np.int64] = field(repr=False)
    """(nodes + 1): where each node's edges begin in `touching`."""
    touching: NDArray[np.int32] = field(repr=False)
    """(2 * edges): edges by node, heaviest first, then in order of number."""
    leaving: NDArray[np.int64] = field(repr=False)
    """(nodes + 1): where what each node says of itself begins in `said`."""
    said: NDArray[np.int64] = field(repr=False)
    """What nodes say of themselves, as relation * nodes + tail, by node."""
    pairs: NDArray[np.int64] = field(repr=False)
    """What is bought together, as head * nodes + tail, ascending."""

    @classmethod
    def of(cls, edges: Iterable[Edge], labels: Mapping[str, Text]) -> Links:
        """Number the nodes in the order they are met. Labels of nodes without edges are kept too."""
        number: dict[str, int] = {}
        relations: dict[str, int] = {}
        sources: dict[str, int] = {}
        columns: dict[str, array[Any]] = {name: array(code) for name, code in _EDGES.items()}
        for edge in edges:  # there may be millions
            columns["head"].append(number.setdefault(edge.head, len(number)))
            columns["relation"].append(relations.setdefault(edge.relation, len(relations)))
            columns["tail"].append(number.setdefault(edge.tail, len(number)))
            columns["weight"].append(edge.weight)
            columns["source"].append(sources.setdefault(edge.source, len(sources)))
        for node in labels:
            number.setdefault(node, len(number))
        return cls._indexed(
            number,
            [labels.get(node, Text()) for node in number],
            relations=tuple(relations),
            sources=tuple(sources),
            columns={name: np.array(column) for name, column in columns.items()},
        )

    @classmethod
    def _indexed(
        cls,
        number: dict[str, int],
        labels: Sequence[Text],
        *,
        relations: tuple[str, ...],
        sources: tuple[str, ...],
        columns: Mapping[str, NDArray[np.generic]],
    ) -> Links:
        head, tail = columns["head"].astype(np.int32), columns["tail"].astype(np.int32)
        weight = columns["weight"].astype(np.float32)
        ends = np.concatenate([head, tail])
        edge = np.tile(np.arange(len(head), dtype=np.int32), 2)
        order = np.lexsort((edge, -weight[edge], ends))
        counts = np.bincount(ends, minlength=len(number))
        relation = columns["relation"].astype(np.int16)
        together = relation == _number_of(BOUGHT_WITH, relations)
        said_by = np.flatnonzero(~together)
        said_by = said_by[np.argsort(head[said_by], kind="stable")]
        pairs = head[together].astype(np.int64) * len(number) + tail[together]
        return cls(
            nodes=Strings.of(number),
            zh=Strings.of(label.zh for label in labels),
            en=Strings.of(label.en for label in labels),
            relations=relations,
            sources=sources,
            head=head,
            relation=relation,
            tail=tail,
            weight=weight,
            source=columns["source"].astype(np.int16),
            number=number,
            starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            touching=edge[order],
            leaving=np.searchsorted(head[said_by], np.arange(len(number) + 1)).astype(np.int64),
            said=relation[said_by].astype(np.int64) * len(number) + tail[said_by],
            pairs=np.sort(pairs),
        )

    def save(self, folder: Path) -> None:
        """Write into a folder; the same graph gives the same bytes."""
        (folder / _NAMES).write_bytes(msgspec.json.encode(_Names(self.relations, self.sources)))
        for name in ("nodes", "zh", "en"):
            getattr(self, name).save(folder, name)
        for name in (*_EDGES, *_INDEX):
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> Links:
        """Map what `save` wrote; only the numbers of the nodes are in memory from the start.

        Raises CorruptRelease for a graph that an earlier version wrote.
        """
        if not (folder / f"{_INDEX[0]}.npy").exists():
            raise CorruptRelease(f"{folder} was written by an earlier version: run `daogou train`", where=str(folder))
        names = msgspec.json.decode((folder / _NAMES).read_bytes(), type=_Names)
        nodes = Strings.load(folder, "nodes")
        return cls(
            nodes=nodes,
            zh=Strings.load(folder, "zh"),
            en=Strings.load(folder, "en"),
            relations=names.relations,
            sources=names.sources,
            number={node: n for n, node in enumerate(nodes)},
            **{name: mapped(folder / f"{name}.npy") for name in (*_EDGES, *_INDEX)},
        )

    def label(self, node: int) -> Text:
        """How the node is written for people."""
        return Text(self.zh[node], self.en[node])

    def touching_edges(self, node: int) -> NDArray[np.int32]:
        """Numbers of the edges that start or end at the node, heaviest first."""
        return self.touching[self.starts[node] : self.starts[node + 1]]

    def facts(self, node: int) -> list[int]:
        """What the node says of itself, as relation * nodes + tail."""
        facts: list[int] = self.said[self.leaving[node] : self.leaving[node + 1]].tolist()
        return facts

    def bought_with(self, one: int, other: int) -> bool:
        """Are two products bought together?"""
        wanted = np.array([one * len(self.nodes) + other, other * len(self.nodes) + one])
        for place, pair in zip(self.pairs.searchsorted(wanted).tolist(), wanted.tolist(), strict=True):
            if place < len(self.pairs) and self.pairs[place] == pair:
                return True
        return False

    def degree(self, node: int) -> int:
        return int(self.starts[node + 1] - self.starts[node])

    def other_end(self, edges: NDArray[np.int32], node: int) -> NDArray[np.int32]:
        """For edges that touch the node, the node at the other end."""
        return np.where(self.head[edges] == node, self.tail[edges], self.head[edges])

    def edge(self, number: int) -> Edge:
        return Edge(
            head=self.nodes[self.head[number]],
            relation=self.relations[self.relation[number]],
            tail=self.nodes[self.tail[number]],
            weight=float(self.weight[number]),
            source=self.sources[self.source[number]],
        )

    def edges(self, source: str) -> Iterator[Edge]:
        """The edges of a source, in the order they were added."""
        return map(self.edge, np.flatnonzero(self.source == _number_of(source, self.sources)).tolist())


def _number_of(name: str, names: tuple[str, ...]) -> int:
    """-1 where no edge has it."""
    return names.index(name) if name in names else -1
