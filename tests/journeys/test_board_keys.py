"""The board by keyboard where it is wider than the screen: what has the focus is always in sight."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Visit, journey
from tests.journeys.office import TODAY, booked
from tests.journeys.site import Site

pytestmark = journey

FULL, EMPTY = TODAY + timedelta(days=8), TODAY + timedelta(days=9)
BUSY = (("00:00", "00:30"), ("02:00", "07:00"), ("10:00", "10:15"), ("12:00", "20:45"), ("23:00", "23:45"))
STOPS = 9  # these, and the free stretches between and after them

# Of what has the focus: how much is neither outside the board nor under the names beside it, whether its
# ring is drawn and not cut off, whether its words stand in that part, and whether the names stay on top.
LOOK = """() => {
  const link = document.activeElement, board = link.closest("[data-track]")?.closest("[data-board]");
  if (!board) return null;
  const box = link.getBoundingClientRect(), frame = board.getBoundingClientRect();
  const names = link.closest(".row").querySelector(".name").getBoundingClientRect();
  const left = Math.max(box.left, names.right), right = Math.min(box.right, frame.right);
  const at = (x, y) => document.elementFromPoint(x, y);
  const words = [...link.querySelectorAll(".line, .long, .open .state")]
    .map((each) => each.getBoundingClientRect()).filter((each) => each.width > 1);
  const ring = getComputedStyle(link);
  return {
    text: link.innerText,
    seen: right - left,
    fits: box.width <= frame.right - names.right,
    whole: right - left > box.width - 1,
    onTop: [left + 4, (left + right) / 2, right - 4]
      .every((x) => link.contains(at(x, (box.top + box.bottom) / 2))),
    ring: ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) >= 2
      && box.top - 2 >= Math.max(frame.top, 0) && box.bottom + 2 <= Math.min(frame.bottom, innerHeight),
    words: words.length > 0 && words.every((each) => each.left >= left - 1 && each.right <= right + 1),
    names: board.querySelector(".name").contains(at(names.left + 30, names.top + 15)),
  };
}"""


def focus(page: Page) -> dict[str, Any]:
    """What has the focus, once the page has been drawn with it."""
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))")
    look: dict[str, Any] = page.evaluate(LOOK)
    return look


def enter(page: Page) -> None:
    """By Tab into the board, once its script has taken it up."""
    page.locator("[data-track] a[tabindex='0']").first.wait_for()
    for _ in range(25):
        page.keyboard.press("Tab")
        if page.evaluate("!!document.activeElement.closest('[data-track]')"):
            return
    raise AssertionError("the board cannot be reached by Tab")


def fill(site: Site) -> None:
    with site.context():
        for start, end in BUSY:
            booked("member", "studion", start, end, on=FULL)


@pytest.mark.parametrize("width", [1024, 1366])
def test_every_time_of_a_board_wider_than_the_screen(visit: Visit, site: Site, width: int) -> None:
    fill(site)
    page = visit("member", f"/offices/umea/days/{FULL}", viewport={"width": width, "height": 800})
    assert page.evaluate("(b => b.scrollWidth > b.clientWidth)(document.querySelector('[data-board]'))")
    enter(page)
    reached = set()
    there, back = ["ArrowRight"] * STOPS, ["ArrowLeft"] * STOPS
    for key in ("Home", *there, "Home", "End", *back):
        page.keyboard.press(key)
        look = focus(page)
        reached.add(look["text"])
        assert look["whole"] or not look["fits"], look
        assert look["seen"] > 40, look
        assert all(look[what] for what in ("onTop", "ring", "words", "names")), look
    assert len(reached) == STOPS + 1


@pytest.mark.parametrize("width", [900, 1366])
def test_a_stretch_wider_than_the_screen(visit: Visit, width: int) -> None:
    page = visit("member", f"/offices/umea/days/{EMPTY}", viewport={"width": width, "height": 800})
    enter(page)
    look = focus(page)
    assert "00:00–24:00" in look["text"]
    assert not look["fits"]
    assert all(look[what] for what in ("onTop", "ring", "words", "names")), look


@pytest.mark.parametrize("width", [900, 1366])
def test_without_script_nothing_focused_is_wholly_hidden(visit: Visit, site: Site, width: int) -> None:
    fill(site)
    viewport = {"width": width, "height": 800}
    page = visit("member", f"/offices/umea/days/{FULL}", viewport=viewport, script=False)
    looks = []
    for key in (*["Tab"] * (STOPS + 22), *["Shift+Tab"] * 12):
        page.keyboard.press(key)
        look = page.evaluate(LOOK)
        if look:
            looks.append(look)
    assert len({each["text"] for each in looks}) == STOPS + 1
    assert all(each["seen"] > 4 and each["ring"] and each["names"] for each in looks), looks
