"""`flask calendar import`."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models import Booking
from tests.databases import both
from tests.factories import Factory

FILES = Path(__file__).parents[1] / "data" / "calendars"
FOR = ("--resource", "tallen", "--organisation", "granit", "--activity", "meeting")


@pytest.fixture
def room(make: Factory) -> None:
    make.organisation("granit")
    make.room("tallen")


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Booking)) or 0


def run(app: Flask, name: str, *more: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["calendar", "import", str(FILES / name), *FOR, *more])
    return result.exit_code, result.output


@both
def test_all_of_it_once(app: Flask, room: None) -> None:
    code, said = run(app, "outlook.ics", "--dry-run")
    assert (code, count()) == (0, 0)
    assert "61 entries would be imported; 29 of them coming" in said
    assert "line 91: Kanelbullens dag: skipped: shown as free" in said
    code, said = run(app, "outlook.ics")
    assert (code, count()) == (0, 61)
    assert "61 entries imported; 29 of them coming" in said
    code, said = run(app, "outlook.ics")
    assert (code, count()) == (0, 61)
    assert "0 entries imported; 61 known already and skipped" in said


@pytest.mark.usefixtures("room")
def test_nothing_where_something_is_wrong_unless_it_may_be_left_out(app: Flask) -> None:
    code, said = run(app, "google.ics")
    assert (code, count()) == (1, 0)
    assert "line 84: Baklänges: it ends before it begins" in said
    assert "nothing was imported" in said
    code, said = run(app, "google.ics", "--leave-out", "--from", "2026-09-08")
    assert code == 0
    assert "1 before the first day" in said
    assert count() > 50
    before = count()
    # Another room's calendar, at the same times.
    code, said = run(app, "windows-1252.ics")
    assert (code, count()) == (0, before + 1)


@pytest.mark.usefixtures("room")
def test_a_file_that_ends_too_early_is_wrong(app: Flask, tmp_path: Path) -> None:
    whole = (FILES / "windows-1252.ics").read_bytes()
    file = tmp_path / "cut.ics"
    file.write_bytes(whole[: whole.index(b"SUMMARY")])
    code, said = run(app, str(file))
    assert (code, count()) == (1, 0)
    assert f"{file}: the file ends too early" in said
    assert f"{file}: line 4: the file ends in the middle of it" in said


@pytest.mark.usefixtures("room")
def test_names_and_files_that_are_none(app: Flask) -> None:
    runner = app.test_cli_runner()
    file = str(FILES / "windows-1252.ics")
    for name, wrong, said in (
        ("--resource", "nowhere", "there is no resource nowhere"),
        ("--organisation", "nobody", "nobody"),
        ("--activity", "nothing", "nothing"),
    ):
        args = [wrong if former == name else each for former, each in zip(("", *FOR), FOR, strict=False)]
        result = runner.invoke(args=["calendar", "import", file, *args])
        assert result.exit_code == 1
        assert said in result.output
    result = runner.invoke(args=["calendar", "import", __file__, *FOR])
    assert result.exit_code == 1
    assert "This is no calendar file." in result.output
    assert count() == 0
