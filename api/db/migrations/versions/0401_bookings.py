"""Nights that children are booked for in homes, kept as facts of a kind of their own.

Software of before knows no such kind: on the way down they are put aside, and on the way up they stand again where they stood.
"""

import sqlalchemy as sa
from alembic import op

revision = "0401"
down_revision = "0202"
ASIDE = "booking_put_aside"
COLUMNS = "kind, ref, authority, cells, sealed, version, pool, changed_on, stamp"


def upgrade() -> None:
    """Take back what was put aside, if this record had bookings before."""
    if sa.inspect(op.get_bind()).has_table(ASIDE):
        op.execute(f"INSERT INTO fact ({COLUMNS}) SELECT {COLUMNS} FROM {ASIDE}")
        op.drop_table(ASIDE)


def downgrade() -> None:
    """Put bookings aside, column by column as they stand."""
    op.execute(f"CREATE TABLE {ASIDE} AS SELECT {COLUMNS} FROM fact WHERE kind = 'booking'")
    op.execute("DELETE FROM fact WHERE kind = 'booking'")
