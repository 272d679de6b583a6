"""Pictures and static files: only what lies inside one folder, with types and headers that keep them inert."""

from __future__ import annotations

import functools
import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from daogou.domain.errors import NotFound

PICTURES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".gif": "image/gif",
}
ASSETS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_INERT = {
    "X-Content-Type-Options": "nosniff",
    # An SVG opened by itself is a document: no scripts, no requests, only its own style.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


def inside(folder: Path, name: str) -> Path:
    """Return the file `name` below `folder`. Raises NotFound for anything else, links that lead outside included."""
    try:
        root = folder.resolve()
        path = (root / name).resolve()
        if path.is_relative_to(root) and path.is_file() and not any(part.startswith(".") for part in Path(name).parts):
            return path
    except (OSError, ValueError):  # a name too long or with a NUL is no name of a file
        pass
    raise NotFound(f"no file {name!r}", where="path")


def picture(folder: Path, name: str) -> Response:
    """Send a picture of the shop; files that are no pictures do not exist here."""
    path = inside(folder, name)
    kind = PICTURES.get(path.suffix.lower())
    if kind is None:
        raise NotFound(f"{name!r} is not a picture", where="path")
    return FileResponse(path, media_type=kind, headers={"Cache-Control": "public, max-age=86400", **_INERT})


@dataclass(frozen=True, slots=True)
class Asset:
    """A style sheet or script that ships with the program."""

    body: bytes
    packed: bytes
    """The body, gzipped once."""
    kind: str
    tag: str
    """A digest of the body: the entity tag, and the version in its address."""


STATIC = Path(__file__).parent.parent / "static"


@functools.cache
def asset(name: str) -> Asset:
    """Read a static file, once a process. Raises NotFound."""
    path = inside(STATIC, name)
    kind = ASSETS.get(path.suffix)
    if kind is None:
        raise NotFound(f"{name!r} is not a page's file", where="path")
    body = path.read_bytes()
    return Asset(body, gzip.compress(body, 9, mtime=0), kind, hashlib.sha256(body).hexdigest()[:16])


def static(request: Request, name: str) -> Response:
    """Send a static file, packed where the browser takes that; an address with the right version never expires."""
    file = asset(name)
    headers = {"ETag": f'"{file.tag}"', "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    versioned = request.query_params.get("v") == file.tag
    headers["Cache-Control"] = "public, max-age=31536000, immutable" if versioned else "no-cache"
    if request.headers.get("if-none-match") == f'"{file.tag}"':
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.packed, media_type=file.kind, headers={**headers, "Content-Encoding": "gzip"})
    return Response(file.body, media_type=file.kind, headers=headers)


def address(name: str) -> str:
    """The address of a static file with its version."""
    return f"/static/{name}?v={asset(name).tag}"
