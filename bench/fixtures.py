"""Calendars that other projects keep to test themselves with, through the importer of old calendars.

`python -m bench.fixtures [FOLDER ...]`; with folders their .ics files, else what registries have. None may
crash it, take longer than it allows, or come to be booked as nonsense.
"""

import re
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from app.extensions import db
from app.factory import create_app
from app.models import BookingDate, Slot
from app.models.booking import LIVE_SLOT
from app.services.calendar_import import (
    CalendarFileInvalid,
    Choices,
    import_entries,
    judge,
    read_calendar,
    window_from,
)
from app.services.calendar_import.reading import AHEAD
from app.services.office_file import load_office
from app.services.offices import resource_named
from bench.table import Measured, table
from bench.world import NAMES, ORGANISATIONS, place_of, thing_of
from calendars.entries import Entry
from calendars.entries.apart import PATIENCE
from calendars.entries.read import LONGEST
from config import Config

YEARS = range(1971, 2100)  # in which a calendar may sensibly begin; of others it is read as of today
DOWNLOAD = 180  # seconds
LONGEST_WAIT = 3 * PATIENCE  # seconds: for reading, and for storing some thousand bookings
COMPANY = "exempelbolaget"
STARTS = re.compile(rb"DTSTART[^:\r\n]*:([0-9]{4})")
# ical4j's are in none of the registries that are asked; a copy of its repository can be given as a folder.
SOURCES = {"Debian: libical": "libical3"}
SDISTS = {"PyPI: icalendar": "icalendar", "PyPI: recurring-ical-events": "recurring-ical-events"}
NODES = {
    "npm: ical, of which node-ical came": "ical",
    "npm: node-ical": "node-ical",
    "npm: ical.js": "ical.js",
}


@dataclass
class Outcome:
    """What became of the files of one collection; `wrong` says what must not be."""

    files: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    unreadable: int = 0
    booked: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def told(self) -> str:
        why = ", ".join(f"{count} {reason}" for reason, count in sorted(self.refused.items()))
        refused = f"{self.refused.total()} refused ({why})" if why else "none refused"
        readable = self.files - self.refused.total()
        left_out = f", {self.unreadable} entries unreadable" if self.unreadable else ""
        return f"{readable} readable, {refused}; {self.entries} entries{left_out}, {self.booked} booked"


def measure(folder: Path, most: int | None = None) -> Iterator[Measured]:
    """Of every collection that can be had what became of its files, and at last how many went wrong.

    `most`: of each collection no more than so many, from all over it.
    """
    folder.mkdir()
    yield from judged(collections(folder), folder, most)


