"""The version of this package; nothing here imports anything."""

__version__ = "0.1.0"
