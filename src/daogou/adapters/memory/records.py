"""Values kept by id, in the order of their first insertion."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K", bound=str)
T = TypeVar("T")


class Records(Generic[K, T]):
    """A dictionary with the manners of a store: counts what changed, gives snapshots, takes calls from any thread."""

    def __init__(self, id_of: Callable[[T], K]) -> None:
        self._id_of = id_of
        self._by_id: dict[K, T] = {}
        self._lock = threading.RLock()

    def put(self, values: Iterable[T]) -> int:
        """Insert or replace; returns how many changed."""
        values = list(values)
        with self._lock:
            return sum(self._put(value) for value in values)

    def get(self, id: K) -> T | None:
        return self._by_id.get(id)

    def scan(self) -> Iterator[T]:
        return iter(self._all())

    def count(self) -> int:
        return len(self._by_id)

    def _put(self, value: T) -> bool:
        id = self._id_of(value)
        if self._by_id.get(id) == value:
            return False
        self._by_id[id] = value
        return True

    def _all(self) -> list[T]:
        with self._lock:
            return list(self._by_id.values())
