"""The host's day: who came and how many, who did not, who just walked in; and the month's figures follow."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.services.presence import check_in
from tests.journeys.conftest import Visit, journey
from tests.journeys.office import TODAY, booked
from tests.journeys.site import Site

pytestmark = journey

REPORT = "/offices/stockholm/reports/2026-09"


def figures(page: Page) -> dict[str, Any]:
    """The month's figures as the funder's file has them."""
    answer = page.request.get(f"{REPORT}.json")
    assert answer.status == 200
    content: dict[str, Any] = answer.json()
    return content


def visit_named(page: Page, title: str) -> Locator:
    return page.get_by_role("article", name=title)


def test_the_figures_move_by_exactly_one_booking(visit: Visit, site: Site) -> None:
    page = visit("host", "/host", phone=True)
    before = figures(page)
    with site.context():
        booked("member", "tallen", "09:15", "10:45", "Kaffe", now=site.clock.at)
    page.goto("/host")
    entry = visit_named(page, "Kaffe")
    entry.get_by_label("Kvinnor", exact=True).fill("2")
    entry.get_by_label("Män", exact=True).fill("1")
    entry.get_by_role("button", name="En till: Andra").click()
    entry.get_by_role("button", name="Checka in").click()
    expect(page.get_by_text("Incheckat.")).to_be_visible()
    expect(visit_named(page, "Kaffe").get_by_text("Incheckad")).to_be_visible()
    expect(visit_named(page, "Kaffe").get_by_label("Kvinnor", exact=True)).to_have_value("2")

    after = figures(page)
    assert after["totals"]["used_hours"] == before["totals"]["used_hours"] + 1.5
    assert after["totals"]["booked_hours"] == before["totals"]["booked_hours"] + 1.5
    assert after["totals"]["bookings"] == before["totals"]["bookings"] + 1
    assert after["totals"]["available_hours"] == before["totals"]["available_hours"]
    moved = {key: after["attendance"][key] - before["attendance"][key] for key in ("women", "men", "other")}
    assert moved == {"women": 2, "men": 1, "other": 1}
    hours = {each["resource"]: each["used_hours"] for each in before["by_resource"]}
    assert {each["resource"]: each["used_hours"] for each in after["by_resource"]} == {
        **hours,
        "tallen": hours["tallen"] + 1.5,
    }
    page.goto(REPORT)
    used = f"{after['totals']['used_hours']:.1f}".replace(".", ",")
    expect(page.get_by_role("main")).to_contain_text(used)


def test_nobody_came_and_that_was_a_mistake(visit: Visit) -> None:
    page = visit("host", "/host")
    before = figures(page)["totals"]
    visit_named(page, "Avstämning").get_by_role("button", name="Utebliven").click()
    expect(page.get_by_text("Markerad som utebliven.")).to_be_visible()
    after = figures(page)["totals"]
    assert after["used_hours"] == before["used_hours"] - 1
    assert after["booked_hours"] == before["booked_hours"]

    visit_named(page, "Avstämning").get_by_role("button", name="Ångra").click()
    expect(page.get_by_text("Ångrat.")).to_be_visible()
    expect(visit_named(page, "Avstämning").get_by_text("Bekräftad")).to_be_visible()
    assert figures(page)["totals"] == before


def test_walk_in(visit: Visit) -> None:
    page = visit("host", "/host")
    form = page.get_by_role("region", name="Drop-in")
    form.get_by_label("Rum, skrivbord eller videoenhet").select_option("tallen")
    form.get_by_label("Organisation").select_option("granit")
    form.get_by_label("Kvinnor").fill("3")
    form.get_by_role("button", name="Checka in nu").click()
    expect(page.get_by_text("Incheckat. Välkomna!")).to_be_visible()
    entry = visit_named(page, "Drop-in")
    expect(entry).to_contain_text("09:15–10:15")
    expect(entry).to_contain_text("Granit & Son AB")
    expect(entry.get_by_label("Kvinnor", exact=True)).to_have_value("3")

    form.get_by_label("Rum, skrivbord eller videoenhet").select_option("tallen")
    expect(form.get_by_label("Organisation")).to_have_value("")
    form.get_by_label("Organisation").select_option("granit")
    form.get_by_label("Män").fill("4")
    form.get_by_role("button", name="Checka in nu").click()
    expect(form.get_by_role("alert")).to_contain_text("Tallen: du har själv den tiden.")
    expect(form.get_by_label("Män")).to_have_value("4")


def test_approve(visit: Visit) -> None:
    page = visit("host", "/host")
    visit_named(page, "Lansering").get_by_role("button", name="Godkänn").click()
    expect(page.get_by_text("Godkänt.")).to_be_visible()
    expect(visit_named(page, "Lansering").get_by_text("Bekräftad")).to_be_visible()


def test_a_head_count_that_is_no_number(visit: Visit) -> None:
    page = visit("host", "/host", script=False)
    entry = visit_named(page, "Avstämning")
    page.evaluate("for (const field of document.querySelectorAll('[type=number]')) field.type = 'text'")
    entry.get_by_label("Kvinnor", exact=True).fill("många")
    entry.get_by_role("button", name="Checka in").click()
    expect(page.get_by_role("alert")).to_contain_text("Ett antal är ett heltal")
    expect(page.get_by_role("alert")).to_be_in_viewport()
    expect(visit_named(page, "Avstämning").get_by_text("Bekräftad")).to_be_visible()


def test_a_member_is_no_host(visit: Visit) -> None:
    page = visit("member", "/host")
    expect(page.get_by_role("heading", name="Det här är inte till för dig")).to_be_visible()
    expect(page.get_by_role("navigation", name="Huvudmeny")).not_to_contain_text("Värd")


@pytest.mark.parametrize("script", [True, False])
def test_ending_asks_first(visit: Visit, site: Site, script: bool) -> None:
    with site.context():
        date = booked("member", "tallen", "09:15", "10:45", "Kaffe", now=site.clock.at).dates[0]
        check_in(date.id, by=date.booking.organiser, now=site.clock.at)
    page = visit("host", "/host", phone=True, script=script)
    entry = visit_named(page, "Kaffe")
    entry.get_by_label("Kvinnor", exact=True).fill("4")
    entry.get_by_role("button", name="Avsluta nu …").click()
    expect(page.get_by_role("heading", name="Avsluta mötet nu?")).to_be_visible()
    expect(page.get_by_text("Sparas samtidigt: 4 kvinnor")).to_be_visible()
    page.get_by_role("link", name="Tillbaka").click()
    visit_named(page, "Kaffe").get_by_role("button", name="Avsluta nu …").click()
    page.get_by_role("button", name="Avsluta nu").click()
    expect(page.get_by_text("Avslutat.")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_closing_shows_what_is_booked_and_cancels_what_is_ticked(
    visit: Visit, site: Site, script: bool
) -> None:
    tomorrow = TODAY + timedelta(days=1)
    with site.context():
        booked("member", "tallen", "09:00", "10:00", "Kaffe", on=tomorrow, now=site.clock.at)
        booked("other", "granen", "09:00", "10:00", "Te", on=tomorrow, now=site.clock.at)
    page = visit("host", "/host/stockholm/rules", phone=True, script=script)
    page.get_by_role("link", name="Stäng en tid").click()
    page.get_by_label("Från").fill(f"{tomorrow}T08:00")
    page.get_by_label("Till", exact=True).fill(f"{tomorrow}T11:00")
    page.get_by_label("Skäl").fill("Strömavbrott")
    page.get_by_role("button", name="Stäng").click()
    expect(page.get_by_role("checkbox", name="Kaffe")).to_be_checked()
    page.get_by_role("checkbox", name="Exempelbolaget").uncheck()
    page.get_by_role("button", name="Stäng, och avboka det förkryssade").click()
    expect(page.get_by_text("Stängt. En bokning är avbokad; den som bokade får ett mejl.")).to_be_visible()
    closed = page.get_by_role("region", name="Stängt")
    expect(closed).to_contain_text("Strömavbrott")
    expect(closed).to_contain_text("Te, ")
    closed.get_by_role("link", name="Öppna igen").first.click()
    page.get_by_role("button", name="Öppna igen").click()
    expect(page.get_by_text("Öppet igen.")).to_be_visible()
    member = visit("member", "/bookings", script=script)
    expect(member.get_by_role("listitem").filter(has_text="Kaffe")).to_contain_text("Avbokad")
