"""Who is calling and what they may do. Nothing is allowed that a route does not declare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Depends
from starlette.requests import Request

from daogou.domain.errors import Forbidden
from daogou.domain.ids import Instant, SessionId, ShopperId
from daogou.server.errors import Unauthorised
from daogou.server.keys import create_key, role_of
from daogou.server.tokens import PREFIX, Identity, Tokens, open_tokens

if TYPE_CHECKING:
    from daogou.shop.shop import Shop

__all__ = [
    "Allow",
    "Anyone",
    "Caller",
    "Gate",
    "Monitors",
    "Operators",
    "Public",
    "Services",
    "acting_as",
    "create_key",
]

Role = Literal["public", "shopper", "service", "operator", "admin"]

TOKEN_TTL_MS = 24 * 3600 * 1000
"""How long a shopper token is good for: a day, so that a lost one does not matter for long."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The one a request comes from."""

    role: Role
    name: str = ""
    """The key's name; empty for shoppers."""
    shopper: ShopperId | None = None
    session: SessionId | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """Knows callers by their key or token."""

    shop: Shop
    tokens: Tokens

    @classmethod
    def of(cls, shop: Shop) -> Gate:
        """The gate of a shop, with the secret in its folder."""
        return cls(shop, open_tokens(shop.folder))

    def caller(self, credential: str) -> Caller | None:
        """The holder of a key or shopper token; None where it does not hold."""
        if credential.startswith(PREFIX):
            identity = self.tokens.read(credential, at=self.shop.clock())
            if identity is None:
                return None
            return Caller("shopper", shopper=identity.shopper, session=identity.session)
        found = role_of(self.shop.stores, credential)
        return Caller(found[1], name=found[0]) if found else None

    def token(self, *, shopper: ShopperId | None, session: SessionId | None, ttl_ms: int = TOKEN_TTL_MS) -> str:
        """Make a shopper token."""
        return self.tokens.sign(Identity(shopper, session, Instant(self.shop.clock() + ttl_ms)))


@dataclass(frozen=True)
class Allow:
    """A route's declaration of who may call it; as a dependency it returns the caller or refuses (401, 403)."""

    roles: frozenset[Role]

    async def __call__(self, request: Request) -> Caller:
        if "public" in self.roles:
            return Caller("public")
        scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not credential:
            raise Unauthorised("send a key or a shopper token as `Authorization: Bearer …`", where="Authorization")
        gate: Gate = request.app.state.gate
        caller = gate.caller(credential.strip())
        if caller is None:
            raise Unauthorised("this key or token is unknown or has expired", where="Authorization")
        if caller.role not in self.roles:
            allowed = ", ".join(sorted(self.roles))
            raise Forbidden(f"this needs the role {allowed}; yours is {caller.role}", where=request.url.path)
        return caller


PUBLIC = Allow(frozenset({"public"}))
ANYONE = Allow(frozenset({"shopper", "service", "operator", "admin"}))
SERVICES = Allow(frozenset({"service", "admin"}))
OPERATORS = Allow(frozenset({"operator", "admin"}))
MONITORS = Allow(frozenset({"service", "operator", "admin"}))

Public = Annotated[Caller, Depends(PUBLIC)]
Anyone = Annotated[Caller, Depends(ANYONE)]
"""Whoever has a key or token."""
Services = Annotated[Caller, Depends(SERVICES)]
Operators = Annotated[Caller, Depends(OPERATORS)]
Monitors = Annotated[Caller, Depends(MONITORS)]
"""Any key, no shopper."""


def acting_as(
    caller: Caller, shopper: str | None, session: str | None, *, where: str = ""
) -> tuple[ShopperId | None, SessionId | None]:
    """Whose answer a request gets: a token's own shopper and session; with a key, whoever it names.

    Raises Forbidden where a token names somebody else.
    """
    if caller.role != "shopper":
        return ShopperId(shopper) if shopper else None, SessionId(session) if session else None
    for name, given, own in (("shopper", shopper, caller.shopper), ("session", session, caller.session)):
        if given and given != own:
            raise Forbidden(f"this token may not act as {name} {given!r}", where=f"{where}{name}")
    return caller.shopper, caller.session
