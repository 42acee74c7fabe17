"""The description of the API, OpenAPI 3.1. A test holds it against the routes and the answers."""

from typing import Any

from flask import Blueprint, Response, jsonify

from app.api.access import public
from app.api.schemas import NUMBER, SCHEMAS, TEXT, TIME, Schema, listed, record, ref
from app.models.resource import KINDS

EVERYWHERE = {"401": "Unauthorised", "429": "TooMany"}
# What can be wrong with a wish, whether it is for a new booking or for another time.
WISH_REFUSALS = {
    "_400": "BadRequest",
    "_403": "Forbidden",
    "_409": "Taken",
    "_413": "TooLarge",
    "_415": "NotJson",
    "_422": "Refused",
}
PROBLEMS = {
    "BadRequest": ("The body is not a JSON object.", "Problem"),
    "Unauthorised": ("No valid token.", "Problem"),
    "Forbidden": ("Not for the caller to do.", "Problem"),
    "NotFound": ("There is no such thing, or the caller may not know of it.", "Problem"),
    "Taken": ("Somebody has the time. Names every clash and up to two free alternatives.", "Taken"),
    "Stale": ("Somebody else changed it meanwhile; nothing was overwritten.", "Problem"),
    "TooLarge": ("A body has at most 64 KiB.", "Problem"),
    "NotJson": ("The content type must be application/json.", "Problem"),
    "Refused": ("One refusal for every rule broken.", "Refused"),
    "NoVersion": ("Neither If-Match nor version was given.", "Problem"),
    "TooMany": ("Too many calls; Retry-After says when to go on.", "Problem"),
}


def add_to(api: Blueprint) -> None:
    """Registers the endpoint."""
    api.get("/openapi.json")(get_description)


@public
def get_description() -> Response:
    """This description."""
    return jsonify(DOCUMENT)


def _query(name: str, description: str, schema: Schema = TEXT, *, required: bool = False) -> Schema:
    return {"name": name, "in": "query", "required": required, "description": description, "schema": schema}


def _header(name: str, description: str) -> Schema:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": TEXT}


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _answers(code: str, description: str, schema: Schema, **problems: str) -> dict[str, Any]:
    """The answer when all goes well, and the problems: `_404="NotFound"`."""
    named = {status.removeprefix("_"): name for status, name in problems.items()} | EVERYWHERE
    shared = {status: {"$ref": f"#/components/responses/{name}"} for status, name in sorted(named.items())}
    return {code: {"description": description, "content": _json(schema)}, **shared}


def _booking_answers(code: str, description: str, **problems: str) -> dict[str, Any]:
    answers = _answers(code, description, ref("Booking"), _404="NotFound", **problems)
    answers[code]["headers"] = {"ETag": {"description": "The version, for If-Match.", "schema": TEXT}}
    return answers


def _body(name: str) -> dict[str, Any]:
    return {"required": True, "content": _json(ref(name))}


FROM_TO = [
    _query("from", "From when; a date means its midnight in the office. Now, if left out.", TIME),
    _query("to", "Until when, exclusive.", TIME),
]
ID = {"name": "booking_id", "in": "path", "required": True, "schema": NUMBER}

