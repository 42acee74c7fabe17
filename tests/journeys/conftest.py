"""A server and a browser for the session; for each journey a fresh database and fresh browser contexts."""

from collections.abc import Callable, Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.journeys.site import Site

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# Chromium reports every answer from 400 on as an error; journeys into refusals mean them.
MEANT = "Failed to load resource: the server responded with a status of 4"
PATIENCE = 20_000  # milliseconds: a busy build machine is no fault of the page
LOCALES = {"sv": "sv-SE", "en": "en-GB"}
# For every file of journeys. Flask-Compress leaves closing a static file to the garbage collector.
journey = [pytest.mark.browser, pytest.mark.filterwarnings("ignore:unclosed file")]


class Visit(Protocol):
    """Opens a page for somebody: `visit("member", "/find", phone=True)`."""

    def __call__(
        self,
        who: str | None,
        path: str = "/",
        *,
        language: str = "sv",
        phone: bool = False,
        script: bool = True,
        **more: object,
    ) -> Page: ...


@pytest.fixture(scope="session")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("journeys"))
    yield site
    site.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def site(running_site: Site) -> Site:
    """The running application, as it was before any journey."""
    running_site.reset()
    return running_site


@pytest.fixture
def faults() -> Iterator[list[str]]:
    """What the browser complained of. Nothing may be left at the end."""
    found: list[str] = []
    yield found
    assert not found


@pytest.fixture
def visit(site: Site, chromium: Browser, faults: list[str]) -> Iterator[Visit]:
    contexts: list[BrowserContext] = []

    def open_page(
        who: str | None,
        path: str = "/",
        *,
        language: str = "sv",
        phone: bool = False,
        script: bool = True,
        **more: object,
    ) -> Page:
        settings: dict[str, object] = {
            "base_url": site.base,
            "locale": LOCALES[language],
            "viewport": {"width": 390, "height": 844} if phone else {"width": 1366, "height": 900},
            "has_touch": phone,
            "java_script_enabled": script,
            "timezone_id": "America/New_York",  # nobody's office: what a page shows is the office's time
        }
        context = chromium.new_context(**{**settings, **more})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.on("console", _complain(faults))
        context.on("weberror", lambda error: faults.append(str(error.error)))
        if who:
            context.add_cookies([{"name": "session", "value": site.sessions[who], "url": site.base}])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def _complain(faults: list[str]) -> Callable[[ConsoleMessage], None]:
    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(MEANT):
            faults.append(f"{message.page and message.page.url}: {message.text}")

    return note
