"""Bookings: what they look like, and what is done with them."""

from typing import Any

from app.api.description.parts import (
    FROM_TO,
    IDENTIFIER,
    INSTANT,
    INSTANT_OR_NONE,
    KEY,
    NUMBER,
    PAGED,
    SPAN,
    TEXT,
    TEXT_OR_NONE,
    TIME,
    TRUTH,
    Schema,
    answers,
    body,
    header,
    in_path,
    listed,
    number,
    one_of,
    or_none,
    page,
    query,
    record,
    ref,
)
from app.api.wishes import MOST_PEOPLE, SKIPPED
from app.models.booking import STATUSES, TITLE_LENGTH
from app.services.bookings.cancel import SCOPES
from app.services.guests import MOST_GUESTS

WISH_PROBLEMS = ("400", "403", "404", "409", "413", "415", "422")

EXAMPLE_WISH = {
    "resources": ["tallen"],
    "start": "2027-02-02T09:00",
    "end": "2027-02-02T10:00",
    "title": "Styrgrupp",
    "organisation": "granit-son",
    "activity": "external-meeting",
}
EXAMPLE_OCCURRENCE = {
    "id": 4711,
    "start": "2027-02-02T08:00:00+00:00",
    "end": "2027-02-02T09:00:00+00:00",
    "resources": ["tallen"],
    "status": "confirmed",
    "original_start": "2027-02-02T08:00:00+00:00",
    "moved": False,
    "reason": None,
    "awaits": [],
    "checked_in_at": None,
    "heads": None,
}
EXAMPLE_BOOKING = {
    "id": 1234,
    "uid": "7d0c8a52-52a4-4a1c-9b63-5a5bb1a7c4b1@motesplats",
    "status": "confirmed",
    "version": 1,
    "resources": ["tallen"],
    "timezone": "Europe/Stockholm",
    "recurrence": None,
    "created_at": "2027-01-20T13:05:10+00:00",
    "continues": None,
    "set_aside": [],
    "occurrences": [EXAMPLE_OCCURRENCE],
    "title": "Styrgrupp",
    "organisation": "granit-son",
    "activity": "external-meeting",
    "organiser": {"name": "Maja Member", "email": "member@example.org"},
    "meeting_url": None,
    "url": "https://boka.example.org/bookings/1234",
}

