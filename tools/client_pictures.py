"""Takes the pictures of docs/calendars.md: one week in the browser, in Thunderbird and in Evolution.

`make clients`. The programs are real and are installed where they are missing. They cannot be told another
day, so it is the week in which the pictures are taken.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import ViewportSize, sync_playwright

from app.demo.load import FILES
from app.demo.people import MEMBER, PASSWORD, PEOPLE
from app.services.bookings import Wish, book, cancel, change
from app.services.feeds import feed_url
from app.services.office_file import load_office
from app.services.people import add_person
from tests.interop.calendars.evolution import subscribe
from tests.interop.calendars.programs import install, run
from tests.interop.calendars.thunderbird import CALENDAR, running
from tools.environment import BROWSERS
from tools.pictures import FOLDER, LARGEST, Picture, empty_office, served, take

ZONE = ZoneInfo("Europe/Stockholm")
ROOM = "tallen"
SIV, ELOF = PEOPLE[5], PEOPLE[6]
WIDTH, HEIGHT = 1120, 640
PATIENCE = 120  # seconds until a program shows its window, where the machine has much else to do
SETTLED = 15  # seconds until it has fetched the calendar and drawn it
NEEDED = (
    ("Xvfb", "xvfb"),
    ("xdotool", "xdotool"),
    ("import", "imagemagick"),
    ("thunderbird", "thunderbird"),
    ("evolution", "evolution"),
    ("dbus-run-session", "dbus-daemon"),
)
NAMES = ("browser", "thunderbird", "meeting", "evolution", "invitation")
# Panes with nothing in them, so that the week has the room.
FOLDED = """
#today-pane-panel, #today-splitter, #bottom-events-box, #calendar-view-splitter { display: none !important }
"""
WORK_DAYS = {
    "chrome://messenger/content/messenger.xhtml": {
        "calendar_toggle_workdays_only_command": {"checked": "true"}
    }
}
OURS = f"calendar.registry.{CALENDAR}"
THUNDERBIRD = {
    "calendar.view.daystarthour": 8,
    "calendar.view.dayendhour": 17,
    "calendar.view.visiblehours": 9,
    "calendar.week.start": 1,
    "mail.tabs.drawInTitlebar": False,
    "toolkit.legacyUserProfileCustomizations.stylesheets": True,
    "ui.systemUsesDarkTheme": 0,
    f"{OURS}.name": "Tallen",
    f"{OURS}.color": "#cfe3d4",
    f"{OURS}.calendar-main-in-composite": True,
}
OWN = "calendar.registry.22222222-3333-4444-5555-666666666666"
GUESTS = {  # an account of the guest's, and a calendar to accept into
    "mail.accountmanager.accounts": "account1",
    "mail.account.account1.server": "server1",
    "mail.account.account1.identities": "id1",
    "mail.server.server1.type": "none",
    "mail.server.server1.hostname": "Local Folders",
    "mail.server.server1.name": "Local Folders",
    "mail.identity.id1.useremail": ELOF.email,
    "mail.identity.id1.fullName": ELOF.name,
    "mail.identity.id1.valid": True,
    f"{OWN}.type": "storage",
    f"{OWN}.uri": "moz-storage-calendar://",
    f"{OWN}.name": ELOF.name,
    f"{OWN}.imip.identity.key": "id1",
    "mail.openMessageBehavior": 1,
}
EVOLUTION = """[org/gnome/evolution/shell]
default-component-id='calendar'
menubar-visible=false
skip-warning-dialog=true

