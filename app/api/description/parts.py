"""What the description of the API is put together from."""

from typing import Any

from app.api.reading import LARGEST_ID

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
TEXT_OR_NONE: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": "integer"}
TRUTH: Schema = {"type": "boolean"}
IDENTIFIER: Schema = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
INSTANT: Schema = {
    "type": "string",
    "format": "date-time",
    "description": "UTC, as 2026-11-24T08:00:00+00:00.",
}
INSTANT_OR_NONE: Schema = {"type": ["string", "null"], "format": "date-time"}
TIME: Schema = {
    "type": "string",
    "description": "ISO 8601 in whole seconds. Without an offset it is read by the clock of the office; "
    "one that the clock skips or shows twice is refused.",
    "examples": ["2027-02-02T09:00:00+01:00", "2027-02-02T09:00"],
}
DAY: Schema = {"type": "string", "format": "date"}
SPAN: dict[str, Schema] = {"start": INSTANT, "end": {**INSTANT, "description": "UTC; exclusive."}}


def listed(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def one_of(words: tuple[str, ...], **more: Any) -> Schema:
    return {"type": "string", "enum": list(words), **more}


def number(least: int, most: int, **more: Any) -> Schema:
    return {"type": "integer", "minimum": least, "maximum": most, **more}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def or_none(name: str) -> Schema:
    return {"oneOf": [ref(name), {"type": "null"}]}


def record(properties: dict[str, Schema], required: tuple[str, ...] | None = None, **more: Any) -> Schema:
    """An object with these properties; all of them always there unless `required` says which."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties if required is None else required),
        **more,
    }


def query(name: str, description: str, schema: Schema = TEXT, *, required: bool = False) -> Schema:
    return {"name": name, "in": "query", "required": required, "description": description, "schema": schema}


def header(name: str, description: str, schema: Schema = TEXT) -> Schema:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


def in_path(name: str, description: str) -> Schema:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": IDENTIFIER,
    }


def json_of(schema: Schema, example: object = None) -> dict[str, Any]:
    return {"application/json": {"schema": schema} | ({"example": example} if example is not None else {})}


def body(name: str, **examples: object) -> dict[str, Any]:
    """A body that has to come; each example has a name."""
    content: dict[str, Any] = {"schema": ref(name)}
    if examples:
        content["examples"] = {
            name: {"summary": name.replace("_", " "), "value": value} for name, value in examples.items()
        }
    return {"required": True, "content": {"application/json": content}}


def answers(
    code: str, description: str, schema: Schema, *problems: str, example: object = None
) -> dict[str, Any]:
    """The answer when all goes well, and the problems that may come instead: "404", "422" …"""
    shared = {
        status: {"$ref": f"#/components/responses/Problem{status}"}
        for status in sorted({*problems, "401", "429"})
    }
    return {code: {"description": description, "content": json_of(schema, example)}, **shared}


KEY = header(
    "Idempotency-Key",
    "Makes it safe to send again: for 48 hours the same request with the same key is not done again "
    "and gets the same answer. 1 to 200 visible ASCII characters.",
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
)
OFFICE = query("office", "Slug of the office.", required=True)
FROM_TO = [
    query("from", "From when; a date means its midnight in the office. Now, if left out.", TIME),
    query("to", "Until when, exclusive.", TIME),
]
PAGED = [
    query("limit", "How many a page holds; 200 if left out.", number(1, 500)),
    query("cursor", "`next_cursor` of the page before."),
]


def page(items: Schema) -> Schema:
    """One page of a list; `next_cursor` is null on the last."""
    return record({"items": listed(items), "next_cursor": TEXT_OR_NONE})
