"""The description of the API, for programs."""

from flask import Blueprint, Response, jsonify

from app.api.access import public
from app.api.description import DOCUMENT


def add_to(api: Blueprint) -> None:
    """Registers the endpoint."""
    api.get("/openapi.json")(get_description)


@public
def get_description() -> Response:
    """The API in OpenAPI 3.1."""
    return jsonify(DOCUMENT)
