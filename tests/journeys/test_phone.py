"""What must be within the thumb's reach on a phone: the other office, and the calendar to follow."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Visit, journey
from tests.journeys.office import TODAY

pytestmark = journey


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize(
    ("who", "path", "there"),
    [
        (None, f"/offices/stockholm/days/{TODAY}", f"/offices/umea/days/{TODAY}"),
        (None, "/find?office=stockholm", "/find?office=umea"),
        ("host", f"/host/stockholm/{TODAY}", f"/host/umea/{TODAY}"),
        ("funder", "/offices/stockholm/reports/2026-08", "/offices/umea/reports/2026-08"),
    ],
)
def test_offices_are_tabs_in_one_order(
    visit: Visit, who: str | None, path: str, there: str, script: bool
) -> None:
    page = visit(who, path, phone=True, script=script)
    offices = page.get_by_role("navigation", name="Kontor").get_by_role("link")
    names = offices.all_inner_texts()
    assert names == ["Västerbottens kontor i Stockholm", "Mötesplatsen i Umeå"]
    expect(offices.first).to_have_attribute("aria-current", "true")
    boxes = [each.bounding_box() for each in offices.all()]
    assert all(box and box["height"] >= 44 for box in boxes)
    offices.last.click()
    page.wait_for_url(f"**{there}")
    assert offices.all_inner_texts() == names, "a tab stays where it was"
    expect(offices.last).to_have_attribute("aria-current", "true")


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("path", ["/bookings", "/resources/tallen"])
def test_the_calendar_is_one_tap_away(visit: Visit, path: str, script: bool) -> None:
    page = visit("member", path, phone=True, script=script)
    way, heading = (
        page.get_by_role("link", name="Följ i din kalender"),
        page.get_by_role("heading", name="Följ i din kalender"),
    )
    expect(way).to_be_in_viewport(ratio=1)
    expect(heading).not_to_be_in_viewport()
    way.click()
    expect(heading).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 1366, "height": 900})
    expect(way).to_be_hidden()  # it stands beside the list