def judged(
    found: Mapping[str, Sequence[Path] | str], folder: Path, most: int | None = None
) -> Iterator[Measured]:
    """`found`: the files of each collection, or why there are none."""
    have = {name: files for name, files in found.items() if files and not isinstance(files, str)}
    app = _office(folder, len(have))
    wrong: list[str] = []
    for number, (name, files) in enumerate(have.items()):
        with app.app_context():
            step = -(-len(files) // most) if most else 1
            outcome = tried(files[::step], _room(number))
        wrong += outcome.wrong
        yield Measured(f"calendars of others ({name})", outcome.files, "files", None, outcome.told)
    missing = "; ".join(
        f"{name} {files or 'holds none'}" for name, files in found.items() if name not in have
    )
    note = "; ".join([*wrong[:5], f"not there: {missing}" if missing else ""]).strip("; ")
    yield Measured("calendars of others that break the importer", len(wrong), "", 0, note)


def tried(files: Sequence[Path], room: str) -> Outcome:
    """Each is read, looked through and brought into the room; then what the room has is looked at."""
    outcome = Outcome()
    for file in files:
        outcome.files += 1
        began = time.monotonic()
        try:
            wrong = list(_try(file.read_bytes(), room, outcome))
        except CalendarFileInvalid as invalid:
            reason = invalid.params["reason"]
            outcome.refused[reason] += 1
            wrong = ["the reader broke down"] if reason == "broken" else []
        except Exception as error:  # of whatever kind: that is what is being looked for
            db.session.rollback()
            outcome.refused["wrongly"] += 1
            wrong = [f"{type(error).__name__}: {error}".splitlines()[0]]
        if (seconds := time.monotonic() - began) > LONGEST_WAIT:
            wrong.append(f"took {seconds:.0f} seconds")
        outcome.wrong += [f"{file.name}: {each}" for each in wrong]
        db.session.expunge_all()
    outcome.wrong += _nonsense(room)
    return outcome


def _try(ics: bytes, room: str, outcome: Outcome) -> Iterator[str]:
    """As if it were imported on the first day of the year in which it begins, so that most is to come.

    Yields what of it makes no sense; the rest is imported.
    """
    now = _moment(ics)
    resource = resource_named(room)
    found = read_calendar(ics, resource, since=window_from(now.date()), now=now)
    outcome.entries += len(found.entries)
    outcome.unreadable += len(found.unreadable)
    sensible = [each for each in found.entries if _is_sensible(each, now)]
    for each in set(found.entries) - set(sensible):
        yield f"an entry from {each.start} to {each.end}"
    new = [each.entry for each in judge(sensible, resource, now=now) if each.state in ("coming", "history")]
    choices = Choices(COMPANY, "seminar", private="Private meeting")
    outcome.booked += import_entries(new, resource.id, choices, by=None, now=now).imported


def _moment(ics: bytes) -> datetime:
    year = min((int(each) for each in STARTS.findall(ics) if int(each) in YEARS), default=None)
    return datetime(year, 1, 1, tzinfo=UTC) if year else datetime.now(UTC)


def _is_sensible(entry: Entry, now: datetime) -> bool:
    """Not backwards, and not outside the window that was asked for."""
    begins = datetime(now.year - 1, 1, 1, tzinfo=UTC) - timedelta(days=1)
    return entry.start < entry.end <= now + AHEAD + LONGEST + timedelta(days=1) and entry.end > begins


def _nonsense(room: str) -> Iterator[str]:
    """What is wrong with the stored bookings of a room."""
    resource = resource_named(room)
    slots = select(Slot.blocks_from, Slot.blocks_until).where(LIVE_SLOT, Slot.resource_id == resource.id)
    for (_, ends), (begins, _) in pairwise(db.session.execute(slots.order_by(Slot.blocks_from)).all()):
        if begins < ends:
            yield f"{room} is booked twice at {begins}"
    dates = select(BookingDate.starts_at, BookingDate.ends_at).join(Slot, Slot.date_id == BookingDate.id)
    for start, end in db.session.execute(dates.where(Slot.resource_id == resource.id)):
        if end <= start or start.year not in YEARS:
            yield f"{room} is booked from {start} to {end}"


def _room(number: int) -> str:
    return f"room-{number}"


def _office(folder: Path, rooms: int) -> Flask:
    """An empty office with a room for each collection, on a database of its own."""
    config = Config()
    config.SQLALCHEMY_DATABASE_URI = f"sqlite:///{folder / 'fixtures.db'}"
    config.MAIL_FOLDER = folder / "mail"
    config.SECRET_KEY = "only for benches, " * 2
    app = create_app(config)
    organisation = (
        f'[[organisations]]\nslug = "{COMPANY}"\nname = "{ORGANISATIONS[0]}"\ncategory = "company"\n'
    )
    things = [thing_of(_room(number), f"Room {number}") for number in range(rooms)]
    with app.app_context():
        upgrade()
        load_office(
            "\n".join([place_of("fixtures", "Fixtures"), NAMES, organisation, *things]), now=datetime.now(UTC)
        )
    return app


def collections(folder: Path) -> dict[str, Sequence[Path] | str]:
    """The files of each collection that a registry gives, or why there are none."""
    found: dict[str, Sequence[Path] | str] = {}
    ways: tuple[tuple[Mapping[str, str], Callable[[str, Path], None]], ...] = (
        (SDISTS, _sdist),
        (NODES, _node_package),
        (SOURCES, _debian_source),
    )
    for packages, fetch in ways:
        for name, package in packages.items():
            place = folder / re.sub("[^a-z]+", "-", name.lower())
            place.mkdir()
            try:
                fetch(package, place)
                unpack(place)
            except (OSError, subprocess.SubprocessError, tarfile.TarError) as error:
                found[name] = f"could not be fetched ({type(error).__name__})"
            else:
                found[name] = files_in(place)
    found["ical4j"] = "is in none of these registries"
    return found


def unpack(folder: Path) -> None:
    """What the archives in the folder hold, beside them."""
    for archive in [each for each in folder.iterdir() if each.is_file() and tarfile.is_tarfile(each)]:
        with tarfile.open(archive) as packed:
            packed.extractall(folder / "unpacked", filter="data")


def files_in(folder: Path) -> list[Path]:
    """Every calendar file below it, but for the hundreds that some keep of time zones alone."""
    found = (each for each in folder.rglob("*") if each.suffix.lower() in (".ics", ".ical"))
    return sorted(each for each in found if each.is_file() and "zoneinfo" not in str(each.parent))


def _run(command: Sequence[str | Path], folder: Path) -> None:
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(command, cwd=folder, timeout=DOWNLOAD, check=True, **quiet)


def _sdist(package: str, folder: Path) -> None:
    options = ("--quiet", "--no-deps", "--no-binary", package)
    _run([sys.executable, "-m", "pip", "download", *options, package], folder)


def _node_package(package: str, folder: Path) -> None:
    _run(["npm", "pack", "--silent", package], folder)


def _debian_source(package: str, folder: Path) -> None:
    """By apt's own list of where Debian is, asked for sources; the system's own settings stay as they are."""
    (folder / "sources").mkdir()
    (folder / "lists/partial").mkdir(parents=True)
    for file in Path("/etc/apt").rglob("*.sources"):
        if "debian-archive-keyring" in (text := file.read_text()):
            (folder / "sources" / file.name).write_text(re.sub("(?m)^Types:.*", "Types: deb-src", text))
    for file in Path("/etc/apt").rglob("sources.list"):
        (folder / "sources" / "old.list").write_text(re.sub("(?m)^deb ", "deb-src ", file.read_text()))
    own = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": folder / "sources",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "APT::Sandbox::User": "root",
    }
    settings = [f"-o{name}={value}" for name, value in own.items()]
    _run(["apt-get", *settings, "update"], folder)
    _run(["apt-get", *settings, "source", "--tar-only", package], folder)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="fixtures-") as scratch:
        folder = Path(scratch)
        given = {each: files_in(Path(each)) for each in sys.argv[1:]}
        rows = list(judged(given, folder) if given else measure(folder / "all"))
    print(table(rows))
    return int(any(row.verdict == "MISSED" for row in rows))


if __name__ == "__main__":
    sys.exit(main())
