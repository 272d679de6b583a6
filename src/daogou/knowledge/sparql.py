"""SPARQL 1.1 over the graph: reading only, on this machine only, within a time and a number of rows."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from daogou.domain.errors import BadRequest, Overloaded
from daogou.knowledge.names import PREFIXES

if TYPE_CHECKING:
    import pyoxigraph

Row = dict[str, str]
"""Variable to value; unbound variables are absent."""

MOST_ROWS = 10_000
TIMEOUT_S = 10.0
AT_ONCE = 2
"""Queries that may run at the same time. One that ran out of time goes on in its thread and keeps its place."""
_LONGEST_QUERY = 20_000
_QUOTED = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""' r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"' r"|'(?:[^'\\\n]|\\.)*'" r'|<[^<>"{}|^`\\\s]*>' r"|#[^\n]*",
    re.DOTALL,
)  # fmt: skip
_SERVICE = re.compile(r"(?<![?$:\w-])service\b(?!\s*:)", re.IGNORECASE)
_UPDATE = re.compile(
    r"(?<![?$:\w-])(insert|delete|load|clear|drop|create|add|move|copy|with)\b(?!\s*:)\s", re.IGNORECASE
)


class Sparql:
    """The quads of one release, loaded when the first query comes."""

    def __init__(self, quads: Path, *, timeout_s: float = TIMEOUT_S, most_rows: int = MOST_ROWS) -> None:
        self._quads = quads
        self._timeout_s = timeout_s
        self._most_rows = most_rows
        self._store: pyoxigraph.Store | None = None
        self._loading = threading.Lock()
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def query(self, sparql: str) -> list[Row]:
        """Answer SELECT, ASK ("ask": "true"), CONSTRUCT and DESCRIBE ("subject", "predicate", "object").

        Raises BadRequest for anything that is not a query, that reaches out (SERVICE), that takes longer than the
        time-out or gives more than the row limit; Overloaded while too many others run.
        """
        refuse(sparql)
        store = self._open()
        if not self._places.acquire(blocking=False):
            raise Overloaded(f"{AT_ONCE} graph queries are running; try again later")
        return self._within_time(lambda: self._run(store, sparql))

    def _run(self, store: pyoxigraph.Store, sparql: str) -> list[Row]:
        import pyoxigraph

        try:
            found = store.query(sparql, prefixes=PREFIXES, use_default_graph_as_union=True)
        except SyntaxError as error:
            raise BadRequest(f"not a SPARQL query: {error}", where="sparql") from None
        if isinstance(found, pyoxigraph.QueryBoolean):
            return [{"ask": "true" if found else "false"}]
        rows: list[Row] = []
        for answer in found:
            if len(rows) == self._most_rows:
                raise BadRequest(f"more than {self._most_rows} rows: add a LIMIT", where="sparql")
            rows.append(_row(answer, found))
        return rows

    def _within_time(self, work: Callable[[], list[Row]]) -> list[Row]:
        """Run in a thread of its own: the engine cannot be interrupted, but it can be left behind."""
        outcome: list[list[Row] | Exception] = []

        def run() -> None:
            try:
                outcome.append(work())
            except Exception as error:  # handed to the caller below
                outcome.append(error)
            finally:
                self._places.release()

        thread = threading.Thread(target=run, name="sparql", daemon=True)
        thread.start()
        thread.join(self._timeout_s)
        if not outcome:
            raise BadRequest(f"the query took longer than {self._timeout_s:g} s: make it narrower", where="sparql")
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        return outcome[0]

    def _open(self) -> pyoxigraph.Store:
        import pyoxigraph

        with self._loading:
            if self._store is None:
                store = pyoxigraph.Store()
                store.bulk_load(path=self._quads, format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)
                self._store = store
            return self._store


def refuse(sparql: str) -> None:
    """Raise BadRequest for updates, federation and overlong texts. Strings, IRIs and comments are not looked into."""
    if len(sparql) > _LONGEST_QUERY:
        raise BadRequest(f"a query has at most {_LONGEST_QUERY} characters, this one {len(sparql)}", where="sparql")
    bare = _QUOTED.sub(" ", sparql)
    if _SERVICE.search(bare):
        raise BadRequest("SERVICE would reach out to another machine; queries stay on this one", where="sparql")
    update = _UPDATE.search(bare)
    if update:
        raise BadRequest(f"{update.group(1).upper()} changes the graph; only queries are answered", where="sparql")


def _row(answer: object, found: object) -> Row:
    import pyoxigraph

    if isinstance(answer, pyoxigraph.Triple):
        return {"subject": _text(answer.subject), "predicate": _text(answer.predicate), "object": _text(answer.object)}
    assert isinstance(found, pyoxigraph.QuerySolutions)
    assert isinstance(answer, pyoxigraph.QuerySolution)
    return {v.value: _text(answer[v.value]) for v in found.variables if answer[v.value] is not None}


def _text(term: object) -> str:
    value = getattr(term, "value", None)
    return str(term) if value is None else str(value)
