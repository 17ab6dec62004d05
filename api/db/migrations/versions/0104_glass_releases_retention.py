"""Looks through broken glass, releases of an address, notices for managers, legal holds, people erased."""

import sqlalchemy as sa
from alembic import op

revision = "0104"
down_revision = "0103"


def upgrade() -> None:
    """Add their tables."""
    op.create_table(
        "glass",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("person", sa.String(80), nullable=False),
        sa.Column("authority", sa.String(80), nullable=True),
        sa.Column("child", sa.String(80), nullable=False),
        sa.Column("whose", sa.String(80), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("review_by", sa.Date(), nullable=False),
        sa.Column("reviewed_by", sa.String(80), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(), nullable=True),
        sa.Column("justified", sa.Boolean(), nullable=True),
        sa.Column("finding", sa.LargeBinary(), nullable=True),
    )
    op.create_table(
        "release",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("ref", sa.String(120), nullable=False),
        sa.Column("authority", sa.String(80), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("agreed_by", sa.String(80), nullable=True),
        sa.Column("ends_at", sa.DateTime(), nullable=True),
        sa.Column("refused_by", sa.String(80), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("authority", sa.String(80), nullable=True),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("seen_by", sa.String(80), nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
    )
    op.create_index("ix_notice_authority", "notice", ["authority"])
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("ref", sa.String(120), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_by", sa.String(80), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("lifted_by", sa.String(80), nullable=True),
        sa.Column("lifted_at", sa.DateTime(), nullable=True),
    )
    op.create_index("ix_legal_hold_ref", "legal_hold", ["ref"])
    op.create_table(
        "erased",
        sa.Column("subject", sa.String(130), primary_key=True),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("rule", sa.String(80), nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    for table in ("erased", "legal_hold", "notice", "release", "glass"):
        op.drop_table(table)
