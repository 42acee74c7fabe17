"""a mark that changes with what offices consist of

Set by triggers, at random: no two states ever share one, not even after a rollback or a restored backup.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# Counters that rise with every booking are no change of the resource.
COUNTERS = {"changes", "changed_at"}
WATCHED = (
    "office",
    "opening_hours",
    "closure",
    "resource",
    "resource_part",
    "pool",
    "category",
    "organisation",
    "activity",
)
NEW_MARK = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()::text"}


def upgrade() -> None:
    op.create_table(
        "directory_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=36), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_directory_mark_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_mark")),
    )
    dialect = op.get_bind().dialect.name
    op.execute(f"INSERT INTO directory_mark (id, mark) VALUES (1, {NEW_MARK[dialect]})")
    renew = f"UPDATE directory_mark SET mark = {NEW_MARK[dialect]};"
    if dialect == "sqlite":
        for table in WATCHED:
            for name, event in _events(table):
                op.execute(f"CREATE TRIGGER directory_{table}_{name} AFTER {event} ON {table} BEGIN {renew} END")
        return
    op.execute(
        "CREATE FUNCTION renew_directory_mark() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN {renew} RETURN NULL; END $$"
    )
    for table in WATCHED:
        for name, event in _events(table):
            op.execute(
                f"CREATE TRIGGER directory_{table}_{name} AFTER {event} ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION renew_directory_mark()"
            )


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in WATCHED:
        for name in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER directory_{table}_{name}" + ("" if sqlite else f" ON {table}"))
    if not sqlite:
        op.execute("DROP FUNCTION renew_directory_mark()")
    op.drop_table("directory_mark")


def _events(table: str) -> list[tuple[str, str]]:
    columns = [each["name"] for each in sa.inspect(op.get_bind()).get_columns(table)]
    told = ", ".join(each for each in columns if each not in COUNTERS)
    return [("insert", "INSERT"), ("update", f"UPDATE OF {told}"), ("delete", "DELETE")]
