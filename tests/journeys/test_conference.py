"""A video conference between Stockholm and Umeå: a room at each end, a licence, and the link."""

import re

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.models import Booking
from tests.journeys.conftest import Visit, journey
from tests.journeys.office import TODAY, booked
from tests.journeys.site import Site
from tests.journeys.test_every_page import LOOKS, Looker

pytestmark = journey

NEW = "/conferences/new?date=2026-09-08&start=13:00&end=14:00"


@pytest.mark.parametrize("phone", [True, False])
def test_a_room_at_each_end_a_licence_and_a_link(visit: Visit, site: Site, phone: bool) -> None:
    page = visit("member", "/find", phone=phone, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Videokonferens").click()
    page.get_by_label("Datum", exact=True).fill("2026-09-08")
    page.get_by_label("Börjar").fill("13:00")
    page.get_by_label("Slutar").fill("14:00")
    page.get_by_label("Slutar").blur()
    card = page.locator("[data-told=summary]")
    expect(card).to_contain_text("Tisdag 8 september, 13:00–14:00")
    expect(card).to_contain_text("Västerbottens kontor i Stockholm · Tallen")
    expect(card).to_contain_text("Mötesplatsen i Umeå · Studion")
    expect(card).to_contain_text("Med tas också: Licens 1")
    page.get_by_label("Rum på Västerbottens kontor i Stockholm").select_option("tallen")
    expect(card).to_contain_text("· Tallen")
    page.get_by_label("Rubrik").fill("Ledningsgruppen")
    with page.expect_navigation():
        page.get_by_role("button", name="Boka", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ledningsgruppen")
    with site.context():
        booking = db.session.query(Booking).order_by(Booking.id.desc()).first()
        assert booking
        link = booking.meeting_url
        assert {slot.resource.slug for slot in booking.dates[0].slots} == {"tallen", "studion", "licens-1"}
    assert link
    expect(page.get_by_role("link", name="Anslut till mötet")).to_have_attribute("href", link)
    page.get_by_role("button", name="Kopiera länken").click()
    expect(page.get_by_text("Kopierad")).to_be_visible()
    for who in (None, "other"):
        for path in ("/offices/stockholm/days/2026-09-08", "/offices/umea/days/2026-09-08"):
            shown = visit(who, path).content()
            assert link not in shown
            assert "Ledningsgruppen" not in shown


def test_what_is_in_the_way_is_told_by_place(visit: Visit, site: Site) -> None:
    with site.context():
        booked("other", "studion", "13:30", "14:30", on=TODAY.replace(day=8))
    page = visit("member", NEW)
    expect(page.locator("[data-told=summary]")).to_contain_text(
        "Mötesplatsen i Umeå: inget rum för 4 är ledigt"
    )
    page.get_by_label("Rubrik").fill("Ledningsgruppen")
    with page.expect_navigation():
        page.get_by_role("button", name="Boka", exact=True).click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("Mötesplatsen i Umeå")
    expect(page.get_by_label("Rubrik")).to_have_value("Ledningsgruppen")


def test_without_script(visit: Visit, site: Site) -> None:
    page = visit("member", NEW, script=False, phone=True)
    page.get_by_role("radio", name=re.compile("Klistra in")).check()
    page.get_by_label("Länk till mötet").fill("https://teams.example.org/l/1")
    page.get_by_role("button", name="Boka", exact=True).click()
    expect(page.get_by_role("link", name="Anslut till mötet")).to_have_attribute(
        "href", "https://teams.example.org/l/1"
    )


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_state_is_sound(visit: Visit, site: Site, faults: list[str], language: str) -> None:
    page = visit("member", "about:blank", language=language)
    looker = Looker(page, language, mine := [])
    looker.look(NEW)
    looker.look(NEW + "&repeat=week&weekdays=1&ends=count&count=3")
    page.locator("#people").fill("")
    page.locator("[name=meeting][value=paste]").check(force=True)
    page.locator("form.form button.main").click()
    page.locator("#people-error").wait_for()
    looker.judge(LOOKS[language])
    page.locator("#people").fill("4")
    page.locator("#meeting_url").fill("https://zoom.example.org/j/1")
    page.locator("form.form button.main").click()
    page.wait_for_url(re.compile(r"/bookings/\d+$"))
    looker.judge(LOOKS[language])
    assert not mine
