"""The only place that reads the clock. For the edges: web, api, jobs, cli, demo."""

from datetime import UTC, datetime

from flask import current_app


def now() -> datetime:
    """The present instant in UTC, or what the application's `CLOCK` setting says (tests set it)."""
    clock = current_app.config.get("CLOCK")
    return clock() if clock else datetime.now(UTC)
