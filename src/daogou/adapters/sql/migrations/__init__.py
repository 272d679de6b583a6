"""Alembic's environment; run by `schema.upgrade`, needs no ini file."""
