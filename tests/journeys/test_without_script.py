"""The same journeys with script switched off."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Visit, journey
from tests.journeys.office import PASSWORD, email_of

pytestmark = journey


def test_sign_in_find_book_change_cancel(visit: Visit) -> None:
    page = visit(None, "/sign-in", script=False, phone=True)
    page.locator("#email").fill(email_of("member"))
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.get_by_role("link", name="Hitta ledigt").click()
    page.get_by_role("radio", name="Välj tid …").check()
    page.get_by_label("Datum").fill("2026-09-08")
    page.get_by_label("Tid", exact=True).fill("09:00")
    page.get_by_role("radio", name="30 min").check()
    page.get_by_role("button", name="Visa vad som är ledigt").click()
    page.get_by_role("link", name="Boka Tallen").click()
    page.get_by_label("Rubrik").fill("Utan skript")
    page.get_by_role("button", name="Boka", exact=True).click()
    page.wait_for_url(re.compile(r"/bookings/\d+$"))
    expect(page.get_by_role("main")).to_contain_text("09:00–09:30")
    expect(page.get_by_role("button", name="Ångra")).to_be_visible()

    page.get_by_role("link", name="Ändra").click()
    page.get_by_label("Slutar").fill("11:00")
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_role("main")).to_contain_text("09:00–11:00")
    page.get_by_role("link", name="Avboka").click()
    page.get_by_role("button", name="Avboka").click()
    expect(page.get_by_role("main")).to_contain_text("Avbokad")


def test_book_from_the_board_and_undo(visit: Visit) -> None:
    page = visit("member", "/offices/stockholm/days/2026-09-08", script=False)
    page.get_by_role("region", name="Granen").get_by_role("link", name="ledigt 08:00–17:00").click()
    expect(page.locator("#start")).to_have_value("08:00")
    page.get_by_role("button", name="Boka", exact=True).click()
    page.get_by_role("button", name="Ångra").click()
    expect(page.get_by_text("Ångrat. Tiden är ledig igen.")).to_be_visible()


def test_the_hosts_day(visit: Visit) -> None:
    page = visit("host", "/host", script=False)
    entry = page.get_by_role("article", name="Avstämning")
    entry.get_by_label("Kvinnor", exact=True).fill("2")
    entry.get_by_role("button", name="Checka in").click()
    expect(page.get_by_role("article", name="Avstämning")).to_contain_text("Incheckad")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Logga ut").click()
    expect(page.get_by_role("link", name="Logga in")).to_be_visible()
