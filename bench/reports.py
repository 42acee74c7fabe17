"""What reports cost when an office has ten years behind it: `python -m bench.reports`.

One office of sixty rooms. Its bookings are counted by month, category and room: from columns of numbers
beside a bare numpy clip of the same columns; then one month from the bookings, and from the roll-up; then
as files. Prints its rows as JSON.
"""

import gc
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import numpy as np
from flask_migrate import upgrade
from sqlalchemy import func, select

from app.domain.localtime import midnight, zone
from app.domain.period import Period
from app.extensions import db
from app.factory import create_app
from app.jobs import JOBS, run
from app.models import Category, Office, Resource, UsageShare
from app.services.office_file import load_office
from app.services.offices import office_named
from app.services.opening import OfficeHours
from app.services.reports.material import slugs_of
from app.services.reports.roll_up.columns import Cells, Columns, count_cells, hours_of, load_columns
from app.services.reports.roll_up.standing import Standing, standing
from bench import report_files
from bench.server import ROOT, environment
from bench.table import Measured, ratio
from bench.world import NAMES, ZONE, is_working_day, place_of, thing_of

T = TypeVar("T")
OFFICE, ROOMS, YEARS = "decade", 60, 10
CATEGORIES = ("company", "municipality", "region", "network", "academia", "association")
STEP, LENGTH = 75, 70  # minutes from one use of a room to the next, and of each
PER_DAY = 7
LAST = date(2026, 11, 1)  # exclusive
MONTH = Period.parse("2026-10")
HALF_YEAR = Period.parse("2026-H1")  # with more than fifty thousand bookings
TZ = zone(ZONE.key)
MEGABYTE = 1024  # of the kilobytes that the kernel tells


def measure(folder: Path, count: int, rounds: int) -> list[Measured]:
    """In processes of their own: one stores, the memory of the other is measured."""
    folder.mkdir()
    settings = environment(folder, 0)

    def told_by(*arguments: str) -> str:
        command = [sys.executable, "-m", "bench.reports", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    told_by("store", str(count))
    return [Measured(**row) for row in json.loads(told_by("measure", str(rounds)))]


def main(what: str, number: int) -> None:
    """`store COUNT`, then `measure ROUNDS`."""
    now = datetime.combine(LAST, datetime.min.time(), UTC) + timedelta(days=1)
    with create_app().app_context():
        if what == "store":
            upgrade()
            load_office(description(), now=now - timedelta(days=365 * YEARS + 400))
            fill(db.engine.url.database or "", number)
            return
        office = office_named(OFFICE)
        rows = list(_rows(office, number, now))  # whose columns are forgotten now
        _say("The files of a report")
        rows += report_files.measure(office, MONTH, HALF_YEAR, now, max(number, 3))
    rows.append(Measured("memory at its highest", _highest(), "MB", 400, "of the process that did all of it"))
    print(json.dumps([asdict(row) for row in rows]))


def description() -> str:
    """The office as a file for `office load`."""
    categories = (
        f'[[categories]]\nslug = "{each}"\nname = {{ sv = "{each}", en = "{each}" }}\n' for each in CATEGORIES
    )
    organisations = (
        f'[[organisations]]\nslug = "of-{each}"\nname = "{each}"\ncategory = "{each}"\n'
        for each in CATEGORIES
    )
    activities = NAMES[NAMES.index("[[activities]]") :]
    rooms = (thing_of(f"room-{number:02}", f"Room {number}") for number in range(ROOMS))
    return "\n".join([place_of(OFFICE, "Ten years"), *categories, activities, *organisations, *rooms])


def fill(database: str, count: int) -> None:
    """Straight into the file, as old bookings stand there."""
    rooms = db.session.scalars(select(Resource.id).order_by(Resource.id)).all()
    organisations = db.session.execute(select(Category.id).order_by(Category.id)).scalars().all()
    db.session.commit()
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        cursor = connection.cursor()
        uses = list(islice(_uses(len(rooms)), count))
        uses.sort(key=lambda use: use[1])
        cursor.executemany(
            "INSERT INTO booking (id, uid, title, organisation_id, category_id, activity_id, timezone, "
            f"version, set_aside) VALUES (?, ?, '', ?, ?, 1, '{ZONE.key}', 1, '[]')",
            (
                (number, str(number), at + 1, organisations[at])
                for number, at in (
                    (number, number * 7 % len(CATEGORIES)) for number in range(1, len(uses) + 1)
                )
            ),
        )
        cursor.executemany(
            "INSERT INTO booking_date (id, booking_id, original_start_at, starts_at, ends_at, status, women,"
            " men, other, sequence, changed_at, overlapping_import)"
            " VALUES (?, ?, ?, ?, ?, ?, 1, 2, 0, 0, 0, 0)",
            (
                (number, number, start, start, end, "no_show" if number % 20 == 0 else "checked_in")
                for number, (_, start, end) in enumerate(uses, 1)
            ),
        )
        cursor.executemany(
            "INSERT INTO slot (id, date_id, resource_id, starts_at, ends_at, blocks_from, blocks_until, live)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            (
                (number, number, rooms[room], start, end, start, end)
                for number, (room, start, end) in enumerate(uses, 1)
            ),
        )


