"""What a booking would be."""

from typing import Any

from app.api.description.bookings import EXAMPLE_WISH, ID, LEFT_OUT, OCCURRENCE_ASKED, SCOPE, STAYS
from app.api.description.parts import SPAN, TEXT, TRUTH, Schema, answers, body, listed, record, ref

HOURS: Schema = {"type": "number", "minimum": 0}
QUOTA: dict[str, Schema] = {
    "organisation": TEXT,
    "office": TEXT,
    "resource": {
        "type": ["string", "null"],
        "description": "Whose hours they are; null: all of the office.",
    },
    "month": {"type": "string", "pattern": "^\\d{4}-\\d{2}$"},
    "hours": HOURS,
    "spent_hours": HOURS,
    "left_hours": HOURS,
}
PREVIEW: dict[str, Schema] = {
    "free": {**TRUTH, "description": "Nothing is in the way: POST /bookings would book it."},
    "dates": {
        **listed(
            record(
                {
                    **SPAN,
                    "resources": listed(TEXT),
                    "other_room": {**TRUTH, "description": "On another resource than asked for."},
                }
            )
        ),
        "description": "The dates that can be had, each with what it would hold.",
    },
    "left_out": LEFT_OUT,
    "clashes": {**listed(ref("Clash")), "description": "All of them, in order of time."},
    "alternatives": {**listed(ref("Alternative")), "description": "Up to two free times."},
    "needs_approval": {**TRUTH, "description": "A host would have to say yes."},
    "same_member": {
        **TRUTH,
        "description": "Every pool and every site serves all dates with one and the same.",
    },
    "set_aside": {**listed(ref("Refusal")), "description": "The rules that a host would book past."},
    "quota": {
        **listed(record({**QUOTA, "asked_hours": HOURS})),
        "description": "Where the organisation has hours of a month: before this booking, and "
        "`asked_hours` of it.",
    },
}
SCHEMAS: dict[str, Schema] = {
    "Quota": record(QUOTA),
    "Preview": record(PREVIEW),
    "ChangePreview": record({**PREVIEW, "stays": STAYS}),
}
EXAMPLE = {
    "free": True,
    "dates": [
        {
            "start": "2027-02-02T08:00:00+00:00",
            "end": "2027-02-02T09:00:00+00:00",
            "resources": ["tallen"],
            "other_room": False,
        }
    ],
    "left_out": [],
    "clashes": [],
    "alternatives": [],
    "needs_approval": False,
    "same_member": True,
    "set_aside": [],
    "quota": [
        {
            "organisation": "granit-son",
            "office": "stockholm",
            "resource": None,
            "month": "2027-02",
            "hours": 40,
            "spent_hours": 12.5,
            "left_hours": 27.5,
            "asked_hours": 1,
        }
    ],
}

PATHS: dict[str, Any] = {
    "/bookings/preview": {
        "post": {
            "operationId": "previewBooking",
            "summary": "What POST /bookings would do, by the same rules; books nothing",
            "description": "200 also where something is in the way: `free` is false then, and `clashes` "
            "names it. Counted as a call that reads.",
            "requestBody": body("NewBooking", one_date=EXAMPLE_WISH),
            "responses": answers(
                "200",
                "The dates, and what is in their way.",
                ref("Preview"),
                *("400", "403", "404", "413", "415", "422"),
                example=EXAMPLE,
            ),
        }
    },
    "/bookings/{booking_id}/preview": {
        "parameters": [ID],
        "post": {
            "operationId": "previewChange",
            "summary": "What PATCH /bookings/ID would do, by the same rules; changes nothing",
            "description": "`dates` are those that would come to hold something else. Counted as a call that "
            "reads.",
            "parameters": [SCOPE, OCCURRENCE_ASKED],
            "requestBody": body("PlannedChange", later={"end": "2027-02-02T11:00"}),
            "responses": answers(
                "200",
                "The dates, and what is in their way.",
                ref("ChangePreview"),
                *("400", "403", "404", "413", "415", "422"),
                example={**EXAMPLE, "stays": []},
            ),
        },
    },
}
