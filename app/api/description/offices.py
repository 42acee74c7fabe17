"""What an office has, when it is free, and how it is used."""

from typing import Any

from app.api.description.parts import (
    DAY,
    FROM_TO,
    NUMBER,
    OFFICE,
    PAGED,
    TEXT,
    TEXT_OR_NONE,
    Schema,
    answers,
    listed,
    number,
    one_of,
    page,
    query,
    record,
    ref,
)
from app.api.wishes import MOST_PEOPLE
from app.models.resource import KINDS

RESOURCE: dict[str, Schema] = {
    "slug": TEXT,
    "name": TEXT,
    "kind": one_of(KINDS),
    "capacity": NUMBER,
    "office": TEXT,
    "timezone": TEXT,
    "equipment": listed(TEXT),
    "location": TEXT,
    "description": TEXT,
    "parts": {**listed(TEXT), "description": "Of a composite: what it is made of."},
    "pool": {**TEXT_OR_NONE, "description": "The pool that it is a member of."},
    "approval": {"type": "boolean", "description": "Whether a host has to say yes."},
    "buffer_before_minutes": NUMBER,
    "buffer_after_minutes": NUMBER,
    "min_minutes": NUMBER,
    "max_minutes": NUMBER,
    "max_days_ahead": NUMBER,
    "active_from": {"type": ["string", "null"], "format": "date"},
    "active_to": {"type": ["string", "null"], "format": "date", "description": "Exclusive."},
    "feed_url": {
        "type": "string",
        "format": "uri",
        "description": "A calendar to subscribe to. Secret: it shows what its owner may read.",
    },
}
AMOUNT: Schema = {"type": "number"}
AMOUNT_OR_NONE: Schema = {"type": ["number", "null"]}
COMPANY: dict[str, Schema] = {
    "name": TEXT,
    "organisations": listed(record({"slug": TEXT, "name": TEXT, "organisation_number": TEXT_OR_NONE})),
    "here": AMOUNT,
    "here_in_cap_currency": AMOUNT,
    "other_offices": AMOUNT,
    "elsewhere": AMOUNT,
    "received": AMOUNT,
    "cap": AMOUNT_OR_NONE,
    "share_of_cap": AMOUNT_OR_NONE,
    "level": one_of(("below", "near", "over", "open")),
    "lacks_rate": {"type": "boolean", "description": "Something has no exchange rate, and is in no sum."},
}
SCHEMAS: dict[str, Schema] = {
    "Aid": record(
        {
            "office": TEXT,
            "period": record({"from": TEXT, "to": TEXT}),
            "currency": TEXT,
            "cap_currency": TEXT_OR_NONE,
            "cap_source": TEXT_OR_NONE,
            "items": listed(record(COMPANY)),
        }
    ),
    "Resource": record(RESOURCE),
    "Pool": record(
        {
            "slug": TEXT,
            "name": TEXT,
            "office": TEXT,
            "members": {**listed(TEXT), "description": "Slugs of the resources that it picks from."},
        }
    ),
    "Free": record(
        {
            "resource": TEXT,
            "name": TEXT,
            "kind": one_of(KINDS),
            "capacity": NUMBER,
            "free": {**listed(ref("Span")), "description": "In order of time; none where there is nothing."},
        }
    ),
    "FreePool": record(
        {
            "pool": TEXT,
            "name": TEXT,
            "members": {**listed(TEXT), "description": "Those that are as asked for."},
            "free": {
                **listed(ref("Span")),
                "description": "Each is free at one and the same member; they may overlap.",
            },
        }
    ),
}

EXAMPLE_FREE = {
    "items": [
        {
            "resource": "tallen",
            "name": "Tallen",
            "kind": "room",
            "capacity": 10,
            "free": [{"start": "2027-02-02T07:00:00+00:00", "end": "2027-02-02T16:00:00+00:00"}],
        }
    ],
    "pools": [],
}

PATHS: dict[str, Any] = {
    "/resources": {
        "get": {
            "operationId": "listResources",
            "summary": "What can be booked, each with a calendar that the caller may subscribe to",
            "parameters": [query("office", "Slug of one office; all of them, if left out."), *PAGED],
            "responses": answers(
                "200",
                "A page of resources; the pools, all of them, come with every page.",
                record({**page(ref("Resource"))["properties"], "pools": listed(ref("Pool"))}),
                "404",
                "422",
            ),
        }
    },
    "/availability": {
        "get": {
            "operationId": "listFreeTimes",
            "summary": "When resources and pools are free, from now on",
            "description": "Inside opening hours, without closures, and with room for the time to set up "
            "and clear away. What rules ask of the caller is for the preview to say.",
            "parameters": [
                query("office", "Slug of an office: all that it has. Or say which `resource`."),
                query("resource", "Slugs of resources, composites or pools, joined by commas."),
                *FROM_TO,
                query("minutes", "Only stretches at least so long; 15 if left out.", number(1, 44_640)),
                query("capacity", "Only resources for at least so many people.", number(1, MOST_PEOPLE)),
                query("kind", "Only resources of this kind.", one_of(KINDS)),
                query("equipment", "Only resources with all of this, joined by commas."),
            ],
            "responses": answers(
                "200",
                "Free stretches; at most 62 days at once, one day if `to` is left out.",
                record({"items": listed(ref("Free")), "pools": listed(ref("FreePool"))}),
                "404",
                "422",
                example=EXAMPLE_FREE,
            ),
        }
    },
    "/utilisation": {
        "get": {
            "operationId": "getUtilisation",
            "summary": "The report of a period, live; for funders, hosts and administrators",
            "parameters": [
                OFFICE,
                query("period", "2026-10, 2026-Q4, 2026 or 2015-11-01..2018-12-01.", required=True),
            ],
            "responses": answers(
                "200",
                "The report JSON: unrounded numbers, `to` exclusive.",
                {"type": "object"},
                "403",
                "404",
                "422",
            ),
        }
    },
    "/aid": {
        "get": {
            "operationId": "getAid",
            "summary": "What companies have received in three years beside their caps; for hosts",
            "parameters": [OFFICE, query("on", "The last day of the three years; today if left out.", DAY)],
            "responses": answers(
                "200",
                "Those nearest to their cap first. Amounts in whole units of the cap's currency, `here` in"
                " the office's own.",
                ref("Aid"),
                "403",
                "404",
                "422",
            ),
        }
    },
}
