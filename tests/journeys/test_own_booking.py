"""A member's booking while it is going on: here, so many, gone early; and what the form tells before it."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.extensions import db
from app.models import BookingDate
from app.services import presence
from app.services.people import person_by_email
from tests.journeys.conftest import Visit, journey
from tests.journeys.office import TODAY, booked, email_of, local
from tests.journeys.site import Site

pytestmark = journey

TOMORROW = TODAY + timedelta(days=1)


def newest(site: Site) -> BookingDate:
    found = db.session.query(BookingDate).order_by(BookingDate.id.desc()).first()
    assert found
    return found


def times_of(page: Page) -> str:
    return page.locator("[data-told=summary]").inner_text()


@pytest.mark.parametrize("script", [True, False])
def test_here_so_many_and_gone_early(visit: Visit, site: Site, script: bool) -> None:
    with site.context():
        booked("member", "tallen", "09:15", "10:45", "Kaffe", now=site.clock.at)
    page = visit("member", "/bookings", phone=True, script=script)
    going_on = page.get_by_role("region", name="Pågår nu")
    going_on.get_by_role("listitem").filter(has_text="Kaffe").get_by_role("link", name="Checka in").click()
    card = page.get_by_role("region", name="Pågår till 10:45")
    card.get_by_role("group", name="Kvinnor").get_by_label("1", exact=True).check()
    card.get_by_label("fler: Män").fill("2")
    card.get_by_role("button", name="Checka in").click()
    expect(page.get_by_text("Incheckat.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("1 kvinna, 2 män")

    site.at(local("10:05"))
    page.reload()
    expect(card).to_contain_text("du kan avsluta den nu eller fråga värden")
    expect(page.get_by_role("link", name="Ändra")).to_have_count(0)
    expect(page.get_by_role("link", name="Avboka")).to_have_count(0)
    card.get_by_text("Avsluta nu …").click()
    card.get_by_role("button", name="Ja, avsluta nu").click()
    expect(page.get_by_text("Avslutat. Resten av tiden är ledig")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("09:15–10:05")
    with site.context():
        ended = newest(site)
        assert (ended.status, ended.ends_at) == ("checked_in", local("10:05"))
        assert (ended.women, ended.men, ended.other) == (1, 2, 0)
        booked("other", "tallen", "10:15", "10:45", now=site.clock.at)


def test_nobody_else_learns_that_nobody_came(visit: Visit, site: Site) -> None:
    with site.context():
        missed = booked("other", "tallen", "09:15", "10:45", "Kaffe", now=site.clock.at)
        host = person_by_email(email_of("host"))
        presence.mark_no_show(missed.dates[0].id, by=host, now=site.clock.at)
    for who in (None, "member"):
        row = visit(who, "/").get_by_role("region", name="Tallen", exact=True)
        expect(row.get_by_role("link", name="ledigt 09:15–13:00")).to_be_visible()
        expect(row).not_to_contain_text("Utebliven")
    for who in ("other", "host"):
        row = visit(who, "/").get_by_role("region", name="Tallen", exact=True)
        expect(row.get_by_role("link", name="Kaffe")).to_contain_text("Utebliven")


def test_the_card_follows_what_is_chosen(visit: Visit, site: Site) -> None:
    with site.context():
        booked("other", "granen", "14:00", "15:00", on=TOMORROW)
    page = visit("member", f"/bookings/new?resource=tallen&date={TOMORROW}&start=10:00&end=11:00")
    expect(page.get_by_role("heading", name="Boka Tallen")).to_be_visible()
    navigation = page.get_by_role("navigation", name="Huvudmeny")
    expect(navigation.locator("[aria-current]")).to_have_text("Idag")
    assert "10:00–11:00" in times_of(page)
    page.get_by_text("Annan tid eller annat rum").click()
    page.get_by_label("Slutar").fill("11:30")
    expect(page.locator("[data-told=summary]")).to_contain_text("10:00–11:30")
    page.locator("#resources").select_option("granen")
    expect(page.get_by_role("heading", name="Boka Granen")).to_be_visible()
    page.get_by_label("Börjar").fill("14:30")
    page.get_by_label("Slutar").fill("15:30")
    expect(page.locator("[data-told=summary]")).to_contain_text("Granen: någon annan har den tiden.")
    page.get_by_label("Börjar").fill("15:00")
    expect(page.locator("[data-told=summary]")).to_contain_text("Bokningen gäller direkt.")
    page.get_by_role("button", name="Boka", exact=True).click()
    page.wait_for_url(re.compile(r"/bookings/\d+$"))
    expect(page.get_by_role("main")).to_contain_text("15:00–15:30")


def test_a_title_without_spaces(visit: Visit) -> None:
    page = visit("member", f"/bookings/new?resource=tallen&date={TOMORROW}&start=10:00&end=11:00", phone=True)
    title = page.get_by_label("Rubrik")
    title.fill("å" * 240)
    expect(page.get_by_text("Tecken kvar")).to_have_count(0)
    title.press_sequentially("å" * 70)
    assert title.input_value() == "å" * 300
    expect(page.locator("[role=status]").filter(has_text="Tecken kvar: 0")).to_have_count(1)
    page.get_by_role("button", name="Boka", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("å" * 300)
    for path in ("", "/bookings", f"/offices/stockholm/days/{TOMORROW}", "/resources/tallen/weeks/2026-W37"):
        if path:
            page.goto(path)
            height = page.evaluate(
                """() => Math.max(...[...document.querySelectorAll("a, .line")]
                .filter((e) => e.textContent.includes("ååå")).map((e) => e.getBoundingClientRect().height))"""
            )
            assert height < 80, path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path or page.url