ASKED: dict[str, Schema] = {
    "resources": {**listed(TEXT), "description": "Slugs of resources, composites or pools.", "maxItems": 50},
    "start": TIME,
    "end": TIME,
    "title": {"type": "string", "minLength": 1, "maxLength": TITLE_LENGTH, "description": "One line."},
    "organisation": {"type": "string", "description": "Slug of the organisation that it is for."},
    "activity": {"type": "string", "description": "Slug of what the time is for."},
}
MEETING: Schema = {
    "type": ["string", "null"],
    "description": "Where to meet from afar: `new` makes a link, an https address is kept as it is.",
    "examples": ["new", "https://teams.example.com/l/meetup-join/1"],
}
OVERRIDE: Schema = {
    **TRUTH,
    "description": "A host books past the rules that a host may set aside; `set_aside` tells which.",
}
MOVE: Schema = {**TRUTH, "description": "A date that is taken gets another resource like it."}
GUESTS: Schema = {
    **listed(TEXT, maxItems=MOST_GUESTS),
    "description": "E-mail addresses of all who are to be invited. In a change who is new gets an invitation "
    "by mail, and who is missing is told that they are not expected any more.",
    "examples": [["eva@example.com"]],
}
CHANGED_BESIDE: dict[str, Schema] = {
    "guests": GUESTS,
    "meeting": MEETING,
    "override": OVERRIDE,
    "skip": {
        **listed(one_of(SKIPPED)),
        "description": "Of a series: dates whose new time is `closed`, outside the opening `hours` or "
        "`taken` stay where they are; `stays` names them. Without it all are changed, or none.",
    },
    "move": MOVE,
}
OCCURRENCE: dict[str, Schema] = {
    "id": IDENTIFIER,
    **SPAN,
    "resources": {**listed(TEXT), "description": "What it holds: of a composite its parts, of a pool one."},
    "status": one_of(STATUSES),
    "original_start": {**INSTANT, "description": "When the series has it."},
    "moved": {**TRUTH, "description": "It has another time than the series gives it."},
    "reason": {
        **TEXT_OR_NONE,
        "description": "Why it was cancelled or declined, where the closure or the host gave a reason.",
    },
    "awaits": {
        **listed(TEXT),
        "description": "Offices whose hosts have yet to say yes; each answers for its own part.",
    },
    "checked_in_at": INSTANT_OR_NONE,
    "heads": {**or_none("Heads"), "description": "How many came; null: not counted."},
}
LEFT_OUT: Schema = {
    **listed(record({**SPAN, "reason": one_of(SKIPPED)})),
    "description": "What was left out of the series, as `skip` allowed.",
}
STAYS: Schema = {
    **listed(record({"occurrence": IDENTIFIER, "wanted": record(SPAN), "reason": one_of(SKIPPED)})),
    "description": "Where `skip` allowed it: the dates that keep what they have, what they were to have, and "
    "why not that.",
}
BOOKING: dict[str, Schema] = {
    "id": IDENTIFIER,
    "uid": {"type": "string", "description": "The same for ever; in calendars too."},
    "status": one_of(STATUSES),
    "version": {"type": "integer", "description": "Rises with every change."},
    "resources": {**listed(TEXT), "description": "What was asked for."},
    "timezone": TEXT,
    "recurrence": TEXT_OR_NONE,
    "created_at": INSTANT_OR_NONE,
    "continues": {
        "type": ["integer", "null"],
        "description": "The booking whose series this one goes on with, since part of it was changed.",
    },
    "set_aside": {**listed(TEXT), "description": "The codes of the rules that a host set aside."},
    "occurrences": listed(ref("Occurrence")),
    "left_out": LEFT_OUT,
    "stays": STAYS,
    "title": TEXT,
    "organisation": TEXT,
    "activity": TEXT,
    "organiser": {
        "type": ["object", "null"],
        "properties": {"name": TEXT, "email": TEXT},
        "required": ["name", "email"],
    },
    "meeting_url": {**TEXT_OR_NONE, "description": "Only for those who may read the booking."},
    "url": {"type": "string", "format": "uri"},
}

ONLY_JUST_THEN = ("left_out", "stays")  # told by the call that does it

SCHEMAS: dict[str, Schema] = {
    "Heads": record({"women": NUMBER, "men": NUMBER, "other": NUMBER}),
    "Occurrence": record(OCCURRENCE),
    "Booking": record(BOOKING, required=tuple(name for name in BOOKING if name not in ONLY_JUST_THEN)),
    "Busy": record(
        {
            "id": {"type": "null"},
            "status": {"const": "busy"},
            "occurrences": listed(
                record(
                    {
                        "id": {"type": "null"},
                        **SPAN,
                        "resources": listed(TEXT),
                        "status": {"const": "busy"},
                    }
                ),
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
                **listed(one_of(SKIPPED)),
                "description": "Dates of the series to leave out: those under a closure or public holiday "
                "(`closed`), those outside the opening `hours`, those that are `taken`. Without it all are "
                "booked, or none.",
            },
            "move": MOVE,
            "sites": {
                **listed(TEXT, maxItems=50),
                "description": "A video conference: slugs of offices that give a room each that is "
                "free and holds `people`: with `video` before without, then the smallest. `resources` may "
                "then be left out.",
            },
            "people": number(1, MOST_PEOPLE, description="How many come to each site; 1 if left out."),
            "meeting": MEETING,
            "home": {
                **TEXT_OR_NONE,
                "description": "Slug of the office by whose clock all of it is, where offices have several; "
                "that of the first thing named, if left out.",
            },
            "guests": GUESTS,
            "override": OVERRIDE,
        },
        required=tuple(name for name in ASKED if name != "resources"),
        additionalProperties=False,
    ),
    "BookingChange": record(
        {
            **ASKED,
            **CHANGED_BESIDE,
            "version": {"type": "integer", "description": "The version seen, unless If-Match says it."},
        },
        required=(),
        additionalProperties=False,
    ),
    "PlannedChange": record({**ASKED, **CHANGED_BESIDE}, required=(), additionalProperties=False),
}

