"""the daily roll-up, and triggers that tell which of its days have changed

A mark is only ever added, never raised or merged: transactions that book at the same time do not wait for
each other here, and a mark that was taken tells of nothing that is not committed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

DAY_OF_OFFICE = (("office_id", "office"), ("day", None))
# By table: the key after office and day, with what it refers to, and the other columns.
TABLES = {
    "usage_time": (
        [("resource_id", "resource")],
        ["available", "booked", "used", "seats_available", "seats_counted"],
    ),
    "usage_share": ([("resource_id", "resource"), ("category_id", "category")], ["used"]),
    "usage_dates": (
        [("kinds", None), ("category_id", "category"), ("organisation_id", "organisation")],
        ["bookings", "no_shows", "counted", "missing", "women", "men", "other"],
    ),
}
DETAILS = (*TABLES, "usage_long", "usage_persons")

# From ever, for ever: what changes the open time of all days, or what of it counts.
ALWAYS = "-172800, 8589934592"
OF_DATE = (
    "SELECT resource.office_id, slot.starts_at, slot.ends_at FROM slot"
    " JOIN resource ON resource.id = slot.resource_id WHERE slot.date_id"
)


def _slot(row: str) -> str:
    return f"SELECT office_id, {row}.starts_at, {row}.ends_at FROM resource WHERE id = {row}.resource_id"


def _closure(row: str) -> str:
    return f"SELECT {row}.office_id, {row}.starts_at, {row}.ends_at"


def _office(row: str) -> str:
    return f"SELECT {row}.office_id, {ALWAYS}"


def _capacity(row: str) -> str:
    return f"SELECT office_id, {ALWAYS} FROM resource WHERE id = {row}.resource_id"


def _part(row: str) -> str:
    return f"SELECT office_id, {ALWAYS} FROM resource WHERE id IN ({row}.whole_id, {row}.part_id)"


# By table: the columns whose change matters, and what is to be looked at again when they do.
WATCHED = {
    "slot": (("date_id", "resource_id", "starts_at", "ends_at"), _slot),
    "closure": (("office_id", "resource_id", "starts_at", "ends_at", "retired_at"), _closure),
    "opening_hours": (
        ("office_id", "resource_id", "weekday", "opens_minute", "closes_minute", "valid_from", "valid_to"),
        _office,
    ),
    "resource": (("office_id", "kind", "capacity", "active_from", "active_to"), _office),
    "resource_capacity": (("resource_id", "capacity", "valid_from", "valid_to"), _capacity),
    "resource_part": (("whole_id", "part_id"), _part),
}
# What a date or a booking says of all its slots, and the office of all its days.
FOLLOWED = {
    "booking_date": (("starts_at", "status", "women", "men", "other"), f"{OF_DATE} = NEW.id"),
    "booking": (
        ("category_id", "organisation_id", "imported_as"),
        f"{OF_DATE} IN (SELECT id FROM booking_date WHERE booking_id = NEW.id)",
    ),
    "office": (("timezone",), f"SELECT NEW.id, {ALWAYS}"),
}


def upgrade() -> None:
    _create_tables()
    for table, event, columns, when, changed in _triggers():
        _watch(table, event, columns, when, changed)


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, event, *_ in _triggers():
        op.execute(f"DROP TRIGGER {_name(table, event)}" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            op.execute(f"DROP FUNCTION {_name(table, event)}()")
    for table in ("usage_change", "usage_day", *DETAILS):
        op.drop_table(table)


def _triggers():
    for table, (columns, changed) in WATCHED.items():
        yield table, "INSERT", columns, "", changed("NEW")
        yield table, "UPDATE", columns, _differs(columns), f"{changed('OLD')} UNION {changed('NEW')}"
        yield table, "DELETE", columns, "", changed("OLD")
    for table, (columns, changed) in FOLLOWED.items():
        yield table, "UPDATE", columns, _differs(columns), changed


def _watch(table: str, event: str, columns: tuple[str, ...], when: str, changed: str) -> None:
    name = _name(table, event)
    add = f"INSERT INTO usage_change (office_id, starts_at, ends_at) {changed};"
    of = f" OF {', '.join(columns)}" if event == "UPDATE" else ""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER {name} AFTER {event}{of} ON {table} {when} BEGIN {add} END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {add} RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} AFTER {event}{of} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {name}()"
    )


def _name(table: str, event: str) -> str:
    return f"usage_{table}_{event.lower()}"


def _differs(columns: tuple[str, ...]) -> str:
    if op.get_bind().dialect.name == "sqlite":  # before 3.39 it knows no IS DISTINCT FROM
        return f"WHEN {' OR '.join(f'OLD.{each} IS NOT NEW.{each}' for each in columns)}"
    return f"WHEN ({' OR '.join(f'OLD.{each} IS DISTINCT FROM NEW.{each}' for each in columns)})"


def _create_tables() -> None:
    op.create_table(
        "usage_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_usage_change_office_id_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_change")),
    )
    _by_day(
        "usage_day",
        [],
        [
            sa.Column("method", sa.String(length=10), nullable=False),
            sa.Column("counted_at", sa.BigInteger(), nullable=False),
        ],
    )
    for table, (key, values) in TABLES.items():
        _by_day(table, key, [sa.Column(each, sa.Integer(), nullable=False) for each in values])
    _by_day(
        "usage_long",
        [("date_id", None)],
        [
            sa.Column("starts_on", sa.Integer(), nullable=False),
            sa.Column("category_id", sa.Integer(), nullable=False),
            sa.Column("organisation_id", sa.Integer(), nullable=False),
            *(sa.Column(each, sa.Integer(), nullable=True) for each in ("women", "men", "other")),
            *(sa.Column(each, sa.Integer(), nullable=False) for each in ("used", "attended", "no_show")),
        ],
        refers=[("category_id", "category"), ("organisation_id", "organisation")],
    )
    _by_day(
        "usage_persons",
        [("kind", None), ("parts", None)],
        [sa.Column("person_seconds", sa.BigInteger(), nullable=False)],
    )


def _by_day(table: str, key: list, values: list[sa.Column], refers: list = ()) -> None:
    columns = [*DAY_OF_OFFICE, *key]
    op.create_table(
        table,
        *(sa.Column(name, sa.Integer(), nullable=False) for name, _ in columns),
        *values,
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}_{other}"))
            for name, other in (*columns, *refers)
            if other
        ),
        sa.PrimaryKeyConstraint(*(name for name, _ in columns), name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )
