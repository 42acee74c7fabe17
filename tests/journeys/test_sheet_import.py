"""A host brings years of a spreadsheet in, and sees them where they were."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit, journey
from tests.journeys.test_every_page import LOOKS, Looker
from tests.services.workbooks import HEADINGS, YEARS, workbook

pytestmark = journey


@pytest.fixture
def years(tmp_path: Path) -> Path:
    """A workbook with an organisation and an activity that nobody knows, and a row that is wrong."""
    path = tmp_path / "bokningar.xlsx"
    wrong = ["i går", *YEARS[0][1:]]
    path.write_bytes(workbook(*YEARS, wrong, headings=HEADINGS))
    return path


def test_from_the_rules_to_the_day_of_old(visit: Visit, years: Path, faults: list[str]) -> None:
    page = visit("host", "/host", phone=True)
    page.get_by_role("link", name="Regler").click()
    page.get_by_role("link", name="Hämta in ett kalkylblad").click()
    page.get_by_label("Kalkylblad (.xlsx eller .csv)").set_input_files(years)
    page.get_by_role("button", name="Se vad som står i den").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Det här är kolumnerna")
    expect(page.get_by_label("Kvinnor")).to_have_value("7")
    page.get_by_role("button", name="Fortsätt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Det här betyder namnen")
    expect(page.get_by_label("Stora Tallen").locator(":checked")).to_have_text("Tallen")
    for unknown in page.locator("select").all():
        if not unknown.input_value():
            unknown.select_option(index=1)
    page.get_by_role("button", name="Se vad det blir").click()
    expect(page.get_by_text("Rad 7 Datum: ”i går” är inget datum")).to_be_visible()
    page.get_by_role("button", name="Hämta in 3 bokningar").click()
    expect(page.get_by_role("alert")).to_contain_text("Något är fel i några rader.")
    page.get_by_label("Hoppa över den 1 rad som har något fel").check()
    page.get_by_role("button", name="Hämta in 3 bokningar").click()
    expect(page.get_by_text("3 bokningar hämtade.")).to_be_visible()
    page.goto("/host/stockholm/2024-03-04")
    expect(page.get_by_role("main")).to_contain_text("Frukost")
    faults[:] = [each for each in faults if "status of 422" not in each]  # meant


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_pages_that_no_link_leads_to(visit: Visit, faults: list[str], language: str, years: Path) -> None:
    page = visit("host", "/host/stockholm/imports/sheet", language=language)
    page.emulate_media(reduced_motion="reduce")  # no colours on their way from one to another
    looker = Looker(page, language, faults)
    looks = (*LOOKS[language], (390, "light"))
    page.goto("/host/stockholm/imports/sheet")
    page.locator("#file").set_input_files(years)
    go_on = page.locator("form.form button.main")
    go_on.click()
    page.locator("#column_date").wait_for()
    looker.judge(looks)
    page.locator("#column_men").select_option("7")  # another's
    go_on.click()
    page.locator("[aria-invalid]").first.wait_for()
    looker.judge(looks)
    page.locator("#column_men").select_option("8")
    go_on.click()
    page.locator("optgroup").first.wait_for(state="attached")
    looker.judge(looks)
    for unknown in page.locator("select").all():
        unknown.select_option("")
    go_on.click()
    page.locator("[aria-invalid]").first.wait_for()
    looker.judge(looks)
    for unknown in page.locator("select").all():
        unknown.select_option(index=1)
    go_on.click()
    page.locator("#wrong").wait_for()
    looker.judge(looks)
    faults[:] = [each for each in faults if "status of 422" not in each]  # meant
