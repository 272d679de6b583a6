"""Reviews are numbered in the order of their changes, so that new ones can be read by themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("review", sa.Column("change", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.create_index("review_by_change", "review", ["change"], unique=False)
