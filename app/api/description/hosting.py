"""The host's day, and who waits."""

from typing import Any

from app.api.description.bookings import ASKED, BOOKING, CREATED, EXAMPLE_WISH, ONLY_JUST_THEN
from app.api.description.occurrences import COUNT
from app.api.description.parts import (
    IDENTIFIER,
    INSTANT,
    INSTANT_OR_NONE,
    KEY,
    NUMBER,
    OFFICE,
    PAGED,
    SPAN,
    TEXT,
    TIME,
    Schema,
    answers,
    body,
    in_path,
    listed,
    number,
    page,
    record,
    ref,
)

EXAMPLE_WAITING = {
    "resource": "tallen",
    **{name: value for name, value in EXAMPLE_WISH.items() if name != "resources"},
}

SCHEMAS: dict[str, Schema] = {
    "Request": record(
        {
            **{name: schema for name, schema in BOOKING.items() if name not in ONLY_JUST_THEN},
            "lapses_at": {**INSTANT, "description": "When the first of its dates is declined by itself."},
            "competing": {**listed(TEXT), "description": "Organisations that wait for one of these times."},
        },
        description="A booking with those of its dates that wait for a host.",
    ),
    "NewWalkIn": record(
        {
            "resource": {"type": "string", "description": "Slug of a resource, composite or pool."},
            "minutes": number(
                1,
                1440,
                description="From the quarter that is running; 60 if left out. What ended within that "
                "quarter is not in the way: the use begins at its end.",
            ),
            "organisation": TEXT,
            "activity": TEXT,
            "title": ASKED["title"],
            "women": COUNT,
            "men": COUNT,
            "other": COUNT,
        },
        required=("resource", "organisation", "activity"),
        additionalProperties=False,
    ),
    "NewWaiting": record(
        {
            "resource": {"type": "string", "description": "Slug of a resource, composite or pool."},
            "start": TIME,
            "end": TIME,
            "title": ASKED["title"],
            "organisation": TEXT,
            "activity": TEXT,
        },
        additionalProperties=False,
    ),
    "Waiting": record(
        {
            "id": IDENTIFIER,
            "resource": TEXT,
            **SPAN,
            "organisation": TEXT,
            "created_at": INSTANT,
            "told_at": {**INSTANT_OR_NONE, "description": "When a mail told that it is free."},
            "title": TEXT,
        }
    ),
}

PATHS: dict[str, Any] = {
    "/walk-ins": {
        "post": {
            "operationId": "createWalkIn",
            "summary": "Somebody is already here: booked from now and checked in; for hosts",
            "parameters": [KEY],
            "requestBody": body(
                "NewWalkIn",
                an_hour={
                    "resource": "tallen",
                    "organisation": "granit-son",
                    "activity": "external-meeting",
                    "women": 2,
                    "men": 1,
                },
            ),
            "responses": CREATED,
        }
    },
    "/requests": {
        "get": {
            "operationId": "listRequests",
            "summary": "What waits for a host to say yes, in order of time; for hosts",
            "parameters": [OFFICE, *PAGED],
            "responses": answers(
                "200",
                "A page. `count` is of all bookings that wait for this office.",
                record({**page(ref("Request"))["properties"], "count": NUMBER}),
                *("403", "404", "422"),
            ),
        }
    },
    "/waiting": {
        "get": {
            "operationId": "listWaiting",
            "summary": "What the caller waits for, in order of time",
            "parameters": PAGED,
            "responses": answers("200", "A page.", page(ref("Waiting")), "422"),
        },
        "post": {
            "operationId": "createWaiting",
            "summary": "Waits for a time that is taken: a mail tells once it is free",
            "parameters": [KEY],
            "requestBody": body("NewWaiting", an_hour=EXAMPLE_WAITING),
            "responses": answers(
                "201", "Waits; twice is once.", ref("Waiting"), *("400", "403", "404", "413", "415", "422")
            ),
        },
    },
    "/waiting/{waiting_id}": {
        "parameters": [in_path("waiting_id", "`id` of one's own wish.")],
        "delete": {
            "operationId": "deleteWaiting",
            "summary": "Waits no more",
            "responses": {
                "204": {"description": "Gone."},
                **{
                    status: {"$ref": f"#/components/responses/Problem{status}"}
                    for status in ("401", "404", "429")
                },
            },
        },
    },
}
