"""Keys of the HTTP API and the console: shown once when made; the shop keeps only their hashes."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import time
from typing import TYPE_CHECKING, Literal, get_args

from daogou.domain.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from daogou.ports.stores import Stores

KeyRole = Literal["service", "operator", "admin"]
KEY_ROLES: tuple[KeyRole, ...] = get_args(KeyRole)

PREFIX = "dk_"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def create_key(stores: Stores, role: str, name: str) -> str:
    """Make a key and return it: the only time it can be seen. A name in use gets a new key; the old one stops working.

    Raises BadRequest for an unknown role or a name that is not 1 to 64 of letters, digits, "_" and "-".
    """
    if role not in KEY_ROLES:
        raise BadRequest(f"{role!r} is not a role; expected one of {', '.join(KEY_ROLES)}", where="role")
    if not _NAME.fullmatch(name):
        raise BadRequest(f"{name!r} is not a name for a key: use letters, digits, '_' and '-'", where="name")
    secret = secrets.token_hex(32)
    stores.ledger.put("key", name, {"role": role, "hash": _hash(secret), "created": int(time.time() * 1000)})
    return f"{PREFIX}{name}.{secret}"


def revoke_key(stores: Stores, name: str) -> None:
    """Let a key stop working; its name stays listed. Raises NotFound where the shop has no such key."""
    entry = stores.ledger.get("key", name)
    if entry is None:
        raise NotFound(f"no key is called {name!r}; `daogou key list` shows the names", where="name")
    stores.ledger.put("key", name, {**entry, "hash": "", "revoked": int(time.time() * 1000)})


def role_of(stores: Stores, key: str) -> tuple[str, KeyRole] | None:
    """The name and role of a key, or None where the shop has no such key. The comparison takes constant time."""
    name, _, secret = key.removeprefix(PREFIX).partition(".")
    if not key.startswith(PREFIX) or not _NAME.fullmatch(name):
        return None
    entry = stores.ledger.get("key", name)
    expected = str(entry["hash"]) if entry else _hash("")
    right = hmac.compare_digest(_hash(secret), expected)
    role = next((each for each in KEY_ROLES if entry and entry["role"] == each), None)
    return (name, role) if right and role else None


def make_demo_keys(folder: Path) -> Path:
    """Make one key of each role for the shop in `folder`, write them to its `keys.txt` (0600), and return that path.

    A keys.txt that is there already is left as it is.
    """
    path = folder / "keys.txt"
    if path.exists():
        return path
    from daogou.shop.shop import open_shop

    shop = open_shop(folder)
    try:
        lines = [f"{role}\t{create_key(shop.stores, role, f'demo-{role}')}\n" for role in KEY_ROLES]
    finally:
        shop.close()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(lines)
    return path


def _hash(secret: str) -> str:
    # A key is 32 random bytes, so one round of SHA-256 is enough: there is nothing to guess.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