PATHS: dict[str, Any] = {
    "/resources": {
        "get": {
            "operationId": "listResources",
            "summary": "What can be booked, each with a calendar that the caller may subscribe to",
            "parameters": [_query("office", "Slug of one office; all of them, if left out.")],
            "responses": _answers(
                "200",
                "Resources and pools.",
                record({"items": listed(ref("Resource")), "pools": listed(ref("Pool"))}),
                _404="NotFound",
                _422="Refused",
            ),
        }
    },
    "/availability": {
        "get": {
            "operationId": "listFreeTimes",
            "summary": "When an office's resources are free, by resource",
            "parameters": [
                _query("office", "Slug of the office.", required=True),
                *FROM_TO,
                _query("minutes", "Only stretches at least so long.", NUMBER),
                _query("capacity", "Only resources for at least so many people.", NUMBER),
                _query("kind", "Only resources of this kind.", {"type": "string", "enum": list(KINDS)}),
                _query("equipment", "Only resources with all of this, joined by commas."),
            ],
            "responses": _answers(
                "200",
                "Free stretches; at most 31 days at once.",
                record({"items": listed(ref("Free"))}),
                _404="NotFound",
                _422="Refused",
            ),
        }
    },
    "/bookings": {
        "get": {
            "operationId": "listBookings",
            "summary": "What the caller may see; other people's bookings as busy",
            "description": "In order of time. A page holds `limit` dates, those of one booking together; "
            "a series that goes on returns on the next page.",
            "parameters": [
                *FROM_TO,
                _query("resource", "Slugs of resources, composites or pools, joined by commas."),
                _query("office", "Slug of an office."),
                _query("limit", "How many dates a page holds; 200 if left out, at most 500.", NUMBER),
                _query("cursor", "`next_cursor` of the page before."),
            ],
            "responses": _answers(
                "200",
                "A page. `next_cursor` is null on the last.",
                record(
                    {
                        "items": listed({"oneOf": [ref("Booking"), ref("Busy")]}),
                        "next_cursor": {"type": ["string", "null"]},
                    }
                ),
                _404="NotFound",
                _422="Refused",
            ),
        },
        "post": {
            "operationId": "createBooking",
            "summary": "Books all of it or nothing, once or as a series",
            "parameters": [
                _header(
                    "Idempotency-Key",
                    "Makes it safe to send again: for 48 hours the same key with the same body "
                    "gets the same answer.",
                )
            ],
            "requestBody": _body("NewBooking"),
            "responses": _booking_answers(
                "201",
                "Booked, or requested where a host has to say yes. Location says where to find it.",
                **WISH_REFUSALS,
            ),
        },
    },
    "/bookings/{booking_id}": {
        "parameters": [ID],
        "get": {
            "operationId": "getBooking",
            "summary": "A booking with all its dates, for those who may read it",
            "responses": _booking_answers("200", "The booking."),
        },
        "patch": {
            "operationId": "changeBooking",
            "summary": "Changes one date, and the words of its booking; what is left out stays",
            "parameters": [
                _header("If-Match", "The ETag seen, unless the body has `version`."),
                _query("scope", "this: one date.", {"type": "string", "enum": ["this"]}),
                _query("occurrence", "Of a series: the id of the date.", NUMBER),
            ],
            "requestBody": _body("BookingChange"),
            "responses": _booking_answers(
                "200",
                "As it is now.",
                **WISH_REFUSALS,
                _412="Stale",
                _428="NoVersion",
            ),
        },
        "delete": {
            "operationId": "cancelBooking",
            "summary": "Cancels dates that have not ended; twice is once",
            "parameters": [
                _query(
                    "scope",
                    "all (if left out), or with `occurrence`: this date, or this and the following.",
                    {"type": "string", "enum": ["this", "following", "all"]},
                ),
                _query("occurrence", "Id of a date of the booking.", NUMBER),
            ],
            "responses": _booking_answers("200", "As it is now.", _403="Forbidden", _422="Refused"),
        },
    },
    "/utilisation": {
        "get": {
            "operationId": "getUtilisation",
            "summary": "The report of a period, live; for funders, hosts and administrators",
            "parameters": [
                _query("office", "Slug of the office.", required=True),
                _query("period", "2026-10, 2026-Q4, 2026 or 2015-11-01..2018-12-01.", required=True),
            ],
            "responses": _answers(
                "200",
                "The report JSON: unrounded numbers, `to` exclusive.",
                {"type": "object"},
                _403="Forbidden",
                _404="NotFound",
                _422="Refused",
            ),
        }
    },
    "/openapi.json": {
        "get": {
            "operationId": "getDescription",
            "summary": "This description",
            "security": [],
            "responses": {"200": {"description": "OpenAPI 3.1.", "content": _json({"type": "object"})}},
        }
    },
}

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Mötesplats",
        "version": "1",
        "description": "Times in answers are UTC with the offset +00:00. Errors are "
        "application/problem+json, with `detail` and `message` in the language stored with the person, "
        "else by Accept-Language, else Swedish. Each token has at least 120 writes a minute, 60 of them "
        "at once.",
    },
    "servers": [{"url": "/api/v1"}],
    "security": [{"token": []}],
    "paths": PATHS,
    "components": {
        "securitySchemes": {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "From the command `.venv/bin/flask --app wsgi token EMAIL`.",
            }
        },
        "schemas": SCHEMAS,
        "responses": {
            name: {"description": text, "content": {"application/problem+json": {"schema": ref(schema)}}}
            for name, (text, schema) in PROBLEMS.items()
        },
    },
}
