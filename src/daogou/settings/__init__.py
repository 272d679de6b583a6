"""The settings of a shop as one typed tree, read from daogou.toml."""

from daogou.settings.load import read, write_default
from daogou.settings.tree import Settings

__all__ = ["Settings", "read", "write_default"]
