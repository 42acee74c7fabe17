"""The problems that an answer may be instead."""

from typing import Any

from app.api.description.parts import (
    INSTANT,
    NUMBER,
    SPAN,
    TEXT,
    TRUTH,
    Schema,
    listed,
    or_none,
    record,
    ref,
)

PROBLEM: dict[str, Schema] = {
    "type": {"type": "string", "format": "uri"},
    "title": {"type": "string", "description": "What kind of problem, in the reader's language."},
    "status": NUMBER,
    "code": {"type": "string", "description": "The same words in every language and version."},
    "detail": {"type": "string", "description": "In the reader's language."},
}
SCHEMAS: dict[str, Schema] = {
    "Problem": record(PROBLEM),
    "Span": record(SPAN),
    "Clash": record(
        {
            "resource": TEXT,
            "name": TEXT,
            **SPAN,
            "wanted": {**or_none("Span"), "description": "The date of the wish that it is in the way of."},
            "blocks": {**ref("Span"), "description": "What it blocks, with the time to set up and clear."},
            "why": {
                "type": "string",
                "enum": ["booked", "requested", "yours", "buffer", "calendar"],
                "description": "Somebody has the time; has asked for it; you have it yourself; it is only "
                "kept free before or after another use; a calendar kept elsewhere has it.",
            },
            "yours": {**TRUTH, "description": "The booking is your own, also where only a buffer of it is."},
            "requested": {**TRUTH, "description": "It is only asked for: the host has yet to say yes."},
            "booking": {
                **or_none("BookingInTheWay"),
                "description": "The booking in the way, for those who may read it; null for all others.",
            },
            "calendar": {
                "type": ["string", "null"],
                "description": "Name of a calendar kept elsewhere that has the time; null: it is a booking.",
            },
        }
    ),
    "BookingInTheWay": record({"id": NUMBER, "occurrence": NUMBER, "title": TEXT}),
    "Alternative": record(
        {
            "resource": TEXT,
            "name": TEXT,
            **SPAN,
            "needs_approval": {**TRUTH, "description": "A host would have to say yes."},
        }
    ),
    "Refusal": record(
        {
            "code": TEXT,
            "field": TEXT,
            "message": {"type": "string", "description": "In the reader's language."},
            "dates": {
                **listed({"type": "string", "format": "date"}),
                "description": "Of a series, where more than one date breaks it: all of them.",
            },
            "choices": {
                **listed(INSTANT),
                "description": "Of a local time that comes twice: the two instants.",
            },
            "closure": {**NUMBER, "description": "The closure that stands already."},
            "booking": {**NUMBER, "description": "The booking that took the place of this one."},
        },
        required=("code", "field", "message"),
    ),
    "Taken": record(
        {
            **PROBLEM,
            "clashes": {**listed(ref("Clash")), "description": "All of them, in order of time."},
            "alternatives": {**listed(ref("Alternative")), "description": "Up to two free times."},
        }
    ),
    "Refused": record(
        {
            **PROBLEM,
            "refusals": listed(ref("Refusal")),
            "clashes": {
                **listed(ref("Clash")),
                "description": "What is in the way as well, in order of time; left out where nothing is.",
            },
        },
        required=(*PROBLEM, "refusals"),
    ),
}

# By status: what it means, and its shape.
_MEANINGS = {
    "400": ("The body is not a JSON object, or the Idempotency-Key is none.", "Problem"),
    "401": ("No valid token.", "Problem"),
    "403": ("Not for the caller to do.", "Problem"),
    "404": ("There is no such thing, or the caller may not know of it.", "Problem"),
    "409": ("Somebody has the time. Names every clash and up to two free alternatives.", "Taken"),
    "412": ("Somebody else changed it meanwhile; nothing was overwritten.", "Problem"),
    "413": ("A body has at most 64 KiB.", "Problem"),
    "415": ("The content type must be application/json.", "Problem"),
    "422": ("One refusal for every rule broken, and what is in the way besides.", "Refused"),
    "428": ("Neither If-Match nor version was given.", "Problem"),
    "429": ("Too many calls; Retry-After says when to go on.", "Problem"),
}
_EXAMPLES: dict[str, Any] = {
    "409": {
        "type": "urn:motesplats:problem:taken",
        "title": "Taken",
        "status": 409,
        "code": "taken",
        "detail": "Somebody else has this time.",
        "clashes": [
            {
                "resource": "tallen",
                "name": "Tallen",
                "start": "2027-02-02T08:00:00+00:00",
                "end": "2027-02-02T09:00:00+00:00",
                "wanted": {"start": "2027-02-02T08:30:00+00:00", "end": "2027-02-02T09:30:00+00:00"},
                "blocks": {"start": "2027-02-02T08:00:00+00:00", "end": "2027-02-02T09:15:00+00:00"},
                "why": "booked",
                "yours": False,
                "requested": False,
                "booking": None,
                "calendar": None,
            }
        ],
        "alternatives": [
            {
                "resource": "asken",
                "name": "Asken",
                "start": "2027-02-02T08:30:00+00:00",
                "end": "2027-02-02T09:30:00+00:00",
                "needs_approval": False,
            }
        ],
    },
    "422": {
        "type": "urn:motesplats:problem:refused",
        "title": "Not possible",
        "status": 422,
        "code": "refused",
        "detail": "Give the booking a title.",
        "refusals": [{"code": "title_missing", "field": "title", "message": "Give the booking a title."}],
    },
}
RETRY_AFTER = {
    "Retry-After": {"description": "Seconds.", "schema": {"type": "integer", "minimum": 1}, "required": True}
}


def _response(status: str, text: str, schema: str) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": ref(schema)}
    if status in _EXAMPLES:
        content["example"] = _EXAMPLES[status]
    found: dict[str, Any] = {"description": text, "content": {"application/problem+json": content}}
    return found | ({"headers": RETRY_AFTER} if status == "429" else {})


RESPONSES = {
    f"Problem{status}": _response(status, text, schema) for status, (text, schema) in _MEANINGS.items()
}
