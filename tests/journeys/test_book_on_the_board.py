"""From the day board on a computer: click, draw, or go by keyboard; and when somebody else was quicker."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from app.extensions import db
from app.models import BookingDate
from tests.journeys.conftest import Visit, journey
from tests.journeys.office import TODAY, booked, local
from tests.journeys.site import Site

pytestmark = journey

TOMORROW = TODAY + timedelta(days=1)
BOARD = f"/offices/stockholm/days/{TOMORROW}"
FIRST, LAST = 8, 17  # the hours that the board shows


def track(page: Page, room: str) -> Locator:
    """The row of a room; all of it is free tomorrow."""
    return page.get_by_role("region", name=room, exact=True).locator("[data-track]")


def spot(lane: Locator, hour: float) -> tuple[float, float]:
    """Where on the screen an hour of a row is."""
    lane.scroll_into_view_if_needed()
    box = lane.bounding_box()
    assert box
    return box["x"] + box["width"] * (hour - FIRST) / (LAST - FIRST), box["y"] + box["height"] / 2


def drawing_on(page: Page) -> Page:
    """The page, once its script has taken the board up; it comes after the page itself."""
    page.locator("[data-track] a[tabindex='0']").wait_for()
    return page


def times(page: Page) -> tuple[str, str]:
    return page.locator("#start").input_value(), page.locator("#end").input_value()


def test_click_on_free_time(visit: Visit) -> None:
    page = drawing_on(visit("member", BOARD))
    page.mouse.move(*spot(track(page, "Granen"), 11.1))
    expect(page.locator(".ghost")).to_have_text("11:00–12:00")  # what a click would book
    page.mouse.click(*spot(track(page, "Granen"), 11.1))
    page.wait_for_url("**/bookings/new?**")
    assert times(page) == ("11:00", "12:00")
    expect(page.locator("#resources")).to_have_value("granen")
    page.get_by_label("Rubrik").fill("Ritmöte")
    page.get_by_role("button", name="Boka").click()
    page.wait_for_url(re.compile(r"/bookings/\d+$"))

    page.goto(BOARD)
    expect(track(page, "Granen").get_by_role("link", name="11:00–12:00")).to_contain_text(
        "Ritmöte, Granit & Son AB"
    )


@pytest.mark.parametrize(("down", "up"), [(9.6, 11.9), (11.9, 9.6)])
def test_drawn_length(visit: Visit, down: float, up: float) -> None:
    page = drawing_on(visit("member", BOARD))
    lane = track(page, "Tallen")
    page.mouse.move(*spot(lane, down))
    page.mouse.down()
    page.mouse.move(*spot(lane, (down + up) / 2))
    page.mouse.move(*spot(lane, up))
    expect(page.locator(".ghost")).to_have_text("09:30–12:00")
    page.mouse.up()
    page.wait_for_url("**/bookings/new?**")
    assert times(page) == ("09:30", "12:00")


def test_escape_lets_go_of_what_is_drawn(visit: Visit) -> None:
    page = drawing_on(visit("member", BOARD))
    lane = track(page, "Tallen")
    page.mouse.move(*spot(lane, 10))
    page.mouse.down()
    page.mouse.move(*spot(lane, 12))
    page.keyboard.press("Escape")
    expect(page.locator(".ghost")).to_have_count(0)
    page.mouse.up()
    page.mouse.move(*spot(lane, 14.1))
    expect(page.locator(".ghost")).to_have_text("14:00–15:00")
    assert page.url.endswith(BOARD)


def test_by_keyboard_alone(visit: Visit, site: Site) -> None:
    page = drawing_on(visit("member", "/"))

    def focused() -> str:
        return str(page.evaluate("document.activeElement.innerText"))

    page.keyboard.press("Tab")
    assert focused() == "Hoppa till innehållet"
    page.keyboard.press("Enter")
    in_board = "!!document.activeElement.closest('[data-track]')"
    stops = 0
    while not page.evaluate(in_board):
        page.keyboard.press("Tab")
        stops += 1
        assert stops < 20, "the board cannot be reached by Tab"
    page.keyboard.press("Tab")
    assert not page.evaluate(in_board), "one stop for Tab"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")  # from Björken to Tallen
    page.keyboard.press("Home")
    assert "09:15–13:00" in focused()
    page.keyboard.press("ArrowRight")
    assert "Kundmöte" in focused()
    page.keyboard.press("End")
    assert "14:30–17:00" in focused()
    style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert style != "none", "where one is must be seen"
    page.keyboard.press("Enter")
    page.wait_for_url("**/bookings/new?**")
    assert times(page) == ("14:30", "15:30")
    page.get_by_label("Rubrik").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Utan mus")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/bookings/\d+$"))
    expect(page.get_by_role("heading", name="Utan mus")).to_be_visible()


def test_taken_meanwhile(visit: Visit, site: Site) -> None:
    page = visit("member", f"/bookings/new?resource=tallen&date={TOMORROW}&start=10:00&end=11:00&confirm=1")
    page.get_by_label("Rubrik").fill("Styrelsemöte i all hast")
    with site.context():
        booked("other", "tallen", "10:30", "11:30", "Snabbare", on=TOMORROW)
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.get_by_role("button", name="Boka", exact=True).click()
    assert answer.value.status == 409
    notice = page.get_by_role("alert")
    expect(notice).to_be_focused()
    expect(notice).to_contain_text("Tallen: någon annan har den tiden.")
    expect(notice).not_to_contain_text("Snabbare")
    offers = notice.get_by_role("button", name="Boka")
    expect(offers).to_have_count(2)
    expect(page.get_by_label("Rubrik")).to_have_value("Styrelsemöte i all hast")

    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.get_by_label("Rubrik").press("Enter")
    assert answer.value.status == 409, "Enter asks for the same time again; it takes no other"

    offered = re.fullmatch(r"Boka (\S+) i stället, (\S+)", offers.first.inner_text())
    assert offered
    room, span = offered.groups()
    offers.first.click()
    page.wait_for_url(re.compile(r"/bookings/\d+$"))
    expect(page.get_by_role("heading", name="Styrelsemöte i all hast")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(room)
    expect(page.get_by_role("main")).to_contain_text(span)
    with site.context():
        newest = db.session.query(BookingDate).order_by(BookingDate.id.desc()).first()
        assert newest
        assert newest.starts_at == local(span[:5], TOMORROW)


def test_filter(visit: Visit) -> None:
    page = drawing_on(visit(None, BOARD))
    page.get_by_placeholder("Filtrera rum").fill("gran")
    expect(page.get_by_role("region", name="Granen", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="Tallen", exact=True)).to_be_hidden()
    expect(page.locator("[data-filter-status]")).to_have_text("Visas: 1")


def test_the_line_of_the_present_is_on_the_offices_clock(visit: Visit) -> None:
    page = visit(None, "/privacy")
    page.clock.set_fixed_time("2026-09-07T07:20:00Z")  # the browser is in New York
    page.goto("/")
    line, hours = page.locator(".hours .now").bounding_box(), page.locator("[data-lanes]").bounding_box()
    assert line
    assert hours
    share = (line["x"] + line["width"] / 2 - hours["x"]) / hours["width"]
    assert share == pytest.approx((9 + 20 / 60 - FIRST) / (LAST - FIRST), abs=0.005)


def test_in_a_week_only_today_has_the_line_of_the_present(visit: Visit) -> None:
    page = visit(None, "/privacy")
    page.clock.set_fixed_time("2026-09-07T07:20:00Z")
    page.goto("/resources/tallen/weeks/2026-W37")
    expect(page.locator(".hours .now")).to_be_visible()
    expect(page.locator(".row .now")).to_have_count(1)
    today = page.get_by_role("region", name="Måndag 7", exact=True)
    expect(today.locator(".now")).to_be_visible()
