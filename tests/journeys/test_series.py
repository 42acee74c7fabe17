"""Series: booked, in the way of others, moved, changed from a date on, cancelled; also without script."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.extensions import db
from app.models import Booking
from tests.journeys.conftest import Visit, journey
from tests.journeys.office import booked
from tests.journeys.site import Site
from tests.journeys.test_every_page import LOOKS, Looker

pytestmark = journey

BEFORE_CHRISTMAS = date(2026, 12, 10)  # a Thursday, as are Christmas Eve and New Year's Eve
TUESDAY = date(2026, 9, 8)
NEW = f"/bookings/new?resource=granen&date={TUESDAY}&start=13:00&end=14:00&confirm=1"


def repeat(page: Page, how: str = "Vecka") -> None:
    page.locator("summary").filter(has_text=re.compile("^Upprepa$|^Repeat$")).click()
    page.get_by_role("radio", name=how, exact=True).check()


def times(page: Page, count: int) -> None:
    page.get_by_label("Antal gånger", exact=True).fill(str(count))
    page.get_by_label("Antal gånger", exact=True).blur()


def told(page: Page) -> str:
    return page.locator("[data-told=summary]").inner_text()


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def held(site: Site) -> list[tuple[str, list[str]]]:
    """The days and rooms of the newest booking."""
    with site.context():
        newest = db.session.query(Booking).order_by(Booking.id.desc()).first()
        assert newest
        return [
            (f"{each.starts_at:%m-%d}", [slot.resource.slug for slot in each.slots]) for each in newest.dates
        ]


@pytest.mark.parametrize("phone", [True, False])
def test_a_weekly_series_leaves_out_two_holidays(visit: Visit, site: Site, phone: bool) -> None:
    path = NEW.replace(str(TUESDAY), str(BEFORE_CHRISTMAS))
    page = visit("member", path, phone=phone)
    expect(page.get_by_role("radio", name="Vecka", exact=True)).not_to_be_visible()
    repeat(page)
    expect(page.get_by_role("group", name="Vilken dag")).not_to_be_visible()
    expect(page.get_by_role("checkbox", name="Tor", exact=True)).to_be_checked()
    page.get_by_role("radio", name="På ett datum").check()
    expect(page.get_by_label("Antal gånger", exact=True)).not_to_be_visible()
    page.get_by_label("Sista dagen").fill("2027-01-07")
    page.get_by_label("Sista dagen").blur()
    card = page.locator("[data-told=summary]")
    expect(card).to_contain_text("Varje torsdag till och med 7 januari 2027")
    expect(card).to_contain_text("3 tillfällen, 10 december 2026 – 7 januari 2027")
    expect(card).to_contain_text("2 hoppas över: 24 december (Julafton), 31 december (Nyårsafton)")
    press(page, "Boka")
    expect(page.get_by_role("main")).to_contain_text("Tillfälle 1 av 3")
    assert held(site) == [("12-10", ["granen"]), ("12-17", ["granen"]), ("01-07", ["granen"])]
    page.get_by_role("button", name="Ångra").click()
    expect(page.get_by_text("Ångrat. Tiden är ledig igen.")).to_be_visible()


@pytest.mark.parametrize("phone", [True, False])
def test_the_free_ones_are_booked(visit: Visit, site: Site, phone: bool) -> None:
    with site.context():
        for room in ("granen", "tallen", "asken", "bjorken", "storstugan"):
            booked("other", room, "13:30", "15:00", on=TUESDAY + timedelta(weeks=1))
    page = visit("member", NEW, phone=phone)
    page.get_by_label("Rubrik").fill("Kören övar")
    repeat(page)
    times(page, 3)
    expect(page.locator("[data-told=summary]")).to_contain_text("1 av 3 tillfällen är upptaget")
    press(page, "Boka")
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("Tisdag 15 september: Granen: upptaget 13:30–15:00")
    expect(alert.get_by_role("button", name="Flytta")).to_have_count(0)
    expect(page.get_by_label("Rubrik")).to_have_value("Kören övar")
    press(page, "Boka de lediga (2 av 3)")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kören övar")
    assert held(site) == [("09-08", ["granen"]), ("09-22", ["granen"])]


@pytest.mark.parametrize("phone", [True, False])
def test_the_taken_ones_move(visit: Visit, site: Site, phone: bool) -> None:
    with site.context():
        booked("other", "granen", "13:00", "14:00", on=TUESDAY + timedelta(weeks=1))
    page = visit("member", NEW, phone=phone)
    repeat(page)
    times(page, 3)
    expect(page.locator("[data-told=summary]")).to_contain_text("Asken: 15 september.")
    press(page, "Flytta de upptagna till ett annat rum")
    moved = page.get_by_role("region", name="Tillfällen").get_by_role("listitem").nth(1)
    expect(moved).to_contain_text("Asken")
    assert held(site) == [("09-08", ["granen"]), ("09-15", ["asken"]), ("09-22", ["granen"])]


@pytest.mark.parametrize("phone", [True, False])
def test_from_a_date_on_and_then_all_of_it(visit: Visit, site: Site, phone: bool) -> None:
    with site.context():
        series = booked(
            "member", "granen", "13:00", "14:00", "Kören", on=TUESDAY, recurrence="FREQ=WEEKLY;COUNT=4"
        )
        path = f"/bookings/{series.id}"
    page = visit("member", path, phone=phone)
    expect(page.get_by_role("main")).to_contain_text("Varje tisdag, 4 gånger")
    page.get_by_role("region", name="Tillfällen").get_by_role("link", name="Tisdag 22 september").click()
    page.get_by_role("link", name="Ändra").click()
    page.get_by_role("radio", name="Det här och de som följer: 2 tillfällen").check()
    page.get_by_label("Slutar").fill("15:00")
    press(page, "Spara")
    expect(page.get_by_text("De är nu en egen bokning.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("13:00–15:00")
    page.get_by_role("link", name="Fortsättning på serien").click()
    expect(page.get_by_role("main")).to_contain_text("13:00–14:00")
    expect(page.get_by_role("link", name="Fortsätter från")).to_be_visible()
    page.get_by_role("link", name="Avboka").click()
    page.get_by_role("radio", name="Alla som återstår: 2 tillfällen").check()
    press(page, "Avboka")
    expect(page.get_by_text("2 tillfällen är avbokade.")).to_be_visible()
    press(page, "Ta tillbaka alla 2 avbokade tillfällen")
    expect(page.get_by_text("Bokningen gäller igen.")).to_be_visible()


def test_by_keys_alone(visit: Visit, site: Site) -> None:
    page = visit("member", NEW)
    page.locator("summary").filter(has_text="Upprepa").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    for _ in range(2):  # past once only and day
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Vecka", exact=True)).to_be_checked()
    expect(page.locator("[data-told=summary]")).to_contain_text("Varje tisdag, 10 gånger")
    page.get_by_label("Antal gånger", exact=True).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    expect(page.locator("[data-told=summary]")).to_contain_text("Varje tisdag, 2 gånger")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Tillfälle 1 av 2")


def test_the_weekday_goes_along_with_the_first_day(visit: Visit, site: Site) -> None:
    page = visit("member", f"/bookings/new?resource=granen&date={TUESDAY}")
    repeat(page)
    page.get_by_label("Datum", exact=True).fill("2026-09-10")
    page.get_by_label("Datum", exact=True).blur()
    expect(page.locator("[data-told=summary]")).to_contain_text("Varje torsdag, 10 gånger")
    page.get_by_role("radio", name="Månad", exact=True).check()
    expect(page.get_by_role("radio", name="Den andra torsdagen")).to_be_visible()
    page.get_by_role("radio", name="Den andra torsdagen").check()
    page.get_by_label("Datum", exact=True).fill("2026-09-16")
    page.get_by_label("Datum", exact=True).blur()
    expect(page.get_by_role("radio", name="Den tredje onsdagen")).to_be_checked()
    expect(page.locator("[data-told=summary]")).to_contain_text("Den tredje onsdagen i varje månad")


def test_without_script_the_dates_are_shown_first(visit: Visit, site: Site) -> None:
    page = visit("member", NEW, script=False)
    repeat(page)
    page.get_by_label("Antal gånger", exact=True).fill("2")
    page.get_by_role("button", name="Visa tillfällena").click()
    expect(page.get_by_role("main")).to_contain_text("2 tillfällen, 8 september – 15 september 2026")
    page.get_by_role("button", name="Boka", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Tillfälle 1 av 2")


def test_any_desk_or_licence(visit: Visit, site: Site) -> None:
    page = visit(
        "member", f"/find?office=stockholm&kind=video&when=choose&date={TUESDAY}&time=10:00", phone=True
    )
    offer = page.get_by_role("listitem").filter(has_text="Videolicens")
    expect(offer).to_contain_text("valfri av de 2 som är lediga")
    offer.get_by_role("link", name="Boka").click()
    expect(page.get_by_role("heading", name="Boka Videolicens")).to_be_visible()
    press(page, "Boka")
    expect(page.get_by_role("main")).to_contain_text("Licens 1")
    assert held(site) == [("09-08", ["licens-1"])]


def test_one_waits_for_a_time(visit: Visit, site: Site) -> None:
    with site.context():
        booked("other", "granen", "13:00", "14:00", on=TUESDAY)
    page = visit("member", NEW, phone=True)
    press(page, "Säg till om det blir ledigt")
    waiting = page.get_by_role("region", name="Du väntar på")
    expect(waiting).to_contain_text("Granen")
    waiting.get_by_role("link", name="Sluta vänta").click()
    press(page, "Sluta vänta")
    expect(waiting).to_have_count(0)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_state_is_sound(visit: Visit, site: Site, faults: list[str], language: str) -> None:
    """axe, targets and no sideways scrolling, where no link leads."""
    with site.context():
        booked("other", "granen", "13:00", "14:00", on=TUESDAY + timedelta(weeks=1))
        series = booked("member", "asken", "13:00", "14:00", on=TUESDAY, recurrence="FREQ=WEEKLY;COUNT=4")
        paths = [
            f"/bookings/{series.id}",
            f"/bookings/{series.id}/change",
            f"/bookings/{series.id}/cancellation",
        ]
    page = visit("member", "about:blank", language=language)
    looker = Looker(page, language, mine := [])
    for path in paths:
        looker.look(path)
    more = "&repeat={}&weekdays=1&ends=until&until=2026-09-29"
    for how in ("day", "week", "month"):
        looker.look(NEW + more.format(how))
    page.goto(NEW + more.format("week"))
    page.locator("form.form button.main").click()
    page.get_by_role("alert").wait_for()
    looker.judge(LOOKS[language])
    for each in page.get_by_role("checkbox").all()[:7]:
        each.set_checked(False, force=True)
    page.locator("form.form button.main").click()
    page.locator("#weekdays-error").wait_for()
    looker.judge(LOOKS[language])
    assert not mine


@pytest.mark.parametrize("phone", [True, False])
def test_a_change_is_told_before_and_goes_past_what_is_taken(visit: Visit, site: Site, phone: bool) -> None:
    with site.context():
        series = booked(
            "member", "granen", "13:00", "14:00", "Kören", on=TUESDAY, recurrence="FREQ=WEEKLY;COUNT=4"
        )
        for weeks, rooms in ((1, ("granen",)), (2, ("granen", "tallen", "asken", "bjorken", "storstugan"))):
            for room in rooms:
                booked("other", room, "15:00", "16:00", on=TUESDAY + timedelta(weeks=weeks))
        path = f"/bookings/{series.id}/change"
    page = visit("member", path, phone=phone)
    card = page.locator("[data-told=summary]")
    expect(card).to_contain_text("Tisdag 8 september")
    expect(page.get_by_label("Rubrik")).not_to_be_visible()
    page.get_by_role("radio", name="Alla som återstår: 4 tillfällen").check()
    expect(page.get_by_label("Rubrik")).to_be_visible()
    page.get_by_label("Börjar").fill("14:30")
    page.get_by_label("Slutar").fill("15:00")
    page.get_by_label("Slutar").blur()
    expect(card).to_contain_text("4 tillfällen ändras, 8 september – 29 september 2026")
    page.get_by_label("Slutar").fill("16:00")
    page.get_by_label("Slutar").blur()
    expect(card).to_contain_text("2 tillfällen är upptagna")
    press(page, "Spara")
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert).to_contain_text("15 september 13:00–14:00, Granen; 22 september 13:00–14:00, Granen")
    expect(alert.get_by_role("button", name="Flytta")).to_have_count(0)
    press(page, "Ändra de lediga (2 av 4)")
    expect(page.get_by_text("2 tillfällen är kvar som de var")).to_be_visible()
    dates = page.get_by_role("region", name="Tillfällen").get_by_role("listitem")
    expect(dates.nth(0)).to_contain_text("14:30–16:00")
    expect(dates.nth(2)).to_contain_text("kvar här: 14:30 var upptaget")


def test_a_change_without_script_and_by_keys(visit: Visit, site: Site) -> None:
    with site.context():
        series = booked(
            "member", "granen", "13:00", "14:00", "Kören", on=TUESDAY, recurrence="FREQ=WEEKLY;COUNT=3"
        )
        booked("other", "granen", "15:00", "16:00", on=TUESDAY + timedelta(weeks=1))
        path = f"/bookings/{series.id}/change"
    page = visit("member", path, script=False)
    page.get_by_role("radio", name="Alla som återstår: 3 tillfällen").focus()
    page.keyboard.press("Space")
    page.get_by_label("Börjar").fill("15:00")
    page.get_by_label("Slutar").fill("16:00")
    page.get_by_role("button", name="Visa vad det blir").focus()
    page.keyboard.press("Enter")
    card = page.locator("[data-told=summary]")
    expect(card).to_contain_text("1 tillfälle är upptaget")
    expect(card).to_contain_text("Asken: 15 september.")
    card.get_by_role("button", name="Flytta de upptagna till ett annat rum").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kören")
    dates = page.get_by_role("region", name="Tillfällen").get_by_role("listitem")
    expect(dates.nth(1)).to_contain_text("15:00–16:00 · Asken")
