"""Who looks at the page: a session, perhaps a signed-in shopper, and the language they read."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from daogou.domain.ids import SessionId
from daogou.domain.text import Language
from daogou.server.pages.words import LANGUAGES

if TYPE_CHECKING:
    from starlette.requests import Request

    from daogou.domain.ids import Instant, ShopperId
    from daogou.server.tokens import Tokens

SESSION, SHOPPER, LANGUAGE = "daogou_session", "daogou_shopper", "daogou_language"
_SESSION_FORM = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """A reader of one page."""

    session: SessionId
    language: Language
    shopper: ShopperId | None = None
    new: bool = False
    """The session began with this request: its cookie must be set."""
    chose: bool = False
    """The language was chosen with this request."""


def visitor(request: Request, *, tokens: Tokens, at: Instant, default: Language) -> Visitor:
    """Tell who asks, from cookies alone; a shopper token that does not hold is as good as none."""
    kept = request.cookies.get(SESSION, "")
    new = _SESSION_FORM.fullmatch(kept) is None
    session = SessionId(secrets.token_urlsafe(18) if new else kept)
    identity = tokens.read(request.cookies.get(SHOPPER, ""), at=at)
    asked = request.query_params.get("lang")
    return Visitor(
        session=session,
        language=_language(request, default),
        shopper=identity.shopper if identity else None,
        new=new,
        chose=asked in LANGUAGES,
    )


def _language(request: Request, default: Language) -> Language:
    """Asked for now, chosen before, preferred by the browser, or the shop's own: in this order."""
    wishes = [request.query_params.get("lang"), request.cookies.get(LANGUAGE)]
    wishes += _preferred(request.headers.get("accept-language", ""))
    return next((language for wish in wishes for language in LANGUAGES if wish == language), default)


def _preferred(header: str) -> list[str]:
    """Primary subtags of Accept-Language, most wanted first (RFC 9110, 12.5.4)."""
    weighed = []
    for part in header.split(",")[:20]:
        tag, _, quality = part.strip().partition(";q=")
        try:
            weighed.append((-float(quality or 1), tag.partition("-")[0].lower()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(weighed, key=lambda pair: pair[0])]
