"""Each change of a fact leaves a stamp of its own, so that what was read before need not be read again."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0201"
down_revision = "0104"


def upgrade() -> None:
    """Add the stamps; every fact that is there gets one."""
    op.add_column("fact", sa.Column("stamp", sa.String(length=32), nullable=True))
    fact = sa.table("fact", *(sa.column(name) for name in ("kind", "ref", "stamp")))
    rows = op.get_bind().execute(sa.select(fact.c.kind, fact.c.ref)).all()
    for kind, ref in rows:
        here = (fact.c.kind == kind) & (fact.c.ref == ref)
        op.get_bind().execute(fact.update().where(here).values(stamp=uuid.uuid4().hex))
    with op.batch_alter_table("fact") as table:
        table.alter_column("stamp", existing_type=sa.String(length=32), nullable=False)
        table.create_index("ix_fact_stamp", ["stamp"])


def downgrade() -> None:
    """Remove them."""
    with op.batch_alter_table("fact") as table:
        table.drop_index("ix_fact_stamp")
        table.drop_column("stamp")