def _uses(rooms: int) -> Iterator[tuple[int, int, int]]:
    """Room, start and end, the last day first. Some overlap, or lie partly outside the opening hours."""
    days = (LAST - timedelta(days=number) for number in range(1, 366 * 40))
    for day in days:
        if is_working_day(day):
            opens = int(midnight(day, TZ).timestamp()) + 8 * 3600
            for room in range(rooms):
                for number in range(PER_DAY):
                    start = opens + (number * STEP + room % 3 * 5 - 10) * 60
                    longer = 20 if day.day == 1 and number == 3 else 0
                    yield room, start, start + (LENGTH + longer) * 60


def _rows(office: Office, rounds: int, now: datetime) -> Iterator[Measured]:
    period = Period(LAST.replace(year=LAST.year - YEARS), LAST)
    rooms = db.session.scalars(select(Resource).filter_by(office_id=office.id)).all()
    categories = sorted(slugs_of(Category))

    def opened(part: Period) -> dict[int, list[tuple[int, int]]]:
        known = OfficeHours.load(office, part.interval(TZ))
        return {room.id: known.open_seconds(room) for room in rooms}

    def loaded(part: Period) -> Columns:
        return load_columns([room.id for room in rooms], categories, part.interval(TZ))

    loading, columns = _timed(lambda: loaded(period))
    months, hours = _edges(period.months()), hours_of(opened(period))
    plain = {room_id: np.asarray(each).T for room_id, each in opened(period).items()}
    month, of_month, hours_then = _edges([MONTH]), loaded(MONTH), hours_of(opened(MONTH))
    works: dict[str, Callable[[], Any]] = {
        "ours": lambda: count_cells(columns, hours, months),
        "bare": lambda: bare_clip(columns, plain, months),
        "month": lambda: count_cells(of_month, hours_then, month),
        "direct": lambda: count_cells(loaded(MONTH), hours_of(opened(MONTH)), month),
    }
    turns: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            turns[name].append(_timed(work)[0])
    ours, bare, one, direct = (median(turns[name]) for name in works)
    every = f"{len(period.months())} months × {len(categories)} categories × {ROOMS} rooms"
    count = sum(len(uses.start) for uses in columns.uses)
    told = f"{count} bookings; {ours * 1000:.0f} ms beside {bare * 1000:.0f}"
    ratios = [mine / other for mine, other in zip(turns["ours"], turns["bare"], strict=True)]
    yield ratio(f"{every}, counted", ratios, "× numpy clip", 1.5, told)
    yield Measured("  read into columns", loading / bare, "× numpy clip", note=f"{loading:.1f} seconds")
    told = f"{one * 1000:.1f} ms"
    yield Measured("one month of them, counted", one / bare, "× numpy clip of all", 0.2, told)
    told = f"{direct * 1000:.1f} ms"
    yield Measured("  read and counted", direct / bare, "× numpy clip of all", note=told)
    _say("Rolling up")
    building, outcome = _timed(lambda: run(JOBS["roll-up"], now, asked=True))
    yield Measured("  all days rolled up for the first time", building, "seconds", note=str(outcome))
    yield from _from_roll_up(works["direct"], office, max(rounds, 5))
    comparing, outcome = _timed(lambda: run(JOBS["roll-up-check"], now, asked=True))
    differing = outcome.counts.get("differing", -1)
    yield Measured("days on which roll-up and bookings differ", differing if outcome.done else 1, "days", 0)
    yield Measured("  every day held against the bookings", comparing, "seconds", note=str(outcome))


