"""The API as OpenAPI 3.1, in the order in which one meets it. A test holds it against routes and answers.

Map:
    parts                  what it is put together from
    problems               every error
    lists, offices, rules, previews, bookings, guests, occurrences, hosting
                           endpoints with what they take and answer
"""

from typing import Any

from app.api.description import (
    bookings,
    guests,
    hosting,
    lists,
    occurrences,
    offices,
    previews,
    problems,
    rules,
)
from app.api.description.parts import json_of

ENDPOINTS = (lists, offices, rules, previews, bookings, guests, occurrences, hosting)
ITSELF: dict[str, Any] = {
    "/openapi.json": {
        "get": {
            "operationId": "getDescription",
            "summary": "This description",
            "security": [],
            "responses": {"200": {"description": "OpenAPI 3.1.", "content": json_of({"type": "object"})}},
        }
    },
}

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Mötesplats",
        "version": "1",
        "description": "Times in answers are UTC with the offset +00:00. Errors are "
        "application/problem+json, with `title`, `detail` and `message` in the language stored with the "
        "person, else by Accept-Language, else Swedish. Besides what stands with a call it may be answered "
        "by 405, 500 or 503 (the database is away, see Retry-After), as a Problem too. Each token has at "
        "least 120 writes a minute, 60 of them at once.",
    },
    "servers": [{"url": "/api/v1"}],
    "security": [{"token": []}],
    "paths": {path: methods for each in ENDPOINTS for path, methods in each.PATHS.items()} | ITSELF,
    "components": {
        "securitySchemes": {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "From the command `.venv/bin/flask --app wsgi token EMAIL`.",
            }
        },
        "schemas": {name: schema for each in (*ENDPOINTS, problems) for name, schema in each.SCHEMAS.items()},
        "responses": problems.RESPONSES,
    },
}
