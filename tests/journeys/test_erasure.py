"""Somebody sees what is kept, takes it along and asks to be erased; the administrator does it."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.extensions import db
from app.models import Booking, Person
from tests.journeys.conftest import Visit, journey
from tests.journeys.office import booked, email_of
from tests.journeys.site import Site
from tests.journeys.test_every_page import Looker

pytestmark = journey


@pytest.mark.parametrize("script", [True, False])
def test_asked_for_and_done(visit: Visit, site: Site, script: bool) -> None:
    with site.context():
        booked("member", "tallen", "15:00", "16:00", "Flamingoplanen", now=site.clock.at)
    page = visit("member", "/bookings", phone=True, script=script)
    page.locator("summary", has_text="Ditt konto").click()
    page.get_by_role("link", name="Vad som sparas om dig").click()
    expect(page.get_by_role("link", name="Flamingoplanen").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Ladda ner allt").click()
    told = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert told["person"]["email"] == email_of("member")
    page.get_by_role("link", name="Be om att bli raderad …").click()
    expect(page.get_by_role("main")).to_contain_text("kommande bokning")
    page.get_by_role("button", name="Be om att bli raderad").click()
    expect(page.get_by_role("button", name="Jag har ändrat mig")).to_be_visible()

    admin = visit("admin", "/erasures", script=script)
    admin.get_by_role("link", name="Titta på det …").click()
    expect(admin.get_by_role("link", name="Flamingoplanen").first).to_be_visible()
    admin.get_by_label("Det avbokas, och gästerna får veta det").check()
    admin.get_by_role("button", name="Radera för gott").click()
    expect(admin.get_by_text("Raderat. Alla siffror är som de var.")).to_be_visible()
    expect(admin.get_by_text("Ingen ber om att bli raderad.")).to_be_visible()
    page.goto("/bookings")
    expect(page.locator("#email")).to_be_visible()  # signed out
    with site.context():
        assert email_of("member") not in db.session.scalars(select(Person.email)).all()
        assert "Flamingoplanen" not in db.session.scalars(select(Booking.title)).all()


def test_the_question_is_good_to_look_at(visit: Visit, site: Site, faults: list[str]) -> None:
    with site.context():
        booked("member", "tallen", "15:00", "16:00", now=site.clock.at)
        whom = db.session.scalars(select(Person.id).where(Person.email == email_of("member"))).one()
    for language in ("sv", "en"):
        looker = Looker(visit("admin", "about:blank", language=language), language, faults)
        for path in (f"/erasures/{whom}", "/account", "/host/stockholm/retention"):
            looker.look(path, again=True)
    assert faults == []
