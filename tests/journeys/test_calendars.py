"""A host adds a calendar kept elsewhere, sees it on the board, and takes it away again."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit, journey
from tests.journeys.test_every_page import LOOKS, Looker

pytestmark = journey

FILES = Path(__file__).parents[1] / "data" / "calendars"
DAY = "/offices/stockholm/days/2026-09-08"


def test_from_the_rules_to_the_board(visit: Visit) -> None:
    page = visit("host", "/host", phone=True)
    page.get_by_role("link", name="Regler").click()
    page.get_by_role("link", name="Andra kalendrar").click()
    page.get_by_role("link", name="Lägg till en kalender").click()
    page.get_by_label("Vad den gäller").select_option("tallen")
    page.get_by_label("Kalenderfil (.ics)").set_input_files(FILES / "google.ics")
    page.get_by_role("button", name="Se vad som står i den").click()
    expect(page.get_by_role("alert")).to_contain_text("Ge den ett namn.")
    page.get_by_label("Vad den heter").fill("Regionens kalender")
    page.get_by_label("Den spärrar sina tider").check()
    page.get_by_label("Visa rubrikerna för alla inloggade").check()
    page.get_by_label("Kalenderfil (.ics)").set_input_files(FILES / "google.ics")
    page.get_by_role("button", name="Se vad som står i den").click()
    expect(page.get_by_text("Inget är sparat än.")).to_be_visible()
    expect(page.get_by_text("Frukostmöte ☕ – regionen")).to_be_visible()
    page.get_by_role("button", name="Visa den bredvid bokningarna").click()
    expect(page.get_by_role("heading", name="Regionens kalender")).to_be_visible()

    member = visit("member", DAY)
    expect(member.get_by_role("region", name="Tallen")).to_contain_text("Frukostmöte ☕ – regionen")
    member.goto("/bookings/new?resource=tallen&date=2026-09-08&start=10:00&end=11:00")
    expect(member.get_by_text("Tallen: kalendern ”Regionens kalender” har den tiden.")).to_be_visible()
    expect(member.get_by_role("button", name="Boka ändå")).to_have_count(0)
    visitor = visit(None, DAY)
    expect(visitor.get_by_role("region", name="Tallen")).to_contain_text("Upptaget utanför systemet")
    expect(visitor.get_by_role("main")).not_to_contain_text("Frukostmöte")

    page.get_by_role("link", name="Ta bort …").click()
    page.get_by_role("button", name="Ta bort").click()
    expect(page.get_by_text("Inga andra kalendrar än.")).to_be_visible()
    member.goto(DAY)
    expect(member.get_by_role("main")).not_to_contain_text("Frukostmöte")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_pages_that_no_link_leads_to(visit: Visit, faults: list[str], language: str) -> None:
    page = visit("host", "/host/stockholm/calendars", language=language)
    page.emulate_media(reduced_motion="reduce")
    looker = Looker(page, language, faults)
    page.goto("/host/stockholm/calendars")
    looker.judge(LOOKS[language])
    for name, file in (("Annas Outlook", "outlook"), ("Utanför", "google")):
        page.goto("/host/stockholm/calendars/new")
        looker.judge(LOOKS[language])
        page.locator("#resource").select_option("tallen")
        page.locator("#name").fill(name)
        page.locator("#file").set_input_files(FILES / f"{file}.ics")
        page.locator("#blocks").set_checked(file == "google")
        page.locator("#shows_titles").set_checked(file == "google")
        page.locator("form.card button.main").click()
        page.locator("input[name=seen]").wait_for(state="attached")
        for fold in page.locator("main details").all():
            fold.locator("summary").first.click()
        looker.judge(LOOKS[language])
        page.locator("main form button.main").click()
        page.get_by_role("heading", name=name).wait_for()
    looker.judge(LOOKS[language])
    page.get_by_role("link", name=name).last.click()
    looker.judge(LOOKS[language])
    page.goto(DAY)
    looker.judge(LOOKS[language])
