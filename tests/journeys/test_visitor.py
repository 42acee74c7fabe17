"""Somebody who is not signed in: what is free, no titles, no names, and the way in."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit, journey
from tests.journeys.office import CANARY, PASSWORD, PEOPLE, email_of

pytestmark = journey

PAGES = (
    "/",
    "/find",
    "/resources/bjorken",
    "/resources/bjorken/weeks/2026-W37",
    "/offices/stockholm/days/2026-09-07",
)


@pytest.mark.parametrize("who", [None, "member"])
def test_free_or_busy_and_nothing_more(visit: Visit, who: str | None) -> None:
    page = visit(who)
    for path in PAGES:
        page.goto(path)
        source = page.content()
        assert CANARY not in source, path
        for person, (name, _) in PEOPLE.items():
            assert who == person or name not in source, path
    page.goto("/")
    expect(page.get_by_role("region", name="Björken").get_by_role("listitem").first).to_contain_text(
        "08:30–10:30"
    )
    expect(page.get_by_role("region", name="Björken")).to_contain_text("Upptaget")


def test_the_title_is_there_for_its_own(visit: Visit) -> None:
    assert CANARY in visit("other", "/").content()


def test_led_to_sign_in_and_back_to_the_form(visit: Visit) -> None:
    page = visit(None, "/find")
    page.get_by_role("link", name="Boka Tallen").click()
    page.wait_for_url("**/sign-in?**")
    page.locator("#email").fill(email_of("member"))
    page.locator("#password").fill("fel lösenord")
    page.get_by_role("button", name="Logga in").click()
    expect(page.get_by_role("alert")).to_contain_text("hör inte ihop")
    expect(page.locator("#email")).to_have_value(email_of("member"))
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.wait_for_url("**/bookings/new?**")
    expect(page.get_by_role("heading", name="Boka Tallen")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Tallen")
    expect(page.get_by_role("main")).to_contain_text("09:15–10:15")


@pytest.mark.parametrize("path", ["/bookings", "/bookings/1", "/bookings/1.ics", "/host", "/reports"])
def test_closed_doors(visit: Visit, path: str) -> None:
    page = visit(None, path)
    assert re.search(r"/sign-in\?next=", page.url)


def test_sign_out_shuts_the_door(visit: Visit) -> None:
    page = visit("member", "/bookings")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Logga ut").click()
    page.wait_for_url("**/")
    page.go_back()
    page.reload()
    assert "/sign-in" in page.url
