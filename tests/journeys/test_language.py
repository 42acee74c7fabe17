"""Swedish and English: the browser's wish, and the reader's choice before it."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit, journey

pytestmark = journey


@pytest.mark.parametrize(
    ("browser", "other", "first", "second"),
    [("sv", "English", "Hitta rum", "Find a room"), ("en", "Svenska", "Find a room", "Hitta rum")],
)
def test_switch_and_back(visit: Visit, browser: str, other: str, first: str, second: str) -> None:
    page = visit(None, "/find?minutes=30", language=browser)
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    page.get_by_role("button", name=other).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(second)
    assert page.url.endswith("/find?minutes=30")
    assert page.evaluate("document.documentElement.lang") != browser
    page.goto("/find")  # the choice stays, whatever the browser says
    expect(page.get_by_role("heading", level=1)).to_have_text(second)
    page.get_by_role("banner").get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(first)


def test_the_choice_lasts_through_signing_out(visit: Visit) -> None:
    page = visit("member", "/bookings")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="My bookings")).to_be_visible()
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_a_browser_of_neither_language_gets_swedish(visit: Visit) -> None:
    page = visit(None, "/find", locale="fi-FI")
    expect(page.get_by_role("heading", name="Hitta rum")).to_be_visible()
