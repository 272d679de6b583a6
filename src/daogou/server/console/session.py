"""An operator's session in the console: opened with a key, kept in a cookie, gone when the key is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.domain.errors import Forbidden
from daogou.domain.ids import Instant
from daogou.server.keys import role_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from daogou.server.pages.forms import Form
    from daogou.server.pages.site import Site

COOKIE = "daogou_console"
LASTS_S = 12 * 3600
_ROLES = frozenset({"operator", "admin"})


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever holds the console's cookie."""

    name: str
    csrf: str
    """What each form of the console must carry."""


class Sessions:
    """Opens and reads sessions. A cookie says "name.expires.proof"; the proof covers the key's hash, so that a key
    that was replaced or withdrawn closes its sessions."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def open(self, key: str) -> str | None:
        """Return a cookie for the holder of a key, or None where the key may not enter the console."""
        found = role_of(self._site.shop.stores, key.strip())
        if found is None or found[1] not in _ROLES:
            return None
        expires = self._site.shop.clock() + LASTS_S * 1000
        return f"{found[0]}.{expires}.{self._proof(found[0], expires)}"

    def read(self, request: Request) -> Operator | None:
        """Who the request comes from; None for anybody without a session that holds."""
        cookie = request.cookies.get(COOKIE, "")
        name, _, rest = cookie.partition(".")
        expires, _, proof = rest.partition(".")
        if not (expires.isascii() and expires.isdecimal() and len(expires) < 16 and proof.isascii()):
            return None
        entry = self._site.shop.stores.ledger.get("key", name)
        if entry is None or entry["role"] not in _ROLES or Instant(int(expires)) <= self._site.shop.clock():
            return None
        if not self._site.tokens.proves(proof, "console", self._subject(name, int(expires))):
            return None
        return Operator(name, self._site.tokens.proof("console form", cookie))

    def demand(self, request: Request) -> Operator:
        """Who the request comes from. Raises Forbidden for anybody without a session."""
        operator = self.read(request)
        if operator is None:
            raise Forbidden("sign in to the console first", where="console")
        return operator

    def demand_form(self, request: Request, form: Form) -> Operator:
        """Like `demand`, for a form, which must carry the session's token."""
        operator = self.demand(request)
        if not self._site.tokens.proves(form.get("csrf", ""), "console form", request.cookies[COOKIE]):
            raise Forbidden("this form is out of date; load the page again", where="csrf")
        return operator

    def _proof(self, name: str, expires: int) -> str:
        return self._site.tokens.proof("console", self._subject(name, expires))

    def _subject(self, name: str, expires: int) -> str:
        entry = self._site.shop.stores.ledger.get("key", name)
        return f"{name}\0{expires}\0{entry['hash'] if entry else ''}"
