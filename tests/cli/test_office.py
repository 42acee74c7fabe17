"""`flask office load FILE.toml`."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cli.office_problems import lines
from app.extensions import db
from app.models import Office
from app.services.office_file import OfficeFileInvalid, load_office
from tests.conftest import Clock
from tests.factories import Factory
from tests.services.office_files import OCTOBER, OFFICE
from tests.services.test_office_file_problems import BROKEN, PROBLEMS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kontor.toml"


def test_an_office_is_loaded_and_the_second_time_nothing_changes(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    first = run(args=["office", "load", str(OCTOBER)])
    assert first.exit_code == 0, first.output
    assert "created resource a\n" in first.output
    assert first.output.endswith("oktober: loaded, 12 changes\n")
    second = run(args=["office", "load", str(OCTOBER)])
    assert (second.exit_code, second.output) == (0, "oktober: nothing to change\n")


def test_past_bookings_outside_the_new_days_of_service_are_told(app: Flask, file: Path, clock: Clock) -> None:
    clock.at = datetime(2026, 11, 2, 8, tzinfo=UTC)
    run = app.test_cli_runner().invoke
    assert run(args=["office", "load", str(OCTOBER)]).exit_code == 0
    bookings = OCTOBER.with_suffix(".csv")
    assert run(args=["bookings", "import", str(bookings)]).exit_code == 0
    text = OCTOBER.read_text("utf-8")
    file.write_text(text.replace('slug = "a"', 'slug = "a"\nactive_to = 2026-10-20'), "utf-8")
    result = run(args=["office", "load", str(file)])
    assert result.output == (
        "updated resource a\n"
        "warning: 2 past bookings lie outside the days on which a is in service now: no report counts them; "
        "if they took place, let active_from or active_to reach to them\n"
        "oktober: loaded, 1 change\n"
    )
    file.write_text(text.replace('slug = "a"', 'slug = "a"\nactive_to = 2026-12-01'), "utf-8")
    assert "warning" not in run(args=["office", "load", str(file)]).output


def test_every_problem_is_one_line_with_file_and_key(app: Flask, file: Path) -> None:
    file.write_text(
        OFFICE
        + 'langauge = "sv"\n'
        + "[[closures]]\nstarts = 2026-03-29T02:30:00\nends = 2026-10-25T02:30:00\n"
        + '[[resources]]\nslug = "a"\nname = "A"\nkind = "rom"\nparts = ["b"]\napproval = "no"\n'
    )
    result = app.test_cli_runner().invoke(args=["office", "load", str(file)])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f'{file}: office.langauge: is not known here; did you mean "language"?',
        f'{file}: resources[a].kind: must be one of room, desk, video, adviser; did you mean "room"?',
        f"{file}: resources[a].approval: must be true or false, without quotes",
        f"{file}: closures[1].starts: 2026-03-29T02:30 does not exist in Europe/Stockholm: "
        "the clock jumps over it; correct it",
        f"{file}: closures[1].ends: 2026-10-25T02:30 comes twice in Europe/Stockholm; "
        "add an offset: 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00",
        f'{file}: resources[a].parts: there is no resource "b" in this file; add it under [[resources]]',
    ]
    assert db.session.scalar(select(func.count(Office.id))) == 0


def test_a_file_that_is_no_text_is_told(app: Flask, file: Path) -> None:
    file.write_bytes(b'[office]\nname = "\xe5"')
    result = app.test_cli_runner().invoke(args=["office", "load", str(file)])
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert f"{file}: line 2: is not UTF-8" in result.stderr


def test_a_file_that_does_not_exist_is_told(app: Flask, file: Path) -> None:
    result = app.test_cli_runner().invoke(args=["office", "load", str(file)])
    assert result.exit_code != 0
    assert "does not exist" in result.stderr


def test_every_problem_has_a_sentence(app: Flask, make: Factory, now: datetime) -> None:
    make.room("tallen")
    make.organisation("granit")
    for text in [OFFICE + text for text, _, _ in PROBLEMS] + [text for text, _, _ in BROKEN]:
        with pytest.raises(OfficeFileInvalid) as invalid:
            load_office(text, now=now, filename="kontor.toml")
        for line in lines(invalid.value):
            assert line.startswith("kontor.toml: ")
            assert "{" not in line
            assert "None" not in line
