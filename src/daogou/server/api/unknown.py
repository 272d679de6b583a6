"""A parameter that a route does not have is refused, not ignored: a misspelt one would change the answer unnoticed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from daogou.domain.errors import BadRequest
from daogou.server.document import roles_of

if TYPE_CHECKING:
    from fastapi.dependencies.models import Dependant
    from fastapi.routing import APIRoute


@dataclass(frozen=True, eq=False)
class Declared:
    """The parameters of each route; as a dependency it refuses others (400), with the nearest there is."""

    names: Mapping[Callable[..., Any], frozenset[str]]
    """By the route's function. Routes that anyone may call are not here: what a monitor adds to an address must not
    make a shop look dead."""

    @classmethod
    def of(cls, routes: Iterable[APIRoute]) -> Declared:
        """Read what the routes declare."""
        return cls({
            route.endpoint: frozenset(_names(route.dependant)) for route in routes if "public" not in roles_of(route)
        })  # fmt: skip

    async def __call__(self, request: Request) -> None:
        known = self.names.get(request.scope["endpoint"])
        if known is None or known.issuperset(request.query_params):
            return
        name = next(name for name in request.query_params if name not in known)
        raise BadRequest(f"unknown parameter {name!r}; {_advice(name, known)}", where=f"query.{name}")


def _names(dependant: Dependant) -> set[str]:
    own = {field.alias for field in dependant.query_params}
    return own.union(*map(_names, dependant.dependencies))


def _advice(name: str, known: frozenset[str]) -> str:
    near = difflib.get_close_matches(name[:50].casefold(), sorted(known), n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known: {', '.join(sorted(known))}" if known else "this address takes none"
