"""What the API's answers and bodies look like, as JSON Schema."""

from typing import Any

from app.models.booking import STATUSES, TITLE_LENGTH
from app.models.resource import KINDS

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TEXT_OR_NONE: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": "integer"}
INSTANT: Schema = {
    "type": "string",
    "format": "date-time",
    "description": "UTC, as 2026-11-24T08:00:00+00:00.",
}
TIME: Schema = {
    "type": "string",
    "description": "ISO 8601 in whole seconds. Without an offset it is read by the clock of the office; "
    "one that the clock skips or shows twice is refused.",
    "examples": ["2026-11-24T09:00:00+01:00", "2026-11-24T09:00"],
}


def listed(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def record(properties: dict[str, Schema], required: tuple[str, ...] | None = None, **more: Any) -> Schema:
    """An object with these properties; all of them always there unless `required` says which."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties if required is None else required),
        **more,
    }


SPAN = {"start": INSTANT, "end": {**INSTANT, "description": "UTC; exclusive."}}
ASKED: dict[str, Schema] = {
    "resources": {**listed(TEXT), "description": "Slugs of resources, composites or pools.", "minItems": 1},
    "start": TIME,
    "end": TIME,
    "title": {"type": "string", "minLength": 1, "maxLength": TITLE_LENGTH, "description": "One line."},
    "organisation": {"type": "string", "description": "Slug of the organisation that it is for."},
    "activity": {"type": "string", "description": "Slug of what the time is for."},
}
BOOKING: dict[str, Schema] = {
    "id": NUMBER,
    "uid": {"type": "string", "description": "The same for ever; in calendars too."},
    "status": {"type": "string", "enum": list(STATUSES)},
    "version": {"type": "integer", "description": "Rises with every change."},
    "resources": {**listed(TEXT), "description": "What was asked for."},
    "timezone": TEXT,
    "recurrence": TEXT_OR_NONE,
    "created_at": {"type": ["string", "null"], "format": "date-time"},
    "occurrences": listed(ref("Occurrence")),
    "left_out": {**listed(record(SPAN)), "description": "Only after booking with `skip`: what was left out."},
    "title": TEXT,
    "organisation": TEXT,
    "activity": TEXT,
    "organiser": {
        "type": ["object", "null"],
        "properties": {"name": TEXT, "email": TEXT},
        "required": ["name", "email"],
    },
    "url": {"type": "string", "format": "uri"},
}
RESOURCE: dict[str, Schema] = {
    "slug": TEXT,
    "name": TEXT,
    "kind": {"type": "string", "enum": list(KINDS)},
    "capacity": NUMBER,
    "office": TEXT,
    "timezone": TEXT,
    "equipment": listed(TEXT),
    "location": TEXT,
    "description": TEXT,
    "parts": {**listed(TEXT), "description": "Of a composite: what it is made of."},
    "pool": TEXT_OR_NONE,
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
IN_THE_WAY = record({"resource": TEXT, "name": TEXT, **SPAN})
PROBLEM: dict[str, Schema] = {
    "type": TEXT,
    "title": TEXT,
    "status": NUMBER,
    "code": {"type": "string", "description": "The same words in every language and version."},
    "detail": {"type": "string", "description": "In the reader's language."},
}
REFUSAL = record(
    {
        "code": TEXT,
        "field": TEXT,
        "message": {"type": "string", "description": "In the reader's language."},
        "choices": {**listed(INSTANT), "description": "Of a local time that comes twice: the two instants."},
    },
    required=("code", "field", "message"),
)
OCCURRENCE: dict[str, Schema] = {
    "id": NUMBER,
    **SPAN,
    "resources": {**listed(TEXT), "description": "What it holds: of a composite its parts, of a pool one."},
    "status": {"type": "string", "enum": list(STATUSES)},
}

SCHEMAS: dict[str, Schema] = {
    "Resource": record(RESOURCE),
    "Pool": record({"slug": TEXT, "name": TEXT, "office": TEXT_OR_NONE, "members": listed(TEXT)}),
    "Free": record(
        {"resource": TEXT, "name": TEXT, "kind": TEXT, "capacity": NUMBER, "free": listed(record(SPAN))}
    ),
    "Occurrence": record(OCCURRENCE),
    "Booking": record(BOOKING, required=tuple(name for name in BOOKING if name != "left_out")),
    "Busy": record(
        {
            "id": {"type": "null"},
            "status": {"const": "busy"},
            "occurrences": listed(
                record({**OCCURRENCE, "id": {"type": "null"}, "status": {"const": "busy"}}),
            ),
        },
        description="A booking that is not for the caller to read: only when, and on what.",
    ),
    "NewBooking": record(
        {
            **ASKED,
            "recurrence": {
                "type": ["string", "null"],
                "description": "RRULE: daily, weekly or monthly, with COUNT or UNTIL; at most 366 dates in "
                "two years, at the same local time.",
                "examples": ["FREQ=WEEKLY;COUNT=10"],
            },
            "skip": {
                "type": "array",
                "items": {"type": "string", "enum": ["closed", "taken"]},
                "description": "Dates of the series to leave out: those under a closure or public holiday, "
                "those that are taken. Without it all are booked, or none.",
            },
        },
        required=tuple(ASKED),
        additionalProperties=False,
    ),
    "BookingChange": record(
        {
            **ASKED,
            "version": {"type": "integer", "description": "The version seen, unless If-Match says it."},
        },
        required=(),
        additionalProperties=False,
    ),
    "Problem": record(PROBLEM),
    "Taken": record({**PROBLEM, "clashes": listed(IN_THE_WAY), "alternatives": listed(IN_THE_WAY)}),
    "Refused": record({**PROBLEM, "refusals": listed(REFUSAL)}),
}
