"""What a booking names besides its resources."""

from typing import Any

from app.api.description.parts import (
    PAGED,
    TEXT,
    TRUTH,
    Schema,
    answers,
    one_of,
    page,
    query,
    record,
    ref,
)
from app.wording.languages import LOCALES

NAMES: Schema = {
    "type": "object",
    "description": "By language.",
    "additionalProperties": TEXT,
}
SCHEMAS: dict[str, Schema] = {
    "Office": record(
        {
            "slug": TEXT,
            "name": TEXT,
            "timezone": {**TEXT, "description": "By whose clock times without an offset are read."},
            "language": one_of((*LOCALES,)),
            "address": TEXT,
            "directions": TEXT,
            "host": {**TRUTH, "description": "The caller is host there."},
        }
    ),
    "Organisation": record(
        {
            "slug": TEXT,
            "name": TEXT,
            "category": {**TEXT, "description": "Slug of what it is counted by."},
            "co_funder": TRUTH,
        }
    ),
    "Category": record({"slug": TEXT, "names": NAMES}),
    "Activity": record({"slug": TEXT, "names": NAMES}),
}


def _listing(
    operation: str, summary: str, name: str, example: dict[str, Any], *more: Schema, problems: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "parameters": [*more, *PAGED],
            "responses": answers(
                "200",
                "A page.",
                page(ref(name)),
                *problems,
                example={"items": [example], "next_cursor": None},
            ),
        }
    }


PATHS: dict[str, Any] = {
    "/offices": _listing(
        "listOffices",
        "Every office",
        "Office",
        {
            "slug": "stockholm",
            "name": "Västerbottens kontor i Stockholm",
            "timezone": "Europe/Stockholm",
            "language": "sv",
            "address": "Storgatan 1, Stockholm",
            "directions": "",
            "host": False,
        },
        problems=("422",),
    ),
    "/organisations": _listing(
        "listOrganisations",
        "Whom the caller may book for, by name; for hosts everybody",
        "Organisation",
        {"slug": "granit-son", "name": "Granit & Son AB", "category": "company", "co_funder": False},
        query("office", "Slug of the office to book at; at any, if left out."),
        problems=("404", "422"),
    ),
    "/categories": _listing(
        "listCategories",
        "What organisations are counted by, in order",
        "Category",
        {"slug": "company", "names": {"sv": "Företag", "en": "Companies"}},
        problems=("422",),
    ),
    "/activities": _listing(
        "listActivities",
        "What time can be for, in order",
        "Activity",
        {"slug": "external-meeting", "names": {"sv": "Möte med externa parter", "en": "External meeting"}},
        problems=("422",),
    ),
}
