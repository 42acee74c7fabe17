"""What becomes of the dates of a booking."""

from typing import Any

from app.api.description.bookings import (
    EXAMPLE_OCCURRENCE,
    ID,
    OCCURRENCE,
    OCCURRENCE_ASKED,
    booking_answers,
)
from app.api.description.parts import (
    IDENTIFIER,
    INSTANT,
    KEY,
    PAGED,
    TEXT,
    Schema,
    answers,
    body,
    in_path,
    json_of,
    one_of,
    page,
    query,
    record,
    ref,
)
from app.services.approval import LONGEST_REASON
from app.services.bookings.cancel import SCOPES
from app.services.presence import MOST_HEADS

COUNT: Schema = {"type": ["integer", "null"], "minimum": 0, "maximum": MOST_HEADS}
SCHEMAS: dict[str, Schema] = {
    "OneOccurrence": record(
        {
            **OCCURRENCE,
            "booking": {**IDENTIFIER, "description": "`id` of the booking."},
            "version": {"type": "integer", "description": "Of the booking."},
        }
    ),
    "HeadCount": record(
        {"women": COUNT, "men": COUNT, "other": COUNT},
        required=(),
        additionalProperties=False,
        minProperties=1,
        description="null everywhere takes the count back.",
    ),
    "Reason": record(
        {
            "reason": {
                "type": "string",
                "maxLength": LONGEST_REASON,
                "description": "One line, for the booker.",
            }
        },
        required=(),
        additionalProperties=False,
    ),
    "HistoryLine": record(
        {
            "at": INSTANT,
            "by": {
                "type": ["object", "null"],
                "properties": {"name": TEXT, "email": TEXT},
                "required": ["name", "email"],
                "description": "null: nobody, or somebody who was erased.",
            },
            "action": {"type": "string", "description": "A word for programs."},
            "text": {"type": "string", "description": "In the reader's language."},
            "occurrence": {"type": ["integer", "null"], "description": "Of one date; null: of all of it."},
            "details": {"type": "object"},
        }
    ),
}
EXAMPLE = {**EXAMPLE_OCCURRENCE, "booking": 1234, "version": 2}
PLACE = [ID, in_path("occurrence_id", "`id` of the date.")]
OPTIONAL_REASON = {
    "required": False,
    "content": json_of(ref("Reason"), {"reason": "The hall is being painted."}),
}
CHOSEN = [
    query("scope", "With `occurrence`: this date, or this and the following.", one_of(SCOPES)),
    OCCURRENCE_ASKED,
]


def _answers(*problems: str) -> dict[str, Any]:
    found = answers("200", "The date as it is now.", ref("OneOccurrence"), "404", *problems, example=EXAMPLE)
    found["200"]["headers"] = {
        "ETag": {"description": "The version of the booking, for If-Match.", "schema": TEXT}
    }
    return found


def _action(name: str, summary: str, *problems: str, **more: Any) -> dict[str, Any]:
    """Something to do with one date: a POST without a body."""
    return {
        "parameters": PLACE,
        "post": {
            "operationId": name,
            "summary": summary,
            "parameters": [KEY],
            **more,
            "responses": _answers("400", "403", "422", *problems),
        },
    }


def _decision(name: str, summary: str, *problems: str, **more: Any) -> dict[str, Any]:
    """A host's answer to all of a booking."""
    return {
        "parameters": [ID],
        "post": {
            "operationId": name,
            "summary": summary,
            "parameters": [KEY, *CHOSEN],
            **more,
            "responses": booking_answers("200", "As it is now.", "400", "403", "422", *problems),
        },
    }


ONE = "/bookings/{booking_id}/occurrences/{occurrence_id}"
REASON_PROBLEMS = ("413", "415")
PATHS: dict[str, Any] = {
    ONE: {
        "parameters": PLACE,
        "get": {
            "operationId": "getOccurrence",
            "summary": "One date of a booking, for those who may read it",
            "responses": _answers(),
        },
    },
    f"{ONE}/check-in": _action(
        "checkIn",
        "They came: from half an hour before the start until the end, by a host afterwards too",
        "409",
    ),
    f"{ONE}/no-show": _action("markNoShow", "Nobody came, the time is free again; for hosts"),
    f"{ONE}/end": _action("endEarly", "They left: the rest of the time is free again"),
    f"{ONE}/undo": _action("undoPresence", "Takes a check-in or a no-show by mistake back; for hosts", "409"),
    f"{ONE}/heads": _action(
        "countHeads",
        "How many came: from the start until a week after the end, by a host afterwards too",
        *REASON_PROBLEMS,
        requestBody=body("HeadCount", five={"women": 3, "men": 2, "other": 0}),
    ),
    f"{ONE}/approval": _action("approveOccurrence", "Says yes to one date; for hosts"),
    f"{ONE}/decline": _action(
        "declineOccurrence",
        "Says no to one date, with a reason; for hosts",
        *REASON_PROBLEMS,
        requestBody=OPTIONAL_REASON,
    ),
    "/bookings/{booking_id}/approval": _decision(
        "approveBooking", "Says yes to all dates that wait, or to those named; for hosts"
    ),
    "/bookings/{booking_id}/decline": _decision(
        "declineBooking",
        "Says no to all dates that wait, or to those named, with a reason; for hosts",
        *REASON_PROBLEMS,
        requestBody=OPTIONAL_REASON,
    ),
    "/bookings/{booking_id}/history": {
        "parameters": [ID],
        "get": {
            "operationId": "getHistory",
            "summary": "Who did what when, oldest first; for hosts",
            "parameters": PAGED,
            "responses": answers(
                "200",
                "A page. `next_cursor` is null on the last.",
                page(ref("HistoryLine")),
                "403",
                "404",
                "422",
            ),
        },
    },
}
