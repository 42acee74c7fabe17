"""A member books from a phone, thinks again, and looks after what is booked."""

import re
from datetime import UTC, timedelta

from icalendar import Calendar
from playwright.sync_api import Page, expect

from app.extensions import db
from app.models import BookingDate
from tests.journeys.conftest import Visit, journey
from tests.journeys.office import PASSWORD, TODAY, email_of, local
from tests.journeys.site import Site

pytestmark = journey

TOMORROW = TODAY + timedelta(days=1)
ASK = f"/find?when=choose&date={TOMORROW}&time=09:00"


class Finger:
    """Taps, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def on(self, role: str, name: str, nth: int = 0) -> None:
        self.taps += 1
        self.page.get_by_role(role, name=name).nth(nth).tap()


def book_tallen(page: Page) -> int:
    """From the find page to a booking of Tallen for two hours; how many taps that took."""
    finger = Finger(page)
    finger.on("radio", "2 h")
    expect(page.get_by_role("heading", name="09:15–11:15")).to_be_visible()
    finger.on("link", "Boka Tallen")
    finger.on("button", "Boka")
    expect(page.get_by_text("Bokat. Ångrar du dig?")).to_be_visible()
    return finger.taps


def test_sign_in_and_three_taps(visit: Visit, site: Site) -> None:
    page = visit(None, "/find", phone=True)
    page.get_by_role("link", name="Logga in").tap()
    page.locator("#email").fill(email_of("member"))
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.get_by_role("navigation", name="Huvudmeny").get_by_role("link", name="Hitta ledigt").tap()
    assert book_tallen(page) <= 3
    expect(page.get_by_role("main")).to_contain_text("Tallen")
    expect(page.get_by_role("main")).to_contain_text("09:15–11:15")
    expect(page.get_by_role("main")).to_contain_text("Granit & Son AB")
    with site.context():
        newest = db.session.query(BookingDate).order_by(BookingDate.id.desc()).first()
        assert newest
        assert (newest.starts_at, newest.ends_at) == (local("09:15"), local("11:15"))


def test_a_choice_before_the_script_came_counts_too(visit: Visit) -> None:
    page = visit("member", "about:blank", phone=True)
    page.route("**/find.js", lambda route: (page.get_by_role("radio", name="2 h").check(), route.continue_()))
    page.goto("/find")
    expect(page.get_by_role("heading", name="09:15–11:15")).to_be_visible()


def test_undo_frees_the_time(visit: Visit) -> None:
    page = visit("member", "/find", phone=True)
    book_tallen(page)
    bar = page.locator("form.undo")
    expect(bar.locator("[data-seconds]")).to_have_text("10")
    bar.get_by_role("button", name="Ångra").tap()
    expect(page.get_by_text("Ångrat. Tiden är ledig igen.")).to_be_visible()
    expect(page.get_by_role("link", name="Boka Tallen")).to_be_visible()


def test_the_undo_bar_leaves_after_ten_seconds(visit: Visit) -> None:
    page = visit("member", "/find", phone=True)
    page.clock.install()
    book_tallen(page)
    bar = page.locator("form.undo")
    expect(bar.locator("[data-seconds]")).to_have_text(re.compile("10|9|8"))
    page.clock.run_for(11_000)
    expect(bar).to_have_count(0)


def test_change_download_and_cancel(visit: Visit) -> None:
    page = visit("member", ASK, phone=True)
    page.get_by_role("link", name="Boka Tallen").tap()
    page.get_by_label("Rubrik").fill("Möte med banken")
    page.get_by_role("button", name="Boka").tap()
    expect(page.get_by_role("heading", name="Möte med banken")).to_be_visible()
    page.get_by_role("link", name="Bokningar").tap()
    page.get_by_role("link", name="Möte med banken", exact=True).tap()

    address = page.get_by_role("link", name="Till min kalender").get_attribute("href") or ""
    calendar = page.request.get(address)
    assert calendar.status == 200
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert "attachment" in calendar.headers["content-disposition"]
    (event,) = Calendar.from_ical(calendar.text()).walk("VEVENT")
    assert event["SUMMARY"] == "Möte med banken"
    assert event.start.astimezone(UTC) == local("09:00", TOMORROW)

    page.get_by_role("link", name="Ändra").tap()
    page.get_by_label("Rubrik").fill("Möte med två banker")
    page.get_by_label("Slutar").fill("10:30")
    page.get_by_role("button", name="Spara").tap()
    expect(page.get_by_text("Bokningen är ändrad.")).to_be_visible()
    expect(page.get_by_role("heading", name="Möte med två banker")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("09:00–10:30")

    page.get_by_role("link", name="Avboka").tap()
    page.get_by_role("button", name="Avboka").tap()
    expect(page.get_by_text("Bokningen är avbokad.")).to_be_visible()
    page.goto(ASK)
    expect(page.get_by_role("link", name="Boka Tallen")).to_be_visible()


def test_buttons_are_large_enough_for_a_thumb(visit: Visit) -> None:
    page = visit("member", "/find", phone=True)
    for path in ("/find", "/", "/bookings", "/resources/tallen", "/bookings/new?resource=tallen"):
        page.goto(path)
        small = page.evaluate(
            """() => [...document.querySelectorAll(`
              button, select, input:not([type=radio], [type=hidden]),
              a:is(.button, .open, .booked, .nav *), .chip span
            `)]
            .filter((e) => e.offsetParent && !e.closest(".hush"))
            .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 43.5 || box.width < 43.5).map(([html]) => html)"""
        )
        assert not small, path
