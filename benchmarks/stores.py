"""How fast the SQLite stores take in and give out events; prints one JSON object.

    python benchmarks/stores.py [--events 1470000] [--orders 155000] [--folder DIR]

Disk-bound figures mean little on a RAM disk: give a folder on the disk the shop will use.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from daogou.adapters.addresses import open_stores
from daogou.adapters.group_commit import GroupCommit
from daogou.domain.event import Event
from daogou.domain.ids import Instant, OrderId, ProductId, ShopperId
from daogou.domain.money import Money
from daogou.domain.order import Order, OrderLine
from daogou.ports.stores import Stores

CHUNK = 50_000
LINES = 9
"""Lines of an order, and purchases that come with it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_470_000)
    parser.add_argument("--orders", type=int, default=155_000)
    parser.add_argument("--seconds", type=float, default=5.0, help="for each measurement of group commit")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        print(json.dumps(measure(Path(folder), options)))


def measure(folder: Path, options: argparse.Namespace) -> dict[str, float]:
    stores = open_stores(f"sqlite:///{folder}/bench.db")
    try:
        return {
            **bulk(stores, options),
            "bytes": (folder / "bench.db").stat().st_size,
            **group_commit(stores, "single", size=1, callers=64, seconds=options.seconds),
            **group_commit(stores, "batched", size=20, callers=64, seconds=options.seconds),
        }
    finally:
        stores.close()


def bulk(stores: Stores, options: argparse.Namespace) -> dict[str, float]:
    def append() -> None:
        for start in range(0, options.events, CHUNK):
            stores.events.append([purchase(n) for n in range(start, min(start + CHUNK, options.events))])

    appending, _ = timed(append)
    putting, _ = timed(lambda: stores.orders.put(orders(options.orders)))
    reading, columns = timed(lambda: stores.events.columns(["purchase"]))
    heads, _ = timed(lambda: [stores.events.head() for _ in range(10_000)])
    ofs, _ = timed(lambda: [stores.events.of(shopper=ShopperId(f"s{n}"), limit=50) for n in range(200)])
    return {
        "events": len(columns.at),
        "append_s": appending,
        "append_rows_per_s": options.events / appending,
        "orders_s": putting,
        "columns_s": reading,
        "head_us": heads * 100,
        "of_ms": ofs * 5,
        "counts_s": timed(stores.events.counts)[0],
    }


def group_commit(stores: Stores, name: str, *, size: int, callers: int, seconds: float) -> dict[str, float]:
    """Each caller sends a batch, waits until it is on disk, sends the next."""
    group = GroupCommit(stores.events, max_waiting=100_000)
    waits: list[float] = []
    end = time.perf_counter() + seconds

    def call(caller: int) -> None:
        n = 0
        while (start := time.perf_counter()) < end:
            first = (caller * 10**6 + n) * size
            group.submit([purchase(first + i, prefix=name) for i in range(size)]).result()
            waits.append(time.perf_counter() - start)
            n += 1

    threads = [threading.Thread(target=call, args=(caller,)) for caller in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    group.close()
    p99 = sorted(waits)[int(len(waits) * 0.99)]
    return {f"{name}_events_per_s": len(waits) * size / seconds, f"{name}_p99_ms": p99 * 1000}


def purchase(n: int, *, prefix: str = "s") -> Event:
    spread = n * 2_654_435_761 % 2**32  # Knuth's multiplicative hash: scattered, and cheap beside what is measured
    return Event(
        "purchase",
        Instant(1_480_000_000_000 + n * 20_000),
        shopper=ShopperId(f"{prefix}{spread % 2_500}"),
        product=ProductId(f"{spread // 7 % 92_000}"),
        quantity=1 + n % 3,
        price=Money(99 + n % 900, "USD"),
        order=OrderId(f"o{n // LINES}"),
    )


def orders(n: int) -> Iterator[Order]:
    for i in range(n):
        lines = tuple(OrderLine(ProductId(str((i * 7 + j) % 92_000)), 1, Money(199, "USD")) for j in range(LINES))
        yield Order(OrderId(f"o{i}"), ShopperId(f"s{i % 2500}"), Instant(1_480_000_000_000 + i), lines)


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    answer = call()
    return time.perf_counter() - start, answer


if __name__ == "__main__":
    main()
