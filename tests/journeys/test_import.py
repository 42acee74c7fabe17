"""A host brings the calendar of a room in: chooses the file, looks, ticks, and sees it on the board."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit, journey
from tests.journeys.test_every_page import LOOKS, Looker

pytestmark = journey

FILES = Path(__file__).parents[1] / "data" / "calendars"


def test_from_the_rules_to_the_board(visit: Visit) -> None:
    page = visit("host", "/host", phone=True)
    page.get_by_role("link", name="Regler").click()
    page.get_by_role("link", name="Hämta in en kalender").click()
    page.get_by_label("Vems kalender det är").select_option("tallen")
    page.get_by_label("Kalenderfil (.ics)").set_input_files(FILES / "google.ics")
    page.get_by_role("button", name="Se vad som står i den").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Det här står i filen")
    expect(page.get_by_text("Inget är sparat än.")).to_be_visible()
    page.get_by_text("Visa alla").first.click()
    page.get_by_label("Flytande tid").uncheck()
    page.get_by_role("button", name="Hämta in det som är ikryssat").click()
    expect(page.get_by_role("alert")).to_contain_text("Välj en organisation.")
    page.get_by_label("För vilken organisation").select_option(index=1)
    page.get_by_label("Aktivitet").select_option(index=1)
    page.get_by_text("Visa alla").first.click()
    expect(page.get_by_label("Flytande tid")).not_to_be_checked()  # what was chosen is kept
    page.get_by_role("button", name="Hämta in det som är ikryssat").click()
    expect(page.get_by_text("poster hämtade till Tallen")).to_be_visible()
    page.goto("/host/stockholm/2026-09-08")
    expect(page.get_by_role("main")).to_contain_text("Frukostmöte ☕ – regionen")
    page.goto("/host/stockholm/2026-09-09")
    expect(page.get_by_role("main")).not_to_contain_text("Flytande tid")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_page_that_no_link_leads_to(visit: Visit, faults: list[str], language: str) -> None:
    page = visit("host", "/host/stockholm/imports", language=language)
    page.emulate_media(reduced_motion="reduce")  # no colours on their way from one to another
    looker = Looker(page, language, faults)
    for name in ("google", "outlook", "exchange"):
        page.goto("/host/stockholm/imports")
        page.locator("#resource").select_option("tallen")
        page.locator("#file").set_input_files(FILES / f"{name}.ics")
        page.locator("form.form button.main").click()
        page.locator("#organisation").wait_for()
        for fold in page.locator("main details").all():
            fold.locator("summary").first.click()
        page.mouse.move(0, 0)
        page.evaluate("scrollTo(0, 0)")
        looker.judge(LOOKS[language])
    page.locator("form.form button.main").click()
    page.locator("[aria-invalid]").first.wait_for()
    looker.judge(LOOKS[language])
