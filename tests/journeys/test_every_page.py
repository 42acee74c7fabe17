"""Every page that a role is led to: axe, languages, themes, wide and narrow, weight, console, targets.

Language, theme and width are paired so that every two of them meet, with two looks at each page and language.
"""

import re
from functools import cache
from html import unescape
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.journeys.conftest import Visit, journey
from tests.journeys.site import Site, path_of

pytestmark = journey

ROLES = (None, "member", "host", "funder", "admin")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
HEAVIEST = 50 * 1024  # bytes on the wire, nothing cached
# What no link leads to on the day of the journeys: a night of 25 hours, a report that was frozen.
MORE = {
    None: ("/offices/umea/days/2026-10-25",),
    "funder": ("/offices/stockholm/reports/2026-08?project=kontoret&revision=1",),
}
LOOKS = {"sv": ((1366, "light"), (320, "dark")), "en": ((1366, "dark"), (320, "light"))}
# Files, and what is no page.
OTHER = re.compile(r"^/(api|static)/|\.(ics|pdf|xlsx|csv|excel-csv|json)$")
# Pages that differ only in which day, room or booking they show are one.
WHICH = re.compile(
    r"[0-9]{4}-[^/?]+|(?<=/)[0-9]+|(?<=/resources/)[^/]+|(?<=/offices/)[^/]+|(?<=/host/)[^/]+|(?<=/feeds/)[^/]+"
)
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}(?=/|$)")  # its report draws other things than a project's
SHOWS_MORE = {"confirm", "revision"}  # what else is asked for chooses a day, an office or a filter
ELEMENT = re.compile(r"<(\w+)(?:[^>]*? class=\"([^\"]*)\")?")
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input, select, summary")]
  .filter((e) => e.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter((e) => e.type !== "hidden" && !e.closest(".skip, [aria-hidden=true]"))
  .filter((e) => getComputedStyle(e).display !== "inline")
  .map((e) => [e, e.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.width < 23.5 || box.height < 23.5))
  .map(([e]) => e.outerHTML.slice(0, 120))"""


RUN_AXE = """tags => axe.run({runOnly: tags, resultTypes: ["violations"]}).then((result) => result.violations
  .map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(" ")).join(", ")}`))"""


def shape(path: str) -> str:
    parts = urlsplit(path)
    asked = {each.partition("=")[0] for each in parts.query.split("&")}
    page = WHICH.sub("X", MONTH.sub("month", parts.path))
    return f"{page}?{'&'.join(sorted(asked & SHOWS_MORE))}"


def elements(html: str) -> set[str]:
    """What a page is built of, whatever stands in it."""
    return {re.sub(r"\b[sw]\d+", "", f"{tag} {classes}") for tag, classes in ELEMENT.findall(html)}


@cache
def axe() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


class Looker:
    """Opens page after page as one role in one language, and notes what is wrong."""

    def __init__(self, page: Page, language: str, faults: list[str]) -> None:
        self.page, self.language, self.faults = page, language, faults
        self.weight = 0.0
        page.add_init_script(axe())  # from outside: the page is held to its own policy all the time
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("Network.enable")
        self.cdp.send("Network.setCacheDisabled", {"cacheDisabled": True})
        self.cdp.on("Network.loadingFinished", self._weigh)

    def _weigh(self, event: dict[str, Any]) -> None:
        self.weight += event.get("encodedDataLength", 0)

    def fault(self, what: str) -> None:
        self.faults.append(f"{path_of(self.page.url)} ({self.language}): {what}")

    def look(self, path: str, again: bool = False) -> None:
        """Opens a page and judges it: in one look where another role's page was much like it."""
        self.weight = 0
        answer = self.page.goto(path)
        assert answer
        if answer.status >= 400:
            self.fault(f"status {answer.status}")
        if self.page.evaluate("document.documentElement.lang") != self.language:
            self.fault("html lang")
        self.judge(LOOKS[self.language][again:])
        if self.weight > HEAVIEST:
            self.fault(f"{self.weight / 1024:.0f} KB")

    def judge(self, looks: tuple[tuple[int, str], ...]) -> None:
        """The page as it stands, once all of it is there."""
        self.page.wait_for_load_state()
        for width, theme in looks:
            self.page.set_viewport_size({"width": width, "height": 800})
            self.page.emulate_media(color_scheme=theme)
            if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                self.fault(f"scrolls sideways at {width}")
            for small in self.page.evaluate(SMALL_TARGETS):
                self.fault(f"a target under 24 px at {width}: {small}")
            for violation in self.page.evaluate(RUN_AXE, TAGS):
                self.fault(f"{width} {theme}: {violation}")


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page(visit: Visit, site: Site, faults: list[str], language: str) -> None:
    """Each role follows every link. What is built of nothing new is fetched, and not looked at again."""
    known: dict[str, set[str]] = {}
    for role in ROLES:
        looker = Looker(visit(role, "about:blank", language=language), language, faults)
        queue = ["/", "/sign-in", *MORE.get(role, ())]
        seen = {shape(path) for path in queue}
        while queue:
            path = queue.pop(0)
            answer = looker.page.request.get(path)
            html = answer.text()
            assert answer.status < 400, f"{path} as {role}: {answer.status}"
            before, frame = known.setdefault(shape(path_of(answer.url)), set()), known.setdefault("", set())
            around, _, content = html.partition("<main")
            if not (elements(content) <= before and elements(around) <= frame):
                looker.look(path, again=bool(before))
                before |= elements(content)
                frame |= elements(around)
            for link in (unescape(each) for each in re.findall(r'<a [^>]*?href="(/[^"#]*)', html)):
                if not OTHER.search(urlsplit(link).path) and shape(link) not in seen:
                    seen.add(shape(link))
                    queue.append(link)
        looker.page.context.close()
    assert len(known) > 20, sorted(known)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize(
    ("who", "path", "status"),
    [(None, "/nowhere", 404), ("member", "/host", 403), ("member", "/bookings/999", 404)],
)
def test_error_pages(
    visit: Visit, faults: list[str], language: str, who: str | None, path: str, status: int
) -> None:
    page = visit(who, "about:blank", language=language)
    looker = Looker(page, language, mine := [])
    looker.look(path)
    assert all(f"status {status}" in each or "Failed to load" in each for each in mine), mine
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_forms_with_errors(visit: Visit, faults: list[str], language: str) -> None:
    """The states of a form that no link leads to."""
    page = visit("member", "about:blank", language=language)
    looker = Looker(page, language, faults)
    page.goto("/bookings/new?resource=tallen")
    page.locator("#date").fill("2020-01-01")
    page.locator("#title").fill("")
    page.locator("form.form button.main").click()
    page.locator("[aria-invalid]").first.wait_for()
    looker.judge(LOOKS[language])
    page.locator("#date").fill("2027-10-31")  # the night that has an hour twice
    page.locator("#start").fill("02:30")
    page.locator("#end").fill("03:30")
    page.locator("form.form button.main").click()
    page.locator("#ambiguous-1").wait_for()
    looker.judge(LOOKS[language])
    faults[:] = [each for each in faults if "status of 422" not in each]  # meant


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_way_past_the_header_covers_none_of_it(visit: Visit, faults: list[str], language: str) -> None:
    looker = Looker(visit("host", "about:blank", language=language), language, faults)
    looker.look("/reports")
    looker.page.keyboard.press("Tab")
    expect(looker.page.locator(".skip")).to_be_focused()
    looker.judge(LOOKS[language])
    looker.page.keyboard.press("Enter")
    expect(looker.page.get_by_role("main")).to_be_focused()


def test_nothing_moves_for_those_who_asked_for_that(visit: Visit) -> None:
    page = visit("member", "/find", reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((e) => {
        const style = getComputedStyle(e);
        const lasts = style.transitionDuration.split(", ").some((each) => parseFloat(each) > 0);
        return style.animationName !== "none" || lasts;
        }).map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert not moving


@pytest.mark.parametrize(("who", "path"), [(None, "/sign-in"), ("member", "/find"), ("host", "/host")])
def test_focus_can_be_seen(visit: Visit, who: str | None, path: str) -> None:
    page = visit(who, path)
    for _ in range(25):
        page.keyboard.press("Tab")
        unseen = page.evaluate(
            """() => {
            const at = document.activeElement;
            if (at === document.body) return null;
            const drawn = (e) => {
              const style = e && getComputedStyle(e);
              return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
            };
            return drawn(at) || drawn(at.nextElementSibling) ? null : at.outerHTML.slice(0, 100);
            }"""
        )
        assert unseen is None
