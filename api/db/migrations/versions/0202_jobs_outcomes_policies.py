"""Jobs and their files, outcomes of placements, policies on their way, scenarios."""

import sqlalchemy as sa
from alembic import op

revision = "0202"
down_revision = "0201"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=36), primary_key=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("authority", sa.String(length=9), nullable=True),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False, index=True),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column("stopping", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("problem", sa.JSON(), nullable=True),
    )
    op.create_table(
        "kept_file",
        sa.Column("owner", sa.String(length=60), primary_key=True),
        sa.Column("name", sa.String(length=120), primary_key=True),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "outcome",
        sa.Column("placed", sa.String(length=36), primary_key=True),
        sa.Column("point", sa.String(length=12), primary_key=True),
        sa.Column("child", sa.String(length=80), nullable=False, index=True),
        sa.Column("home", sa.String(length=80), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("found", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "policy_chosen",
        sa.Column("id", sa.String(length=36), primary_key=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("policy_version", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("drafted_by", sa.String(length=80), nullable=False),
        sa.Column("drafted_at", sa.DateTime(), nullable=False),
        sa.Column("tried", sa.String(length=36), nullable=True),
        sa.Column("signed_by", sa.String(length=80), nullable=True),
        sa.Column("signed_at", sa.DateTime(), nullable=True),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "scenario",
        sa.Column("id", sa.String(length=36), primary_key=True),
        sa.Column("authority", sa.String(length=9), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    for table in ("scenario", "policy_chosen", "outcome", "kept_file", "job"):
        op.drop_table(table)
