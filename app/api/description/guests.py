"""Who is invited to a booking."""

from typing import Any

from app.api.description.bookings import ID
from app.api.description.parts import (
    IDENTIFIER,
    INSTANT_OR_NONE,
    PAGED,
    TEXT,
    Schema,
    answers,
    listed,
    one_of,
    page,
    record,
    ref,
)
from app.models.invitation import PARTSTATS

ANSWER = one_of(PARTSTATS, description="As calendars say it.")
SCHEMAS: dict[str, Schema] = {
    "Guest": record(
        {
            "email": TEXT,
            "answer": ANSWER,
            "answered_at": INSTANT_OR_NONE,
            "occurrences": {
                **listed(record({"id": IDENTIFIER, "answer": ANSWER})),
                "description": "Dates for which they answered on their own.",
            },
        }
    )
}
PATHS: dict[str, Any] = {
    "/bookings/{booking_id}/guests": {
        "parameters": [ID],
        "get": {
            "operationId": "listGuests",
            "summary": "Who is invited, and what they answered; for the booker and hosts",
            "parameters": PAGED,
            "responses": answers(
                "200",
                "A page, in the order in which they were named.",
                page(ref("Guest")),
                *("403", "404", "422"),
                example={
                    "items": [
                        {
                            "email": "eva@example.com",
                            "answer": "ACCEPTED",
                            "answered_at": "2027-01-21T07:30:00+00:00",
                            "occurrences": [],
                        }
                    ],
                    "next_cursor": None,
                },
            ),
        },
    }
}
