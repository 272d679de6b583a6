"""Errors a surface can answer; everything else is a defect and is allowed to surface."""

from __future__ import annotations


class DaogouError(Exception):
    """Base of the errors that carry a message for a person."""

    code = "error"
    status = 500
    """What an HTTP surface answers with."""

    def __init__(self, message: str, *, where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where


class BadRequest(DaogouError):
    """The caller asked for something that cannot be."""

    code = "bad_request"
    status = 400

    @classmethod
    def of_line(cls, number: int, error: Exception) -> BadRequest:
        """What msgspec says of a line of JSON, counted from 1, with the field that it names."""
        text, _, place = str(error).partition(" - at `$.")
        field = place.rstrip("`") or "the line"
        return cls(f"line {number}, {field}: {text}", where=f"line {number}")


class NotFound(DaogouError):
    """No such product, shopper, order, release."""

    code = "not_found"
    status = 404


class Forbidden(DaogouError):
    """Known caller, wrong role."""

    code = "forbidden"
    status = 403


class Busy(DaogouError):
    """Somebody else is doing what only one may do at a time."""

    code = "busy"
    status = 409


class Overloaded(DaogouError):
    """A bounded queue is full; try again later."""

    code = "overloaded"
    status = 429


class StorageFull(DaogouError):
    """The disk takes no more writes; reads go on."""

    code = "storage_full"
    status = 507


class NotReady(DaogouError):
    """The shop lacks something the request needs, such as a first release."""

    code = "not_ready"
    status = 503


class CorruptRelease(DaogouError):
    """An artifact is not what its manifest says."""

    code = "corrupt_release"


class CorruptStore(DaogouError):
    """The shop's facts, or a backup of them, are damaged."""

    code = "corrupt_store"


class MissingExtra(DaogouError):
    """An optional library is not installed; the message is the install command."""

    code = "missing_extra"


class BadSettings(DaogouError):
    """daogou.toml says something that cannot be."""

    code = "bad_settings"
    status = 400


class HostileInput(DaogouError):
    """A file goes beyond a limit that protects the machine."""

    code = "hostile_input"
    status = 413
