"""Shopper tokens: who a browser or an app acts as, signed by the shop and good for a while."""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from daogou.domain.ids import Instant, SessionId, ShopperId

if TYPE_CHECKING:
    from pathlib import Path

SECRET_FILE = "token.secret"  # noqa: S105 (a file name)
"""In the shop's folder, readable by its owner only."""
PREFIX = "st_"
"""Tells a shopper token from a key at a glance."""


class Identity(msgspec.Struct, frozen=True, array_like=True):
    """What a token says. Without a shopper it is an anonymous session."""

    shopper: ShopperId | None
    session: SessionId | None
    expires: Instant


@dataclass(frozen=True, slots=True)
class Tokens:
    """Signs and reads tokens with the shop's secret (HMAC-SHA256 over the identity)."""

    secret: bytes

    def sign(self, identity: Identity) -> str:
        """Make a token that `read` accepts until the identity expires."""
        payload = msgspec.json.encode(identity)
        return f"{PREFIX}{_text(payload)}.{_text(self._mac(payload))}"

    def read(self, token: str, *, at: Instant) -> Identity | None:
        """What the token says, or None where it is not ours, was changed, or has expired."""
        payload, _, mac = token.removeprefix(PREFIX).partition(".")
        try:
            body, given = _bytes(payload), _bytes(mac)
        except ValueError:
            return None
        if not token.startswith(PREFIX) or not hmac.compare_digest(given, self._mac(body)):
            return None
        identity = msgspec.json.decode(body, type=Identity)
        return identity if at < identity.expires else None

    def proof(self, purpose: str, subject: str) -> str:
        """A value only this shop can make for a purpose and a subject, such as a form's CSRF field."""
        return _text(self._mac(f"{purpose}\0{subject}".encode()))

    def proves(self, given: str, purpose: str, subject: str) -> bool:
        """Was `given` made by `proof`? Takes the same time whatever the answer."""
        return hmac.compare_digest(given.encode(), self.proof(purpose, subject).encode())

    def _mac(self, payload: bytes) -> bytes:
        return hmac.digest(self.secret, payload, "sha256")


def open_tokens(folder: Path | None) -> Tokens:
    """Tokens with the secret kept in the shop's folder, made on first use and readable by its owner only.

    A shop without a folder (in memory) gets a secret that lives as long as the process.
    """
    return Tokens(_secret(folder / SECRET_FILE) if folder else secrets.token_bytes(32))


def _secret(path: Path) -> bytes:
    """Read the secret, or make it. Two processes that start at once agree: the link is made by one of them only."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first: its secret is the shop's
        finally:
            draft.unlink()
    secret = path.read_bytes()
    if len(secret) < 32:
        raise ValueError(f"{path} holds {len(secret)} bytes, expected 32: delete it to make a new secret")
    return secret


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