ID = in_path("booking_id", "`id` of the booking.")
IF_MATCH = header("If-Match", "The ETag seen, unless the body has `version`.")
SCOPE = query(
    "scope",
    "Of a series: this date, this and the following, or all. With `occurrence` alone it is `this`.",
    one_of(SCOPES),
)
CANCELLED = query(
    "scope",
    "all (if left out), or with `occurrence`: this date, or this and the following.",
    one_of(SCOPES),
)
OCCURRENCE_ASKED = query("occurrence", "`id` of a date of the booking.", IDENTIFIER)


def booking_answers(code: str, description: str, *problems: str) -> dict[str, Any]:
    found = answers(code, description, ref("Booking"), "404", *problems, example=EXAMPLE_BOOKING)
    found[code]["headers"] = {"ETag": {"description": "The version, for If-Match.", "schema": TEXT}}
    return found


CREATED = booking_answers(
    "201", "Booked, or requested where a host has to say yes. Location says where to find it.", *WISH_PROBLEMS
)
CREATED["201"]["headers"] |= {"Location": {"description": "The booking.", "schema": TEXT}}
CREATED["201"]["links"] = {
    name: {"operationId": name, "parameters": {"booking_id": "$response.body#/id"}}
    for name in ("getBooking", "cancelBooking")
}

PATHS: dict[str, Any] = {
    "/bookings": {
        "get": {
            "operationId": "listBookings",
            "summary": "What the caller may see; other people's bookings as busy",
            "description": "In order of time. A page holds `limit` dates, those of one booking together; "
            "a series that goes on returns on the next page.",
            "parameters": [
                *FROM_TO,
                query("resource", "Slugs of resources, composites or pools, joined by commas."),
                query("office", "Slug of an office."),
                *PAGED,
            ],
            "responses": answers(
                "200",
                "A page. `next_cursor` is null on the last.",
                page({"oneOf": [ref("Booking"), ref("Busy")]}),
                "404",
                "422",
            ),
        },
        "post": {
            "operationId": "createBooking",
            "summary": "Books all of it or nothing, once or as a series",
            "parameters": [KEY],
            "requestBody": body(
                "NewBooking",
                one_date=EXAMPLE_WISH,
                a_series={
                    **EXAMPLE_WISH,
                    "recurrence": "FREQ=WEEKLY;COUNT=10",
                    "skip": ["closed"],
                    "move": True,
                },
            ),
            "responses": CREATED,
        },
    },
    "/bookings/{booking_id}": {
        "parameters": [ID],
        "get": {
            "operationId": "getBooking",
            "summary": "A booking with all its dates, for those who may read it",
            "responses": booking_answers("200", "The booking."),
        },
        "patch": {
            "operationId": "changeBooking",
            "summary": "Changes one date, it and those that follow, or all; what is left out stays",
            "description": "The body tells what the date `occurrence` becomes (if left out: the next that "
            "can be changed); the others follow it by as many days and to the same local time. Dates that "
            "were moved on their own stay where they are. `following` makes a booking of its own of them, "
            "which is answered; `continues` tells which it goes on with. Title, activity, organisation and "
            "link belong to all dates: others for `this` one of several are refused (`words_of_series`).",
            "parameters": [
                IF_MATCH,
                KEY,
                SCOPE,
                OCCURRENCE_ASKED,
            ],
            "requestBody": body("BookingChange", later={"end": "2027-02-02T11:00", "version": 1}),
            "responses": booking_answers(
                "200", "The booking that holds the dates now.", *WISH_PROBLEMS, "412", "428"
            ),
        },
        "delete": {
            "operationId": "cancelBooking",
            "summary": "Cancels dates that have not ended; twice is once",
            "parameters": [
                KEY,
                CANCELLED,
                OCCURRENCE_ASKED,
            ],
            "responses": booking_answers("200", "As it is now.", "400", "403", "422"),
        },
    },
    "/bookings/{booking_id}/restoration": {
        "parameters": [ID],
        "post": {
            "operationId": "restoreBooking",
            "summary": "Takes a cancellation back, of all dates to come or of those named; all or nothing",
            "parameters": [KEY, CANCELLED, OCCURRENCE_ASKED],
            "responses": booking_answers("200", "As it is now.", "400", "403", "409", "422"),
        },
    },
}
