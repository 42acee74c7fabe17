"""Takes the pictures of README.md from the product itself: `make pictures`.

The demo office on a database of its own, at a set moment, so that a picture changes only when the
product does.
"""

import logging
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Literal

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, ViewportSize, sync_playwright
from werkzeug.serving import make_server

from app.demo.people import PASSWORD
from app.factory import create_app
from config import Config
from tools.environment import BROWSERS

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
MOMENT = datetime(2026, 11, 24, 9, 20, tzinfo=UTC)  # a Tuesday, 10:20 in Stockholm
LARGEST = 150_000  # bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as somebody sees it. `by` is who is signed in; nobody where it is empty."""

    name: str
    path: str
    size: ViewportSize
    by: str = ""
    colours: Literal["light", "dark"] = "light"


DESK = ViewportSize(width=1200, height=680)
PHONE = ViewportSize(width=390, height=844)
PICTURES = (
    Picture("day", "/", DESK, "host@example.org"),
    Picture("find-phone", "/find?office=umea&when=afternoon", PHONE, "member@example.org"),
    Picture("report", "/offices/stockholm/reports/2026-10", DESK, "funder@example.org"),
)


def demo_office(folder: Path) -> Flask:
    """The product with the demo loaded, at that moment."""
    app = empty_office(folder, MOMENT)
    app.test_cli_runner().invoke(args=["demo", "load"], catch_exceptions=False)
    return app


def empty_office(folder: Path, moment: datetime) -> Flask:
    """The product at a moment, with nothing in it."""
    config = Config()
    config.SQLALCHEMY_DATABASE_URI = f"sqlite:///{folder / 'pictures.db'}"
    config.MAIL_FOLDER = folder / "mail"
    config.SECRET_KEY = "only for pictures"
    app = create_app(config)
    app.config["CLOCK"] = lambda: moment
    with app.app_context():
        upgrade()
    return app


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address under which the application answers, until the block ends."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.config["BASE_URL"] = address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield address
    finally:
        server.shutdown()


def take(picture: Picture, browser: Browser, address: str, moment: datetime = MOMENT) -> int:
    """Writes the picture; how many bytes it has."""
    target = FOLDER / f"{picture.name}.png"
    context = browser.new_context(
        base_url=address,
        viewport=picture.size,
        locale="en-GB",
        timezone_id="Europe/Stockholm",
        color_scheme=picture.colours,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.clock.set_fixed_time(moment)  # the line that marks the present moment
    if picture.by:
        page.goto("/sign-in")
        page.fill("[name=email]", picture.by)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_load_state()
    page.goto(picture.path, wait_until="networkidle")
    page.screenshot(path=target)
    context.close()
    return target.stat().st_size


def main() -> int:
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        print("The pictures need Chromium. Install it: apt install chromium", file=sys.stderr)
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    print("Preparing the demo office …", flush=True)
    too_large = []
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        with served(demo_office(Path(scratch))) as address:
            for picture in PICTURES:
                size = take(picture, browser, address)
                print(f"docs/pictures/{picture.name}.png  {size // 1000} kB", flush=True)
                too_large += [picture.name] if size > LARGEST else []
        browser.close()
    if too_large:
        print(f"Larger than {LARGEST // 1000} kB: {', '.join(too_large)}", file=sys.stderr)
    return 1 if too_large else 0


if __name__ == "__main__":
    sys.exit(main())
