"""A host says what use is worth and what is aid, and follows an amount to its booking and back."""

from playwright.sync_api import expect

from tests.journeys.conftest import Visit, journey
from tests.journeys.test_every_page import LOOKS, Looker

pytestmark = journey

MONEY = "/host/stockholm/money"


def test_from_the_first_value_to_a_decision(visit: Visit, faults: list[str]) -> None:
    page = visit("host", "about:blank")
    looker = Looker(page, "sv", faults)
    page.goto("/host?office=stockholm")
    page.get_by_role("link", name="Pengar", exact=True).click()
    looker.judge(LOOKS["sv"])

    page.get_by_role("link", name="Ange det").click()
    page.get_by_label("Tak", exact=True).fill("20 000")
    page.get_by_label("Takets valuta").fill("SEK")
    page.get_by_label("Vem som ger stödet").fill("Region Västerbotten")
    page.get_by_role("button", name="Spara").click()
    looker.judge(LOOKS["sv"])

    page.get_by_role("link", name="Värde per timme").click()
    page.get_by_label("Tallen").check()
    page.get_by_label("Värde per timme").fill("1 000,50")
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ändra det som redan är räknat?")
    looker.judge(LOOKS["sv"])
    page.get_by_label("Skäl").fill("Värdet är nytt.")
    page.get_by_role("button", name="Spara och ändra beloppen").click()
    expect(page.get_by_role("row", name="Tallen")).to_contain_text("1 000,50 kr")
    looker.judge(LOOKS["sv"])

    page.get_by_role("link", name="Vad som är stöd").click()
    page.get_by_label("Kategori").select_option("Företag")
    page.get_by_label("Ja, det är stöd av mindre betydelse").check()
    page.get_by_label("Skäl").fill("De betalar inget.")
    page.get_by_role("button", name="Spara beslutet").click()
    page.get_by_role("button", name="Spara och ändra beloppen").click()
    looker.judge(LOOKS["sv"])

    page.get_by_role("link", name="Företag", exact=True).click()
    granit = page.get_by_role("article", name="Granit & Son AB")
    expect(granit).to_contain_text("av 20 000 kr")
    looker.judge(LOOKS["sv"])
    granit.get_by_role("link", name="Granit & Son AB").click()
    looker.judge(LOOKS["sv"])

    page.get_by_role("region", name="Bokningarna bakom").get_by_role("link").first.click()
    beside = page.get_by_role("region", name="Värde och stöd")
    expect(beside).to_contain_text("stöd, som kategorin")
    looker.judge(LOOKS["sv"])
    beside.get_by_role("link", name="Besluta annorlunda").click()
    page.get_by_label("Nej").check()
    page.get_by_role("button", name="Spara beslutet").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv varför")
    looker.judge(LOOKS["sv"])
    page.get_by_label("Skäl").fill("De betalade hyra.")
    page.get_by_role("button", name="Spara beslutet").click()
    expect(beside).to_contain_text("inte stöd")
    expect(beside).to_contain_text("De betalade hyra.")

    page.goto(f"{MONEY}/register?period=2026-08")
    expect(page.get_by_role("table")).to_contain_text("Granit & Son AB")
    looker.judge(LOOKS["sv"])
    with page.expect_download() as found:
        page.get_by_role("link", name="CSV för Excel").click()
    assert found.value.suggested_filename == "stockholm-2026-08-register.excel.csv"
    page.goto("/offices/stockholm/reports/2026-08")
    expect(page.get_by_role("region", name="Bilaga: Värde och stöd")).to_be_visible()
    looker.judge(LOOKS["sv"])
    faults[:] = [each for each in faults if "status of 422" not in each]  # meant
