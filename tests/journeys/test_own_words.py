"""The host writes two sentences about a month that is over, publishes them, and judges a goal."""

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visit, journey

pytestmark = journey

AUGUST = "/offices/stockholm/reports/2026-08"
FIRST, BETTER = "Augusti var lugnt. Bygget blev klart.", "Augusti var lugnt, som väntat."


def freeze(page: Page) -> None:
    page.get_by_role("link", name="Fastställ eller skicka").click()
    page.get_by_role("button", name="Fastställ och skicka nu").click()


def test_words_before_a_revision_and_after(visit: Visit) -> None:
    page = visit("host", AUGUST, phone=True)
    page.get_by_role("link", name="Skriv två egna meningar").click()
    page.get_by_label("På svenska").fill(FIRST)
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("blockquote.words")).to_have_text(FIRST)
    freeze(page)
    expect(page.locator("blockquote.words")).to_have_text(FIRST)
    published = page.url

    page.goto(AUGUST)
    page.get_by_role("link", name="Ändra värdens egna ord").click()
    expect(page.get_by_role("region", name="Fastställt")).to_contain_text(FIRST)
    page.get_by_label("På svenska").fill(BETTER)
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("blockquote.words")).to_have_text(BETTER)
    freeze(page)
    changed = page.get_by_role("region", name="Vad revisionen ändrade, siffra för siffra")
    expect(changed).to_contain_text(FIRST)
    expect(changed).to_contain_text(BETTER)
    page.goto(published)
    expect(page.locator("blockquote.words")).to_have_text(FIRST)


def test_a_goal_is_followed_up(visit: Visit) -> None:
    page = visit("host", "/host/stockholm/goals", phone=True)
    page.get_by_label("Nytt mål").first.fill("Tio möten med regeringen")
    page.get_by_role("button", name="Lägg till målet").first.click()
    goal = page.get_by_role("article", name="Tio möten med regeringen")
    expect(goal).to_contain_text("inte uppföljt i år")
    goal.get_by_role("link", name="Följ upp").click()
    page.get_by_label("Delvis uppnått").check()
    page.get_by_label("Anteckning").fill("Sex av tio.")
    page.get_by_role("button", name="Spara").click()
    expect(goal).to_contain_text("Sex av tio.")
    expect(goal).not_to_contain_text("inte uppföljt i år")
    page.goto("/offices/stockholm/reports/2026-09")
    expect(page.get_by_role("region", name="Mål", exact=True)).to_contain_text(
        "1 av 1 mål är helt eller delvis uppnått"
    )
