"""The formats an import knows, in the order in which a file is held against them."""

from daogou.ingest.formats.base import Format
from daogou.ingest.formats.own import OWN
from daogou.ingest.reading.look import Look

FORMATS: tuple[Format, ...] = (OWN,)


def recognise(look: Look) -> Format | None:
    """The first format that knows the file."""
    return next((format for format in FORMATS if format.recognise(look)), None)