def _from_roll_up(one_month: Callable[[], Cells], office: Office, rounds: int) -> Iterator[Measured]:
    """The same month from the roll-up: the same figures, and how much sooner."""
    direct, rolled = [], []
    for _ in range(rounds):
        seconds, cells = _timed(one_month)
        direct.append(seconds)
        db.session.rollback()  # as a request: what stands is asked for anew
        seconds, found = _timed(lambda: used_by_cell(_current(office)))
        rolled.append(seconds)
    if sum(found.values()) != cells.used.sum():
        raise RuntimeError("the month is another one from the roll-up")
    told = f"{median(rolled) * 1000:.1f} ms beside {median(direct) * 1000:.1f}"
    ratios = [one / other for one, other in zip(rolled, direct, strict=True)]
    yield ratio("the same month from the roll-up", ratios, "× direct month", 0.1, told)


def _edges(months: list[Period]) -> list[int]:
    days = [each.first for each in months] + [months[-1].last_exclusive]
    return [int(midnight(day, TZ).timestamp()) for day in days]


def _current(office: Office) -> Standing:
    stands = standing(office, MONTH)
    if stands is None or stands.missing:
        raise RuntimeError("the month is not rolled up")
    return stands


def used_by_cell(stands: Standing) -> dict[tuple[int, int], int]:
    """What each category used of each resource on the current days, in seconds, by their ids."""
    query = (
        select(UsageShare.resource_id, UsageShare.category_id, func.sum(UsageShare.used))
        .where(stands.days_in(UsageShare))
        .group_by(UsageShare.resource_id, UsageShare.category_id)
    )
    return {(resource, category): int(used) for resource, category, used in db.session.execute(query)}


def bare_clip(columns: Columns, hours: Mapping[int, np.ndarray], edges: list[int]) -> np.ndarray:
    """Each booking clipped to the opening hours of its room, added up by month, category and room.

    It knows no overlaps and no booking that goes on into the next month.
    """
    # One more than there are: what nobody came to stands there.
    bounds, months, categories = np.asarray(edges), len(edges) - 1, len(columns.categories) + 1
    used = np.zeros((months, categories, len(columns.resources)), np.int64)
    for place, (resource_id, uses) in enumerate(zip(columns.resources, columns.uses, strict=True)):
        opens, closes = hours[resource_id]
        before = np.concatenate(([0], np.cumsum(closes - opens)))
        seconds = _until(uses.end, opens, closes, before) - _until(uses.start, opens, closes, before)
        cell = (np.searchsorted(bounds, uses.start, "right") - 1) * categories + uses.category
        added = np.bincount(cell, weights=seconds, minlength=months * categories)
        used[:, :, place] = added.reshape(months, categories)
    return used


def _until(instants: np.ndarray, opens: np.ndarray, closes: np.ndarray, before: np.ndarray) -> np.ndarray:
    last = np.maximum(np.searchsorted(opens, instants, "right") - 1, 0)
    return before[last] + np.clip(instants, opens[last], closes[last]) - opens[last]


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    """By processor time: nothing here waits for anybody, and other programs may run beside."""
    gc.collect()
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def _highest() -> float:
    told = Path("/proc/self/status").read_text()
    return int(told.partition("VmHWM:")[2].split()[0]) / MEGABYTE


def _say(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
