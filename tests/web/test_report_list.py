"""The list of the reports that there are to read."""

from datetime import UTC, datetime

from flask.testing import FlaskClient

from app.models import Office
from app.services.booking_file import import_bookings
from app.services.snapshots import freeze
from tests.conftest import Clock
from tests.reports.october import DATA, NOVEMBER, load_project
from tests.web.october import OCTOBER, enter, office, text_of

__all__ = ["office"]  # a fixture


def test_the_list_leads_to_every_span_with_bookings(client: FlaskClient, office: Office) -> None:
    """Also to those long before the months that stand in its table; and has the form for any days."""
    heading, first, *_ = (DATA / "october-2026.csv").read_text("utf-8").splitlines()
    older = first.replace("1,", "1000,", 1).replace("2026-10-01", "2023-05-09")
    import_bookings(f"{heading}\n{older}\n", now=NOVEMBER)
    enter(client, "funder", language="en")
    page = client.get("/reports").text
    for span in ("2023", "2023-H1", "2023-Q2", "2023-05", "2026", "2026-H2", "2026-Q4", "2026-10"):
        assert f'href="/offices/oktober/reports/{span}"' in page
    for span in ("2024", "2023-H2", "2023-Q1", "2023-06"):
        assert f'href="/offices/oktober/reports/{span}"' not in page
    assert 'action="/offices/oktober/reports"' in page


def test_the_list_has_the_months_and_years_that_were_used(client: FlaskClient, office: Office) -> None:
    enter(client, "funder", language="en")
    text = text_of(client, "/reports")
    assert "November 2026" in text  # the two hours of the night before
    assert "September 2026" not in text
    assert " 2026 " in text
    assert " 2025 " not in text


def test_the_list_says_where_there_was_no_use_and_what_is_not_over(
    client: FlaskClient, office: Office, clock: Clock
) -> None:
    clock.at = datetime(2027, 1, 12, 9, tzinfo=UTC)
    enter(client, "funder", language="en")
    text = text_of(client, "/reports").partition("All periods")[2]
    assert "January 2027 no use Under way" in text
    assert "December 2026 no use Not published" in text
    assert "0.0%" not in text


def test_the_list_tells_what_is_frozen(client: FlaskClient, office: Office) -> None:
    project = load_project()[1]
    freeze(office, project, OCTOBER, now=NOVEMBER)
    enter(client, "funder", language="en")
    text = text_of(client, "/reports")
    assert "October 2026 7.5% Frozen 2 Nov 2026, revision 1" in text
    assert "Kontoret i oktober" in text
