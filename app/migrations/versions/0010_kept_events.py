"""which bookings changed, so that a feed is written anew where it changed and nowhere else

The counters of resources and people, and now of organisations, rise with every change; a trigger writes down
which booking it was. The row of a counter is locked until its transaction ends, so its numbers come in the
order in which changes become visible. Columns are added plainly: a table made anew would lose its triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

COUNTED = ("resource", "person", "organisation")
COLUMNS = "(kind, of_id, number, booking_id, mark, at)"
# The mark is a number nobody can guess: the same number after a restored backup is not the same change.
MARKS = {"sqlite": "random()", "postgresql": "(random() * 9007199254740991)::bigint"}


def upgrade() -> None:
    for name, kind in (("changes", sa.Integer()), ("changed_at", sa.BigInteger())):
        op.add_column("organisation", sa.Column(name, kind, server_default="0", nullable=False))
    for table in COUNTED:
        op.add_column(table, sa.Column("changed_booking_id", sa.Integer(), nullable=True))
    op.create_table(
        "feed_change",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("of_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "of_id", "number", name=op.f("pk_feed_change")),
        sqlite_with_rowid=False,
    )
    dialect = op.get_bind().dialect.name
    for table in COUNTED:
        _write_down(table, dialect)
    op.execute(
        "UPDATE organisation SET changed_at = COALESCE((SELECT MAX(d.changed_at) FROM booking b"
        " JOIN booking_date d ON d.booking_id = b.id WHERE b.organisation_id = organisation.id), 0)"
    )


def _write_down(table: str, dialect: str) -> None:
    values = f"'{table}', NEW.id, NEW.changes, NEW.changed_booking_id, {MARKS[dialect]}, NEW.changed_at"
    begins = f"CREATE TRIGGER feed_change_{table} AFTER UPDATE OF changes ON {table} FOR EACH ROW"
    if dialect == "sqlite":
        op.execute(f"{begins} BEGIN INSERT OR REPLACE INTO feed_change {COLUMNS} VALUES ({values}); END")
        return
    op.execute(
        f"CREATE FUNCTION write_down_{table}_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" INSERT INTO feed_change {COLUMNS} VALUES ({values}) ON CONFLICT (kind, of_id, number)"
        " DO UPDATE SET booking_id = EXCLUDED.booking_id, mark = EXCLUDED.mark, at = EXCLUDED.at;"
        " RETURN NULL; END $$"
    )
    op.execute(f"{begins} EXECUTE FUNCTION write_down_{table}_change()")


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in COUNTED:
        op.execute(f"DROP TRIGGER feed_change_{table}" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            op.execute(f"DROP FUNCTION write_down_{table}_change()")
        op.drop_column(table, "changed_booking_id")
    op.drop_table("feed_change")
    op.drop_column("organisation", "changed_at")
    op.drop_column("organisation", "changes")
