"""What was said, what is known and what the shop notes about itself, in dictionaries."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import msgspec

from daogou.domain.conversation import Message
from daogou.domain.edge import Edge
from daogou.domain.ids import ConversationId
from daogou.ports.stores import Kept


class MemoryConversations:
    """`ports.stores.Conversations`."""

    def __init__(self) -> None:
        self._messages: dict[ConversationId, list[Message]] = {}
        self._all: list[Message] = []
        self._lock = threading.RLock()

    def append(self, message: Message) -> None:
        with self._lock:
            self._messages.setdefault(message.conversation, []).append(message)
            self._all.append(message)

    def since(self, number: int, *, limit: int = 1000) -> list[Kept]:
        with self._lock:
            return [Kept(number + n, each) for n, each in enumerate(self._all[number : number + limit], 1)]

    def of(self, id: ConversationId, *, limit: int = 40) -> list[Message]:
        with self._lock:
            messages = self._messages.get(id, [])
            return messages[max(0, len(messages) - limit) :]

    def count(self) -> int:
        return len(self._messages)


class MemoryEdges:
    """`ports.stores.Edges`."""

    def __init__(self) -> None:
        self._by_source: dict[str, list[Edge]] = {}
        self._lock = threading.RLock()

    def replace(self, source: str, edges: Iterable[Edge]) -> int:
        kept = {(edge.head, edge.relation, edge.tail): replace(edge, source=source) for edge in edges}
        with self._lock:
            self._by_source[source] = list(kept.values())
        return len(kept)

    def of(self, node: str, *, limit: int = 200) -> list[Edge]:
        found = [edge for edge in self.scan() if node in (edge.head, edge.tail)]
        found.sort(key=lambda edge: (-edge.weight, edge.head, edge.relation, edge.tail, edge.source))
        return found[:limit]

    def scan(self) -> Iterator[Edge]:
        with self._lock:
            return iter([edge for source in sorted(self._by_source) for edge in self._by_source[source]])

    def count(self) -> int:
        with self._lock:
            return sum(map(len, self._by_source.values()))


class MemoryLedger:
    """`ports.stores.Ledger`. Values are kept as JSON, as every other backend keeps them."""

    def __init__(self) -> None:
        self._kinds: dict[str, dict[str, bytes]] = {}
        self._lock = threading.RLock()

    def put(self, kind: str, key: str, value: Mapping[str, object]) -> None:
        body = msgspec.json.encode(value)
        with self._lock:
            self._kinds.setdefault(kind, {})[key] = body

    def get(self, kind: str, key: str) -> Mapping[str, object] | None:
        body = self._kinds.get(kind, {}).get(key)
        return None if body is None else msgspec.json.decode(body, type=dict[str, object])

    def of(self, kind: str) -> list[tuple[str, Mapping[str, object]]]:
        with self._lock:
            bodies = sorted(self._kinds.get(kind, {}).items())
        return [(key, msgspec.json.decode(body, type=dict[str, object])) for key, body in bodies]
