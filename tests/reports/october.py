"""The worked example of October 2026 from its files, and offices like it."""

from datetime import UTC, datetime
from pathlib import Path

from app.models import Office, Project
from app.services.booking_file import import_bookings
from app.services.office_file import load_office
from app.services.offices import office_named
from app.services.reports import project_named

DATA = Path(__file__).parents[1] / "data"
NOVEMBER = datetime(2026, 11, 2, 5, 30, tzinfo=UTC)  # the first working day, 06:30 in Stockholm

PROJECT = """
[[organisations]]
slug = "regionen"
name = "Regionen"
category = "region"

[[organisations]]
slug = "kommunen"
name = "Kommunen"
category = "municipality"

[[projects]]
slug = "kontoret"
name = "Kontoret i oktober"
host = "regionen"
starts = 2026-10-01
ends = 2027-04-01
funders = ["kommunen"]
"""
TARGETS = """
[[targets]]
project = "kontoret"
indicator = "utilisation"
target = 0.70

[[targets]]
project = "kontoret"
indicator = "share:company"
target = 0.5

[[targets]]
project = "kontoret"
indicator = "Fler ska träffas"
"""


def load_october(now: datetime = NOVEMBER, more: str = "", bookings: bool = True) -> Office:
    """The office and its ten bookings; `more` is added to the office's file."""
    load_office((DATA / "october-2026.toml").read_text("utf-8") + more, now=now)
    if bookings:
        import_bookings((DATA / "october-2026.csv").read_text("utf-8"), now=now)
    return office_named("oktober")


def load_project(now: datetime = NOVEMBER, more: str = "") -> tuple[Office, Project]:
    """The same with a project that begins in October."""
    office = load_october(now, PROJECT + more)
    return office, project_named(office, "kontoret")
