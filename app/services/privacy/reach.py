"""Where something of a person stands: every column with somebody's number or address, and what erasing does.

A test walks all tables, so that a new column of either kind cannot be forgotten here.
"""

from typing import Literal

from sqlalchemy import Column, ColumnElement, Table, or_

from app.models import Base, ReceivedMail

# delete: the row goes · empty: the row stays and tells of nobody · apart: `words`, `mails` and `erase` do it
How = Literal["delete", "empty", "apart"]

BY_NUMBER: dict[str, How] = {
    "aid_cap.by_id": "empty",
    "aid_company.by_id": "empty",
    "aid_decision.by_id": "empty",
    "aid_elsewhere.by_id": "empty",
    "aid_elsewhere.removed_by_id": "empty",
    "aid_terms.by_id": "empty",
    "api_token.person_id": "delete",
    "booking.organiser_id": "apart",
    "booking_date.organiser_id": "apart",
    "exchange_rate.by_id": "empty",
    "feed_generation.person_id": "delete",
    "goal_judgement.by_id": "empty",
    "history.by_id": "empty",
    "idempotency_key.person_id": "delete",
    "membership.person_id": "delete",
    "office_approval.by_id": "empty",
    "outside_calendar.added_by_id": "empty",
    "report_delivery.changed_by_id": "empty",
    "report_hold.held_by_id": "empty",
    "report_hold.released_by_id": "empty",
    "report_sent.by_id": "empty",
    "report_sent.person_id": "empty",
    "report_snapshot.frozen_by_id": "empty",
    "report_words.by_id": "empty",
    "resource_value.by_id": "empty",
    "role.person_id": "delete",
    "sign_in.person_id": "delete",
    "sign_in_link.person_id": "delete",
    "waiting.person_id": "delete",
}
BY_ADDRESS: dict[str, How] = {
    "guest.email": "delete",
    "outbox_mail.recipient": "apart",
    "person.email": "apart",
    "received_mail.sender": "apart",
    "report_delivery.addresses": "apart",
    "report_sent.recipient": "empty",
    "sign_in_failure.email": "delete",
}
# Of what is told to the person: what would let others in, or says once more what stands beside it.
NOT_TOLD = frozenset(
    {
        "token_hash",
        "password_hash",
        "body_hash",
        "html",
        "calendars",
        "attachments",
        "response",
    }
)


def column(name: str) -> Column[object]:
    """The column that "table.column" means."""
    table, _, of_table = name.partition(".")
    found: Column[object] = Base.metadata.tables[table].c[of_table]
    return found


def table_of(name: str) -> Table:
    """The table of "table.column"."""
    return Base.metadata.tables[name.partition(".")[0]]


def received_from(address: str) -> ColumnElement[bool]:
    """The condition for mails that somebody sent us, with a name before the address or without."""
    sender = ReceivedMail.sender
    return or_(sender == address, sender.contains(f"<{address}>", autoescape=True))
