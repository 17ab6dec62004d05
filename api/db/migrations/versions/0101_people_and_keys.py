"""People who sign in elsewhere, second factors, keys of machines, pools; wrong tries counted for any name alike."""

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision = "0301"


def upgrade() -> None:
    """Add them. Codes set up before this were never offered; nobody loses one."""
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("subject", sa.String(400), nullable=True))
        person.add_column(sa.Column("totp", sa.LargeBinary(), nullable=True))
        person.add_column(sa.Column("totp_confirmed", sa.Boolean(), nullable=False, server_default=sa.false()))
        person.add_column(sa.Column("totp_step", sa.Integer(), nullable=False, server_default="0"))
        person.add_column(sa.Column("recovery", sa.JSON(), nullable=False, server_default="[]"))
        person.alter_column("authority", existing_type=sa.String(9), type_=sa.String(80))
        person.drop_column("totp_secret")
        person.drop_column("wrong_tries")
        person.drop_column("wrong_since")
        person.create_unique_constraint("person_subject_key", ["subject"])
    for name in ("proved_at", "checked_at", "checking_at"):
        op.add_column("signed_in", sa.Column(name, sa.DateTime(), nullable=True))
    op.add_column("signed_in", sa.Column("provider_session", sa.String(64), nullable=True))
    op.add_column("signed_in", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.create_index("ix_signed_in_provider_session", "signed_in", ["provider_session"])
    op.create_table(
        "wrong_try",
        sa.Column("whose", sa.String(64), primary_key=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "used_once",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("until", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(80), nullable=False),
        sa.Column("authority", sa.String(80), nullable=True),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("last_used", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
    )
    op.create_table(
        "pool_member",
        sa.Column("pool", sa.String(80), primary_key=True),
        sa.Column("authority", sa.String(9), primary_key=True),
    )
    op.create_index("ix_pool_member_authority", "pool_member", ["authority"])


def downgrade() -> None:
    """Remove them."""
    for table in ("pool_member", "api_key", "used_once", "wrong_try"):
        op.drop_table(table)
    op.drop_index("ix_signed_in_provider_session", "signed_in")
    for name in ("sealed", "provider_session", "checking_at", "checked_at", "proved_at"):
        op.drop_column("signed_in", name)
    with op.batch_alter_table("person") as person:
        person.drop_constraint("person_subject_key", type_="unique")
        for name in ("recovery", "totp_step", "totp_confirmed", "totp", "subject"):
            person.drop_column(name)
        person.alter_column("authority", existing_type=sa.String(80), type_=sa.String(9))
        person.add_column(sa.Column("totp_secret", sa.String(64), nullable=True))
        person.add_column(sa.Column("wrong_tries", sa.Integer(), nullable=False, server_default="0"))
        person.add_column(sa.Column("wrong_since", sa.DateTime(), nullable=True))
