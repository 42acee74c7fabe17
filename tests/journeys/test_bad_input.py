"""What cannot be booked: a message at its field, in the reader's language, and nothing typed is lost."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from app.extensions import db
from app.models import BookingDate
from tests.journeys.conftest import Visit, journey
from tests.journeys.site import Site

pytestmark = journey

TITLE = "Kvartalsgenomgång <b>&</b> fika"


def fill(page: Page, on: str, start: str, end: str, title: str = TITLE) -> None:
    page.locator("#title").fill(title)
    page.locator("#date").fill(on)
    page.locator("#start").fill(start)
    page.locator("#end").fill(end)
    with page.expect_navigation():
        page.locator("form.form button.main").click()


def error_at(page: Page, field: str) -> Locator:
    """The message that belongs to a field, by what assistive technology follows."""
    described = page.locator(f"#{field}").get_attribute("aria-describedby")
    assert described, field
    assert page.locator(f"#{field}").get_attribute("aria-invalid") == "true"
    return page.locator(f"#{described.split()[-1]}")


def bookings_in(site: Site) -> int:
    with site.context():
        return int(db.session.query(BookingDate).count())


CASES = [
    ("2026-09-08", "11:00", "10:00", "end", "Sluttiden måste komma efter", "The end must come after"),
    ("2026-09-01", "10:00", "11:00", "start", "Den tiden har redan passerat", "has already passed"),
    ("2026-03-29", "02:30", "03:30", "start", "finns inte 02:30", "there is no 02:30"),
    ("2027-03-28", "02:30", "03:30", "start", "finns inte 02:30", "there is no 02:30"),
    ("2027-03-28", "01:30", "02:30", "end", "finns inte 02:30", "there is no 02:30"),
    ("2028-12-01", "10:00", "11:00", "date", "dagar i förväg", "days ahead"),
    ("", "10:00", "11:00", "date", "Ange ett datum", "Give a date"),
    ("2026-09-08", "", "11:00", "start", "Ange ett klockslag", "Give a time of day"),
]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_each_is_told_at_its_field(visit: Visit, site: Site, language: str) -> None:
    page = visit("member", "/bookings/new?resource=studion", language=language)
    before = bookings_in(site)
    for on, start, end, field, swedish, english in CASES:
        fill(page, on, start, end)
        expect(error_at(page, field)).to_contain_text(swedish if language == "sv" else english)
        expect(page.get_by_role("alert")).to_be_focused()
        kept = [page.locator(f"#{name}").input_value() for name in ("title", "date", "start", "end")]
        assert kept == [TITLE, on, start, end]
        assert page.title().startswith("Fel:" if language == "sv" else "Error:")
    assert bookings_in(site) == before


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_title_of_ten_thousand_characters(visit: Visit, language: str) -> None:
    page = visit("member", "/bookings/new?resource=studion", language=language)
    page.locator("#title").evaluate("field => field.removeAttribute('maxlength')")
    fill(page, "2026-09-08", "10:00", "11:00", "ö" * 10_000)
    expect(error_at(page, "title")).to_contain_text("10 000" if language == "sv" else "10,000")
    assert page.locator("#title").input_value() == "ö" * 10_000
    page.locator("#title").fill("   ")
    page.locator("form.form button.main").click()
    expect(error_at(page, "title")).to_contain_text("rubrik" if language == "sv" else "title")


def test_closed_hours(visit: Visit) -> None:
    page = visit("member", "/bookings/new?resource=tallen")
    fill(page, "2026-09-08", "06:00", "07:00")
    expect(error_at(page, "start")).to_contain_text("Tallen har öppet 08:00–17:00.")
    fill(page, "2026-09-07", "14:00", "15:00")
    page.locator("#resources").select_option("asken")
    page.locator("form.form button.main").click()
    expect(page.get_by_role("alert")).to_contain_text("Vattenläcka")


@pytest.mark.parametrize(
    ("on", "choice", "starts_at"),
    [
        ("2026-10-25", 0, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25", 1, datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("2027-10-31", 0, datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        ("2027-10-31", 1, datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_time_that_comes_twice_is_asked_about(
    visit: Visit, site: Site, on: str, choice: int, starts_at: datetime
) -> None:
    page = visit("member", "/bookings/new?resource=studion")
    fill(page, on, "02:30", "03:30")
    question = page.get_by_role("group", name="Klockan ställs tillbaka den natten")
    expect(page.get_by_text("kommer två gånger")).to_have_count(1)
    page.get_by_role("alert").get_by_role("link", name="Välj vilken av de två tiderna du menar").click()
    expect(question.get_by_role("radio").first).to_be_focused()
    choices = question.get_by_role("radio")
    expect(choices).to_have_count(2)
    expect(question).to_contain_text("02:30 sommartid – 03:30 vintertid, 2 h")
    expect(question).to_contain_text("02:30 vintertid – 03:30 vintertid, 1 h")
    expect(page.locator("#title")).to_have_value(TITLE)
    choices.nth(choice).check()
    page.locator("form.form button.main").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    with site.context():
        newest = db.session.query(BookingDate).order_by(BookingDate.id.desc()).first()
        assert newest
        assert newest.starts_at == starts_at
        assert newest.ends_at == datetime.fromisoformat(f"{on}T02:30:00+00:00")


def test_an_unknown_room(visit: Visit) -> None:
    page = visit("member", "/bookings/new?resource=ingenstans")
    expect(page.get_by_role("heading", name="Här finns ingenting")).to_be_visible()


def test_find_keeps_to_what_it_understands(visit: Visit) -> None:
    page = visit(None, "/find?when=choose&date=2026-13-45&time=kvart&minutes=-7&people=all&kind=ufo")
    expect(page.get_by_role("main")).to_contain_text("Ange datum och klockslag")
