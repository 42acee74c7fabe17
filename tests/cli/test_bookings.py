"""`flask bookings import FILE.csv`."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cli.booking_problems import lines
from app.extensions import db
from app.models import Booking
from app.services.booking_file import BookingFileInvalid, import_bookings
from tests.conftest import Clock
from tests.factories import Factory
from tests.services.office_files import OCTOBER
from tests.services.test_booking_file import NOVEMBER, csv_of, row
from tests.services.test_booking_file_problems import FIELDS, FILES


@pytest.fixture
def room(make: Factory) -> None:
    make.room("tallen")
    make.organisation("granit")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "gamla.csv"


def test_the_worked_example(app: Flask, clock: Clock) -> None:
    clock.at = NOVEMBER
    run = app.test_cli_runner().invoke
    run(args=["office", "load", str(OCTOBER)])
    csv = str(OCTOBER.with_suffix(".csv"))
    dry = run(args=["bookings", "import", csv, "--dry-run"])
    assert (dry.exit_code, dry.output) == (
        0,
        "10 bookings would be imported; 2 overlap others and are marked\n",
    )
    assert db.session.scalar(select(func.count(Booking.id))) == 0


def test_what_was_done_is_told(app: Flask, room: None, file: Path) -> None:
    file.write_text(csv_of({}, {}, row("2027-02-02T08:00", "2027-02-02T09:00", organiser_email="x@y.se")))
    run = app.test_cli_runner().invoke
    result = run(args=["bookings", "import", str(file)])
    assert (result.exit_code, result.output) == (
        0,
        "3 bookings imported; 1 of them coming; 2 overlap others and are marked; "
        "1 without organiser, whose address is not known\n",
    )
    again = run(args=["bookings", "import", str(file)])
    assert again.output == "0 bookings imported; 3 known already and skipped\n"


def test_one_of_each_is_told_as_one(app: Flask, room: None, file: Path) -> None:
    run = app.test_cli_runner().invoke
    file.write_text(csv_of({}))
    assert run(args=["bookings", "import", str(file)]).output == "1 booking imported\n"
    file.write_text(csv_of({"id": "another"}))
    told = run(args=["bookings", "import", str(file)]).output
    assert told == "1 booking imported; 1 overlaps others and is marked\n"


def test_every_bad_line_is_told_by_file_and_line(app: Flask, room: None, file: Path) -> None:
    file.write_text(
        csv_of(
            row("2026-06-01T10:00", "2026-06-01T08:00"),
            row("2026-03-29T02:30", "2026-03-29T04:00"),
            row("2025-10-26T02:30", "2025-10-26T04:00"),
            row("2027-02-02T08:00", "2027-02-02T09:00"),
            row("2027-02-02T08:30", "2027-02-02T09:30", women="två"),
            row("2027-02-02T08:30", "2027-02-02T09:30"),
        )
    )
    result = app.test_cli_runner().invoke(args=["bookings", "import", str(file)])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"{file}: line 2: end: is before start",
        f"{file}: line 3: start: 2026-03-29T02:30 does not exist in Europe/Stockholm: "
        "the clock jumps over it; correct it",
        f"{file}: line 4: start: 2025-10-26T02:30 comes twice in Europe/Stockholm; "
        "add an offset: 2025-10-26T02:30+02:00 or 2025-10-26T02:30+01:00",
        f'{file}: line 6: women: "två" is no head count; use a whole number from 0 to 10000, or nothing',
        f"{file}: line 7: start: tallen is taken at this time by line 5",
    ]
    assert db.session.scalar(select(func.count(Booking.id))) == 0


def test_every_problem_has_a_sentence(app: Flask, room: None, make: Factory, now: datetime) -> None:
    make.pool("tom-pool", name="Tom")
    for text in [csv_of(fields) for fields, _, _ in FIELDS] + [text for text, *_ in FILES]:
        with pytest.raises(BookingFileInvalid) as invalid:
            import_bookings(text, now=now, filename="gamla.csv")
        for line in lines(invalid.value):
            assert line.startswith("gamla.csv: line ")
            assert "{" not in line
            assert "None" not in line
