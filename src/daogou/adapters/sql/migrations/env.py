"""Runs the migrations inside the transaction that `schema.upgrade` has begun."""

from __future__ import annotations

from alembic import context

from daogou.adapters.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
