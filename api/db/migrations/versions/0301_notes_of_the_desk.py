"""What people at the desks note while they work: drafts, calls, first thoughts, agreements asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0301"
down_revision = "0002"


def upgrade() -> None:
    """Add the notes."""
    op.create_table(
        "note",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("authority", sa.String(length=80), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_note_about", "note", ["about"])


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_note_about", "note")
    op.drop_table("note")
