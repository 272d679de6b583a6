"""The whole way of a store of a given size: files, `daogou import`, `daogou train`, `daogou serve`, answers, changes.

Every step is the command that a store runs, in a process of its own; what it took is read from the system when it ends.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
from made_shop import CURRENCY, EVENTS, EVENTS_EACH, PRODUCTS

from daogou.domain.ids import DAY_MS, current_instant

REQUESTS = 300
"""Of each kind."""
ASKED = 20
"""Newcomers and shoppers who do something."""
QUERIES = (
    "跑步鞋",
    "running shoes under $80, not leather",
    "500元以下透气的外套",
    "blue backpack",
    "bluetooth headphones",
    "木制积木",
)
Answer = tuple[float, dict[str, Any]]
"""Milliseconds on the clock, with the way there and back, and what was said."""
_PATIENCE_S = 900
_CLOCK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Step:
    """What a command said and took."""

    said: str
    figures: dict[str, float]


def command(*words: str) -> list[str]:
    """The command line that `daogou WORDS` is."""
    return [sys.executable, "-m", "daogou.cli.main", *words]


def run(words: Sequence[str], disk: Path) -> Step:
    """Run to the end; `disk` is the folder whose size is part of the figures."""
    began = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words, said)
    figures = {
        "wall_s": round(time.perf_counter() - began, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": used.ru_maxrss // 1024,
        "disk_mb": sum(path.stat().st_size for path in disk.rglob("*") if path.is_file()) // 2**20,
    }
    return Step(said, figures)


def whole_way(
    folder: Path, write: Sequence[str], size: tuple[int, int], *, evaluated: int
) -> Iterator[tuple[str, object]]:
    """Each step with its figures; a shop that is there and trained is only served.

    `write` is the command that writes the files into the folder; `evaluated` shoppers are asked about by `daogou
    evaluate`, which is left out for 0.
    """
    shop = folder / "shop"
    if not (shop / "models" / "active").exists():
        yield "write", run(write, folder).figures
        yield from _imported(folder, shop, size)
        yield "train", _train(shop)
    with served(shop) as server:
        yield "serve", server.ready
        yield "answers", answers(server, size)
        yield "changes", changes(server, size)
        yield "after", server.memory()
    if evaluated:
        words = command("--shop", str(shop), "--json", "evaluate", "--shoppers", str(evaluated))
        yield "evaluate", run(words, shop).figures


def _imported(folder: Path, shop: Path, size: tuple[int, int]) -> Iterator[tuple[str, object]]:
    run(command("init", str(shop), "--currency", CURRENCY), shop)
    for file, n in ((PRODUCTS, size[0]), (EVENTS, size[1])):
        step = run(command("--shop", str(shop), "--json", "import", str(folder / file)), shop)
        said = json.loads(step.said)
        assert not said["n_rejects"], said
        yield f"import {file}", {**step.figures, "records_a_cpu_s": round(n / step.figures["cpu_s"])}


def _train(shop: Path) -> dict[str, object]:
    step = run(command("--shop", str(shop), "--json", "train"), shop)
    said = json.loads(step.said)
    parts = {
        name.removeprefix("cpu_s."): round(seconds, 1)
        for name, seconds in said["metrics"].items()
        if name.startswith("cpu_s.") and seconds >= 0.05
    }
    return {**step.figures, "by_part_cpu_s": parts, "skipped": sorted(said["skipped"])}


class Served:
    """A shop that a process of its own serves."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, key: str, ready: Mapping[str, float]) -> None:
        self._process = process
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
        self._key = key
        self.ready = {**ready, **self.memory()}

    def ask(self, path: str, body: object = None, *, method: str = "", **query: object) -> Answer:
        """Ask, with the words of the query as a part of the address."""
        words = [(name, one) for name, said in query.items() for one in (said if isinstance(said, list) else [said])]
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body)
        began = time.perf_counter()
        method = method or ("GET" if body is None else "POST")
        self._connection.request(method, f"{path}?{urlencode(words)}" if words else path, sent, headers)
        answer = self._connection.getresponse()
        read = answer.read()
        taken = (time.perf_counter() - began) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {read.decode()}")
        return taken, json.loads(read)

    def cpu_s(self) -> float:
        """Processor seconds of the process so far."""
        return cpu_s(self._process.pid)

    def memory(self) -> dict[str, float]:
        """Resident memory, and what of it is no file's pages."""
        lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        kb = {
            name: int(rest.split()[0])
            for name, _, rest in (line.partition(":") for line in lines)
            if rest.endswith("kB")
        }
        return {
            "peak_mb": kb["VmHWM"] // 1024, "resident_mb": kb["VmRSS"] // 1024, "anonymous_mb": kb["RssAnon"] // 1024,
        }  # fmt: skip


def cpu_s(pid: int) -> float:
    """Processor seconds of a process that runs."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _CLOCK


@contextmanager
def served(shop: Path) -> Iterator[Served]:
    """Serve the shop; `ready` is what it took until the address was said."""
    key = run(command("--shop", str(shop), "key", "make", "growth"), shop).said.strip()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.perf_counter()
    process = subprocess.Popen(command("--shop", str(shop), "serve", "--port", str(port)), stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        ready = {"ready_wall_s": round(time.perf_counter() - began, 1), "ready_cpu_s": round(cpu_s(process.pid), 1)}
        _wait(port)
        yield Served(process, port, key, ready)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_PATIENCE_S)


def _wait(port: int) -> None:
    """The address is said a moment before it listens."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the server does not listen")


