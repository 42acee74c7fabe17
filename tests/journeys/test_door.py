"""At the door of a room, with a telephone: nobody signs in, and nobody learns who meets."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.extensions import db
from app.models import Booking, BookingDate, BookingRule
from app.services import door
from app.services.offices import resource_named
from app.services.release import release_due
from tests.journeys.conftest import Visit, journey
from tests.journeys.office import CANARY, booked, local
from tests.journeys.site import Site
from tests.journeys.test_every_page import LOOKS, Looker

pytestmark = journey


def door_of(site: Site, slug: str) -> str:
    with site.context():
        return door.door_path(resource_named(slug), site.app.config["SECRET_KEY"])


def date_named(site: Site, title: str) -> BookingDate:
    found = select(BookingDate).join(BookingDate.booking).where(Booking.title == title)
    return db.session.scalars(found.order_by(BookingDate.id.desc())).first()


@pytest.mark.parametrize("script", [True, False])
def test_here_so_many_and_gone(visit: Visit, site: Site, script: bool) -> None:
    with site.context():
        booked("member", "tallen", "09:15", "10:45", CANARY, now=site.clock.at)
    page = visit(None, door_of(site, "tallen"), phone=True, script=script)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tallen")
    expect(page.get_by_text("Upptaget till 10:45")).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text(CANARY)
    expect(page.get_by_role("main")).not_to_contain_text("Granit")
    page.get_by_role("button", name="Vi är här").click()
    expect(page.get_by_text("Välkomna! Ni är incheckade.")).to_be_visible()

    site.at(local("10:05"))
    page.goto(door_of(site, "tallen"))
    # Three taps.
    page.get_by_role("group", name="Kvinnor").get_by_label("3", exact=True).check()
    page.get_by_role("group", name="Män").get_by_label("2", exact=True).check()
    page.get_by_role("button", name="Spara antal").click()
    expect(page.get_by_text("Tack! Antalet är sparat.")).to_be_visible()
    expect(page.get_by_role("group", name="Kvinnor").get_by_label("3", exact=True)).to_be_checked()
    page.get_by_label("fler: Andra").fill("12")
    page.get_by_role("button", name="Vi går nu …").click()
    expect(page.get_by_text("Sparas samtidigt: 3 kvinnor, 2 män, 12 andra")).to_be_visible()
    page.get_by_role("button", name="Tillbaka").click()
    expect(page.get_by_label("fler: Andra")).to_have_value("12")
    page.get_by_role("button", name="Vi går nu …").click()
    page.get_by_role("button", name="Avsluta nu").click()
    expect(page.get_by_text("Tack! Resten av tiden är ledig för andra.")).to_be_visible()
    expect(page.get_by_text("Ledigt till 13:00")).to_be_visible()
    assert page.context.cookies() == []
    with site.context():
        date = date_named(site, CANARY)
        assert (date.women, date.men, date.other) == (3, 2, 12)
        assert (date.status, date.ends_at) == ("checked_in", local("10:05"))

    page.get_by_role("link", name="Boka 10:05–11:05").click()
    expect(page.get_by_role("heading", name="Logga in")).to_be_visible()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_state_of_the_page(visit: Visit, site: Site, faults: list[str], language: str) -> None:
    with site.context():
        booked("member", "tallen", "09:30", "10:30", now=site.clock.at)
    looker = Looker(visit(None, "about:blank", language=language), language, faults)
    address = door_of(site, "tallen")
    here = {"sv": "Vi är här", "en": "We are here"}[language]
    looker.look(address)
    looker.page.get_by_role("button", name=here).click()
    site.at(local("09:40"))
    looker.look(address)
    looker.page.locator("[name=women][value='4']").check()
    looker.judge(LOOKS[language])
    looker.page.locator("[value=leave]").click()
    looker.judge(LOOKS[language])
    site.at(local("10:40"))
    looker.look(address, again=True)  # how many were you?
    site.at(local("22:00"))
    looker.look(address, again=True)


def test_whom_the_time_was_taken_from_comes_after_all(visit: Visit, site: Site) -> None:
    with site.context():
        room = resource_named("tallen")
        rule = BookingRule(office_id=room.office_id, resource_id=room.id, source="host", release_minutes=15)
        db.session.add(rule)
        db.session.commit()
        booked("member", "tallen", "09:30", "10:30", "Kaffe", now=site.clock.at)
    page = visit("member", "/bookings", phone=True)
    page.get_by_role("link", name="Kaffe").first.click()
    expect(page.get_by_text("Checka in senast 09:45, annars blir tiden ledig.")).to_be_visible()
    site.at(local("09:45"))
    with site.context():
        assert release_due(site.clock.at + timedelta(seconds=1)) == 1
    page = visit(None, door_of(site, "tallen"), phone=True)
    expect(page.get_by_text("Ingen checkade in, så tiden är ledig.")).to_be_visible()
    page.get_by_role("button", name="Vi är här").click()
    expect(page.get_by_text("Upptaget till 10:30")).to_be_visible()


def test_the_sign_is_printed_and_renewed(visit: Visit, site: Site, faults: list[str]) -> None:
    old = door_of(site, "tallen")
    page = visit("host", "/resources/tallen")
    page.get_by_role("link", name="Skylt till dörren").click()
    code = page.get_by_role("img", name="QR-kod till dörrens sida")
    expect(code).to_be_visible()
    assert code.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
    expect(page.get_by_text(f"{site.base}{old}")).to_be_visible()
    expect(page.locator("[lang=en]").get_by_text("Is it free? Are you here?")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Huvudmeny")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_text("Har adressen hamnat i orätta händer?").click()
    page.get_by_role("link", name="Skapa en ny kod …").click()
    expect(page.get_by_text("Koden på dörren slutar gälla direkt.")).to_be_visible()
    assert page.request.get(old).status == 200, "asked first"
    page.get_by_role("button", name="Skapa en ny kod").click()
    expect(page.get_by_text("Dörren har fått en ny kod.")).to_be_visible()
    assert page.request.get(old).status == 404
    page.get_by_role("link", name="Se dörrens sida").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tallen")


def test_the_sign_fits_on_a5(visit: Visit, site: Site) -> None:
    page = visit("host", "/resources/storstugan/door")
    pdf = page.pdf(format="A5")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") == 1
