"""What stands behind the question mark of a report's address: read strictly.

A value that means nothing here would else fall back to another version of the report than was asked for,
and that may be the fuller one.
"""

from collections.abc import Mapping

from flask import request

from app.domain.errors import Refusal, Refused

AUDIENCES = ("full", "public")


def read_query(*known: str) -> dict[str, str]:
    """The values by name, each given once and not empty; Refused for all others."""
    found = {}
    for name, values in request.args.lists():
        if name not in known or len(values) > 1 or not values[0]:
            raise refused(name, ", ".join(values))
        found[name] = values[0]
    return found


def number(query: Mapping[str, str], name: str) -> int | None:
    """A number from 1 on; None where it is not given."""
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 9 or int(text) < 1:
        raise refused(name, text)
    return int(text)


def is_public(query: Mapping[str, str]) -> bool:
    """Whether the version for the public is asked for."""
    audience = query.get("audience", "full")
    if audience not in AUDIENCES:
        raise refused("audience", audience)
    return audience == "public"


def refused(name: str, value: str) -> Refused:
    """What is raised for a value that means nothing."""
    return Refused(Refusal("address_value", name, {"name": name[:50], "value": value[:50]}))