def answers(server: Served, size: tuple[int, int]) -> dict[str, object]:
    """First, median and p99 milliseconds over HTTP, and the server's processor milliseconds, of each kind of answer."""
    n_products, n_events = size
    n_shoppers = max(10, n_events // EVENTS_EACH)

    def shopper(n: int) -> str:
        return f"s{n * 7919 % n_shoppers}"

    def product(n: int) -> str:
        return f"p{n * 104_729 % n_products}"

    kinds: dict[str, Callable[[int], Answer]] = {
        "for-you": lambda n: server.ask("/v1/recommend", shopper=shopper(n)),
        "similar": lambda n: server.ask("/v1/recommend", product=product(n)),
        "because": lambda n: server.ask("/v1/recommend", product=product(n), kind="because"),
        "together": lambda n: server.ask("/v1/recommend", basket=[product(n), product(n + 1)]),
        "complete": lambda n: server.ask("/v1/recommend", shopper=shopper(n), basket=[product(n)], kind="complete"),
        "next-basket": lambda n: server.ask("/v1/recommend", shopper=shopper(n), kind="next-basket"),
        "trending": lambda n: server.ask("/v1/recommend", kind="trending"),
        "nobody": lambda n: server.ask("/v1/recommend"),
        "search": lambda n: server.ask("/v1/search", q=QUERIES[n % len(QUERIES)], cards="true"),
        "search as a shopper": lambda n: server.ask("/v1/search", q=QUERIES[n % len(QUERIES)], shopper=shopper(n)),
        "suggest": lambda n: server.ask("/v1/suggest", prefix=QUERIES[n % len(QUERIES)][: 1 + n % 5]),
    }
    return {kind: _measured(server, ask) for kind, ask in kinds.items()}


def _measured(server: Served, ask: Callable[[int], Answer]) -> dict[str, float]:
    cpu = server.cpu_s()
    found = [ask(n) for n in range(REQUESTS)]
    cpu = server.cpu_s() - cpu
    taken = np.array([ms for ms, _ in found])
    items = [answer["items"] for _, answer in found]
    reasons = [bool(item["because"]) for answer in items for item in answer if "because" in item]
    return {
        "first_ms": round(float(taken[0]), 1),
        "p50_ms": round(float(np.quantile(taken[1:], 0.5)), 2),
        "p99_ms": round(float(np.quantile(taken[1:], 0.99)), 2),
        "cpu_ms": round(cpu * 1000 / REQUESTS, 2),
        "items": round(float(np.mean([len(answer) for answer in items])), 1),
        **({"with_reasons": round(float(np.mean(reasons)), 3)} if reasons else {}),
    }


def changes(server: Served, size: tuple[int, int]) -> dict[str, object]:
    """What one event and one product put do to the next answer."""
    n_products, n_events = size
    now = current_instant()
    newcomers = [{"session": f"new {now} {n}"} for n in range(ASKED)]
    shoppers = [{"shopper": f"s{(now + n * 7919) % max(10, n_events // EVENTS_EACH)}"} for n in range(ASKED)]
    products = [f"p{(now + n * 104_729) % n_products}" for n in range(ASKED)]
    found: dict[str, object] = {
        "newcomers": _after_an_event(server, zip(newcomers, products, strict=True)),
        "shoppers": _after_an_event(server, zip(shoppers, products, strict=True)),
    }
    for name in ("product", "another product"):
        title = f"Zyxwvut {name} kettle {now}"
        body = [{"id": f"put {name} {now}", "title": title, "price": 99, "released": now - DAY_MS}]
        put, _ = server.ask("/v1/products", body, method="PUT")
        began, slowest = time.perf_counter(), 0.0
        while True:
            asked, answer = server.ask("/v1/search", q=title)
            slowest = max(slowest, asked)
            if any(item["product"] == f"put {name} {now}" for item in answer["items"]):
                break
            assert time.perf_counter() - began < 30, "a product that was put must be found"
        found[name] = {
            "put_ms": round(put, 1), "found_after_ms": round((time.perf_counter() - began) * 1000),
            "slowest_answer_ms": round(slowest),
        }  # fmt: skip
    return found


def _after_an_event(server: Served, acts: Iterable[tuple[Mapping[str, str], str]]) -> dict[str, float]:
    """Each puts a product in the basket: how many of the ten next products are new, and how many rest on it."""
    noted, asked, new, named = [], [], [], []
    for who, product in acts:
        before = {item["product"] for item in server.ask("/v1/recommend", **who)[1]["items"]}
        noted.append(server.ask("/v1/events", [{"type": "cart", "product": product, **who}])[0])
        taken, after = server.ask("/v1/recommend", **who)
        asked.append(taken)
        new.append(len({item["product"] for item in after["items"]} - before))
        named.append(sum(product in cause["products"] for item in after["items"] for cause in item["because"]))
    return {
        "event_ms": round(float(np.median(noted)), 1),
        "answer_ms": round(float(np.median(asked)), 1),
        "new_of_10": round(float(np.mean(new)), 1),
        "rest_on_it": round(float(np.mean(named)), 1),
        "without_it": sum(not rests for rests in named),
    }
