"""A request, who else wants the time, the host's no, and the mail to whom waits."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.extensions import db
from app.jobs.table import waiting
from app.models import BookingDate, OutboxMail
from tests.journeys.conftest import Visit, journey
from tests.journeys.office import TODAY, booked
from tests.journeys.site import Site
from tests.journeys.test_every_page import LOOKS, Looker

pytestmark = journey


def test_no_with_a_reason_and_the_next_in_line(visit: Visit, site: Site) -> None:
    # Somebody else wants the time that is only asked for.
    page = visit(
        "other", "/bookings/new?resource=storstugan&date=2026-09-07&start=15:00&end=16:00", phone=True
    )
    page.get_by_label("Rubrik").fill("Provkök")
    page.locator("form.form").get_by_role("button", name=re.compile("Skicka förfrågan|Boka")).last.click()
    page.get_by_role("button", name="Säg till om det blir ledigt").click()
    expect(page.get_by_text("Du får ett mejl så snart den tiden är ledig.")).to_be_visible()
    expect(page.get_by_role("region", name="Du väntar på")).to_contain_text("Storstugan")

    host = visit("host", "/", phone=True)
    expect(host.get_by_role("navigation", name="Huvudmeny")).to_contain_text("1 förfrågan väntar")
    host.goto("/host")
    host.get_by_role("article", name="Lansering").get_by_role("link", name="Avböj …").click()
    expect(host.get_by_role("heading", level=1)).to_contain_text("Förfrågningar")
    request = host.get_by_role("article", name="Lansering")
    expect(request).to_contain_text("En till vill ha den här tiden: Exempelbolaget AB")
    request.get_by_text("Avböj …").click()
    request.get_by_label("Varför?").fill("Golvet slipas.")
    request.get_by_role("button", name="Avböj").click()
    expect(host.get_by_text("Avböjt. Tiden är ledig igen.")).to_be_visible()
    expect(host.get_by_text("Inget väntar på ditt svar.")).to_be_visible()
    expect(host.get_by_role("navigation", name="Huvudmeny")).not_to_contain_text("1")

    asked = visit("member", "/bookings", phone=True)
    asked.get_by_role("link", name="Lansering").first.click()
    expect(asked.get_by_role("main")).to_contain_text(
        "Värden kunde inte ge dig den här tiden: Golvet slipas."
    )
    with site.context():
        assert waiting(site.clock.at, False) == {"freed": 1}
        mails = {each.subject: each for each in db.session.scalars(select(OutboxMail))}
        assert mails["Avböjt: Lansering"].recipient == "member@example.org"
        free = next(each for each in mails.values() if each.subject.startswith("Ledigt igen: Storstugan"))
        link = re.search(r"^http://[^/]+(/bookings/new\S+)$", free.body, re.MULTILINE)
        assert link, free.body
    page.goto(link[1])
    expect(page.get_by_label("Rubrik")).to_have_value("Provkök")
    page.goto("/bookings")
    waits = page.get_by_role("region", name="Du väntar på")
    expect(waits.get_by_role("link", name="Boka")).to_be_visible()
    waits.get_by_role("link", name="Sluta vänta").click()
    page.get_by_role("button", name="Sluta vänta").click()
    expect(page.get_by_text("Du väntar inte längre på den tiden.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_one_answer_for_some_dates_of_a_series(visit: Visit, site: Site, script: bool) -> None:
    with site.context():
        series = booked(
            "member", "storstugan", "10:00", "12:00", "Serien", recurrence="FREQ=WEEKLY;COUNT=3", on=TODAY
        )
        ids = [date.id for date in series.dates]
    page = visit("host", "/host/stockholm/requests", script=script)
    entry = page.get_by_role("article", name="Serien")
    entry.get_by_role("checkbox").nth(1).uncheck()
    entry.get_by_role("button", name="Godkänn de valda tillfällena").click()
    expect(page.get_by_text("2 tillfällen är godkända.")).to_be_visible()
    expect(entry.get_by_role("checkbox")).to_have_count(0)
    with site.context():
        found = [db.session.get_one(BookingDate, each).status for each in ids]
        assert found == ["confirmed", "requested", "confirmed"]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_queue_in_every_look(visit: Visit, site: Site, faults: list[str], language: str) -> None:
    with site.context():
        booked("member", "storstugan", "10:00", "12:00", "Serien", recurrence="FREQ=WEEKLY;COUNT=3")
    looker = Looker(visit("host", "about:blank", language=language), language, faults)
    looker.look("/host/stockholm/requests")
    for each in looker.page.locator("summary").all():
        if each.is_visible():
            each.click()
    # What lies under the pointer fades from one theme's colour to the other's while it is looked at.
    looker.page.mouse.move(0, 0)
    looker.judge(LOOKS[language])
