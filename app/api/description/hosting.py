"""The host's day, rules, quotas, and who waits."""

from typing import Any

from app.api.description.bookings import ASKED, BOOKING, CREATED, EXAMPLE_WISH
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
    TEXT_OR_NONE,
    TIME,
    TRUTH,
    Schema,
    answers,
    body,
    in_path,
    listed,
    number,
    one_of,
    page,
    query,
    record,
    ref,
)

NUMBER_OR_NONE: Schema = {"type": ["integer", "null"]}
TRUTH_OR_NONE: Schema = {"type": ["boolean", "null"]}
EXAMPLE_WAITING = {
    "resource": "tallen",
    **{name: value for name, value in EXAMPLE_WISH.items() if name != "resources"},
}

SCHEMAS: dict[str, Schema] = {
    "Request": record(
        {
            **{name: schema for name, schema in BOOKING.items() if name != "left_out"},
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
    "Limits": record(
        {
            "resource": TEXT,
            "organisation": {**TEXT_OR_NONE, "description": "Whom it holds for; null: anybody."},
            "may_book": TRUTH,
            "reason": {"type": "string", "description": "Why not, in the office's own words."},
            "approval": {**TRUTH, "description": "A host has to say yes."},
            "notice_minutes": NUMBER,
            "max_days_ahead": NUMBER,
            "min_minutes": NUMBER,
            "max_minutes": NUMBER,
            "at_once": {
                **NUMBER_OR_NONE,
                "description": "Resources of the office at the same time; null: any.",
            },
            "hours_per_month": {**NUMBER_OR_NONE, "description": "null: any number."},
            "lapse_minutes": {**NUMBER, "description": "A request lapses so long before its start."},
            "release_minutes": {
                **NUMBER_OR_NONE,
                "description": "Nobody came so long after the start: a no-show; null: never.",
            },
            "closed_for_you": {
                **listed(record({**SPAN, "reason": TEXT})),
                "description": "Times to come in which it may not be booked.",
            },
        },
        description="What holds at this moment, every rule resolved.",
    ),
    "Rule": record(
        {
            "id": IDENTIFIER,
            "resource": TEXT_OR_NONE,
            "category": TEXT_OR_NONE,
            "organisation": TEXT_OR_NONE,
            "starts": INSTANT_OR_NONE,
            "ends": INSTANT_OR_NONE,
            "may_book": TRUTH_OR_NONE,
            "approval": TRUTH_OR_NONE,
            "notice_minutes": NUMBER_OR_NONE,
            "max_days_ahead": NUMBER_OR_NONE,
            "min_minutes": NUMBER_OR_NONE,
            "max_minutes": NUMBER_OR_NONE,
            "at_once": NUMBER_OR_NONE,
            "hours_per_month": NUMBER_OR_NONE,
            "lapse_minutes": NUMBER_OR_NONE,
            "release_minutes": NUMBER_OR_NONE,
            "reason": TEXT,
            "source": one_of(("file", "host")),
        },
        description="One rule as it was made; null says nothing.",
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
                "A page. `count` is of all dates that wait.",
                record({**page(ref("Request"))["properties"], "count": NUMBER}),
                *("403", "404", "422"),
            ),
        }
    },
    "/rules": {
        "get": {
            "operationId": "listRules",
            "summary": "What holds for bookings; for hosts every rule there is, too",
            "parameters": [
                OFFICE,
                query("organisation", "Slug; the caller's own, if left out."),
                query("resource", "Slugs of resources, joined by commas; all of the office, if left out."),
            ],
            "responses": answers(
                "200",
                "By organisation and resource; `rules` only for hosts.",
                record({"items": listed(ref("Limits")), "rules": listed(ref("Rule"))}, required=("items",)),
                *("404", "422"),
            ),
        }
    },
    "/quota": {
        "get": {
            "operationId": "listQuotas",
            "summary": "The hours that organisations have in a month, and what is left of them",
            "parameters": [
                OFFICE,
                query("organisation", "Slug; the caller's own, if left out, and for hosts all."),
                query("month", "As 2027-02; the present one, if left out."),
            ],
            "responses": answers(
                "200",
                "None where no rule sets hours.",
                record({"items": listed(ref("Quota"))}),
                *("404", "422"),
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
