"""What a plan was made from is kept whole: its policy as text; places of its caseload are sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the texts of policies, and the sealed places of plans."""
    op.create_table(
        "policy",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint"),
    )
    op.add_column("plan", sa.Column("sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Remove them."""
    op.drop_column("plan", "sealed")
    op.drop_table("policy")