[org/gnome/evolution/calendar]
day-start-hour=8
day-end-hour=17
show-tag-vpane=false
timezone='Europe/Stockholm'
use-24hour-format=true
use-system-timezone=false
week-start-day-name='monday'
"""


def monday(now: datetime) -> datetime:
    """Early on the first morning of the week, in Stockholm."""
    local = now.astimezone(ZONE)
    return (local - timedelta(days=local.weekday())).replace(hour=7, minute=0, second=0, microsecond=0)


class Week:
    """What is booked of one room: a series with a date moved and one cancelled, a video meeting, and more."""

    def __init__(self, begins: datetime) -> None:
        self.begins, self.now = begins, begins.astimezone(UTC)
        for file in FILES:
            load_office(file.read_text("utf-8"), now=self.now, filename=file.name)
        self.people = {
            each.email: add_person(
                each.email,
                role=each.role,
                organisation=each.organisation,
                name=each.name,
                language="en",
                password=PASSWORD,
                now=self.now,
            )
            for each in PEOPLE[:7]
        }
        self.moa = self.people[MEMBER]

    def book(self) -> None:
        """What the pictures show."""
        daily = replace(self._wish(0, 9, 10, "Morning meeting"), recurrence="FREQ=DAILY;COUNT=5")
        series = book(daily, by=self.moa, now=self.now)
        third, fourth = (series.dates[number].id for number in (2, 3))
        moved = self._wish(2, 14, 15, "Morning meeting")
        change(third, moved, version=series.version, by=self.moa, now=self.now)
        cancel(series.id, dates=[fourth], by=self.moa, now=self.now)
        link = "https://meet.example.org/vattenkraft"
        video = replace(self._wish(1, 13, 15, "Video with Umeå"), meeting_url=link)
        book(replace(video, activity="video-conference"), by=self.moa, now=self.now)
        planning = replace(self._wish(4, 12, 14, "Planning the spring"), guests=(ELOF.email,))
        book(planning, by=self.moa, now=self.now)
        other = replace(self._wish(3, 10, 12, "Salaries"), organisation=SIV.organisation)
        book(other, by=self.people[SIV.email], now=self.now)

    def _wish(self, day: int, first: int, last: int, title: str) -> Wish:
        midnight = self.begins.replace(hour=0) + timedelta(days=day)
        start, end = (midnight.replace(hour=hour).astimezone(UTC) for hour in (first, last))
        return Wish((ROOM,), start, end, title, "granit-son", "internal")


@contextmanager
def screen() -> Iterator[None]:
    """A screen that nobody sees, on which programs draw that are started here."""
    ready, told = os.pipe()
    command = ["Xvfb", "-displayfd", str(told), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[told], stderr=subprocess.DEVNULL) as server:
        os.close(told)
        try:
            with os.fdopen(ready) as answer:
                os.environ["DISPLAY"] = f":{answer.readline().strip()}"
            yield
        finally:
            server.terminate()


def fill(window: str) -> None:
    """Waits for the window with this in its title, and lets it fill the screen."""
    found = ["xdotool", "search", "--onlyvisible", "--name", window]
    until = time.monotonic() + PATIENCE
    # A search fails where a window closes that it is just looking at, so there are several.
    while subprocess.run(found, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        if time.monotonic() > until:
            raise RuntimeError(f"no window came with the title {window}")
        time.sleep(1)
    time.sleep(SETTLED)
    run(*found, "windowmove", "0", "0", "windowsize", str(WIDTH), str(HEIGHT))
    time.sleep(2)


def click(x: int, y: int, times: int = 1) -> None:
    clicks = ("click", "--repeat", str(times), "--delay", "80", "1")
    run("xdotool", "mousemove", str(x), str(y), *clicks, "mousemove", str(WIDTH), str(HEIGHT))
    time.sleep(4)


def shoot(name: str) -> None:
    run("import", "-window", "root", "+dither", "-colors", "128", FOLDER / f"{name}.png")


def in_thunderbird(address: str, home: Path) -> None:
    """Its calendar, the work days of this week."""
    prepare_thunderbird(home)
    with running(home=home, address=address, more=THUNDERBIRD):
        fill("Thunderbird")
        click(22, 108)  # the calendar, in the bar at the left
        shoot("thunderbird")
        click(648, 470, times=2)  # the video meeting, of which it then shows all that it knows
        shoot("meeting")


def prepare_thunderbird(home: Path) -> None:
    profile = home / "profile"
    (profile / "chrome").mkdir(parents=True)
    (profile / "chrome/userChrome.css").write_text(FOLDED)
    (profile / "xulstore.json").write_text(json.dumps(WORK_DAYS))


def invitation_in_thunderbird(address: str, home: Path, mail: Path) -> None:
    """The mail that a guest gets, in the guest's Thunderbird."""
    prepare_thunderbird(home)
    with running(mail, home=home, address=address, more=THUNDERBIRD | GUESTS):
        fill("Planning the spring")
        shoot("invitation")


def in_evolution(address: str, home: Path) -> None:
    """Its calendar, the work days of this week."""
    subscribe("Tallen", address, home)
    settings = home / ".config/glib-2.0/settings"
    settings.mkdir(parents=True)
    (settings / "keyfile").write_text(EVOLUTION)
    own = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "XDG_CONFIG_HOME": str(home / ".config")}
    program = subprocess.Popen(
        ["dbus-run-session", "--", "evolution", "-c", "calendar"],
        env={**os.environ, **own, "GSETTINGS_BACKEND": "keyfile", "LC_ALL": "C.UTF-8"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # it starts others, which have to end with it
    )
    try:
        fill("Calendar")
        click(307, 72)  # Work Week
        shoot("evolution")
    finally:
        os.killpg(program.pid, signal.SIGTERM)
        program.wait()


def invitation(folder: Path) -> Path:
    """The mail to the guest, of all that were sent."""
    return next(
        each for each in folder.glob("*.eml") if f"To: {ELOF.email}" in each.read_text("utf-8", "replace")
    )


def main() -> int:
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        print("The pictures need Chromium. Install it: apt install chromium", file=sys.stderr)
        return 1
    install(*NEEDED)
    begins = monday(datetime.now(UTC))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch, sync_playwright() as playwright:
        homes = Path(scratch)
        app = empty_office(homes, begins.astimezone(UTC))
        with served(app) as address:
            with app.app_context():
                week = Week(begins)
                week.book()
                secret = app.config["SECRET_KEY"]
                feed = feed_url(week.moa, f"resource:{ROOM}", base_url=address, secret=secret)
            app.test_cli_runner().invoke(args=["run-job", "send-mail"], catch_exceptions=False)
            year, number, _ = begins.isocalendar()
            page = f"/resources/{ROOM}/weeks/{year}-W{number:02d}"
            browser = playwright.chromium.launch(executable_path=chromium)
            size = ViewportSize(width=WIDTH, height=HEIGHT + 30)
            take(Picture("browser", page, size, MEMBER), browser, address, week.now)
            browser.close()
            with screen():
                in_thunderbird(feed, homes / "thunderbird")
                in_evolution(feed, homes / "evolution")
                invitation_in_thunderbird(feed, homes / "guest", invitation(homes / "mail"))
    return told()


def told() -> int:
    """Prints what was made; 1 where a picture is too large."""
    sizes = {name: (FOLDER / f"{name}.png").stat().st_size for name in NAMES}
    for name, size in sizes.items():
        print(f"docs/pictures/{name}.png  {size // 1000} kB")
    return int(max(sizes.values()) > LARGEST)


if __name__ == "__main__":
    sys.exit(main())
