"""Nothing of a person can stand in a table that export and erasure do not know of."""

from app.models import Base
from app.services.privacy.reach import BY_ADDRESS, BY_NUMBER

# What is called like that and is no person: an office, an address on the web, the installation, a room.
PLACES = {"office.address", "outside_calendar.address", "outbox_mail.sender", "received_mail.recipient"}
SOUNDS_LIKE = ("email", "recipient", "sender", "address", "attendee", "contact", "reply_to")


def test_every_column_with_a_person_is_known() -> None:
    people = Base.metadata.tables["person"]
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.column.table is people for key in column.foreign_keys)
    }
    assert found == set(BY_NUMBER)


def test_every_column_with_an_address_is_known() -> None:
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(sound in column.name for sound in SOUNDS_LIKE)
    }
    assert found - PLACES == set(BY_ADDRESS)


def test_what_is_emptied_can_be_empty() -> None:
    for name, how in {**BY_NUMBER, **BY_ADDRESS}.items():
        table, _, column = name.partition(".")
        if how == "empty" and name in BY_NUMBER:
            assert Base.metadata.tables[table].c[column].nullable, name
