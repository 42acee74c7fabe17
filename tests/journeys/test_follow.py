"""A calendar follows: what was booked on a page is in the feed that the page offers."""

from datetime import UTC

from icalendar import Calendar, Event
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, journey
from tests.journeys.office import CANARY, local
from tests.journeys.site import Site, path_of

pytestmark = journey


def address(page: Page, path: str) -> str:
    page.goto(path)
    return page.locator("#feed-address").input_value()


def events(page: Page, feed: str) -> list[Event]:
    answer = page.request.get(path_of(feed))
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    return list(Calendar.from_ical(answer.body()).walk("VEVENT"))


def test_the_booking_is_in_the_feed(visit: Visit, site: Site) -> None:
    page = visit("member")
    room, mine = address(page, "/resources/tallen"), address(page, "/bookings")
    assert room.startswith(f"{site.base}/feeds/resource/tallen/")
    assert room.endswith(".ics")
    calendar = visit(None)  # a calendar program brings no cookie
    before = len(events(calendar, room)), len(events(calendar, mine))

    page.goto("/bookings/new?resource=tallen&date=2026-09-08&start=10:00&end=11:30")
    page.get_by_label("Rubrik").fill("Syns i kalendern")
    page.get_by_role("button", name="Boka", exact=True).click()
    expect(page.get_by_role("heading", name="Syns i kalendern")).to_be_visible()

    after = events(calendar, room), events(calendar, mine)
    assert (len(after[0]), len(after[1])) == (before[0] + 1, before[1] + 1)
    for found in after:
        (event,) = [each for each in found if each["SUMMARY"] == "Syns i kalendern"]
        assert event.start.astimezone(UTC) == local("10:00", event.start.date())
        assert event.end - event.start == event.duration
        assert (event.start.isoformat()[:16], event.end.isoformat()[:16]) == (
            "2026-09-08T10:00",
            "2026-09-08T11:30",
        )


def test_nobody_elses_title_is_in_a_members_feed(visit: Visit) -> None:
    page = visit("member")
    answer = page.request.get(path_of(address(page, "/resources/bjorken")))
    assert "08:30" not in answer.text()  # times are written without a colon
    assert "T083000" in answer.text()
    assert CANARY.split()[-1] not in answer.text()


def test_a_new_address_stops_the_old_one(visit: Visit) -> None:
    page = visit("member")
    old = address(page, "/resources/tallen")
    page.get_by_text("Har adressen hamnat i orätta händer?").click()
    page.get_by_role("link", name="Skapa en ny adress …").click()
    expect(page.get_by_text("Den gamla adressen slutar gälla direkt")).to_be_visible()
    assert page.request.get(path_of(old)).status == 200, "asked first"
    page.get_by_role("button", name="Skapa en ny adress").click()
    expect(page.get_by_text("Kalendern har fått en ny adress.")).to_be_visible()
    new = page.locator("#feed-address").input_value()
    assert new != old
    assert page.request.get(path_of(old)).status == 404
    assert page.request.get(path_of(new)).status == 200


def test_copy_the_address(visit: Visit) -> None:
    page = visit("member", "/bookings", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopiera adressen").click()
    expect(page.locator("[data-copy-status]")).to_have_text("Kopierad")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#feed-address").input_value()
