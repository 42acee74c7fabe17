"""Addresses within the site for templates: looked up once, for a page links to the same twenty every time."""

from functools import lru_cache

from flask import request, url_for


def address_of(endpoint: str, **values: object) -> str:
    """As `url_for`, for addresses that start with a slash."""
    return _address(request.script_root, endpoint, tuple(values.items()))


@lru_cache(maxsize=2000)
def _address(_mounted_at: str, endpoint: str, values: tuple[tuple[str, object], ...]) -> str:
    return url_for(endpoint, **dict(values))
