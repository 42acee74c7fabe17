"""`flask report OFFICE PERIOD`."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app.domain.period import Period
from app.extensions import db
from app.models import BookingDate
from app.services.money.values import set_values
from app.services.snapshots import freeze
from tests.conftest import Clock
from tests.factories import Factory
from tests.reports.october import DATA, NOVEMBER, load_october, load_project


def run(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["report", *args])


def test_the_worked_example_through_the_commands_alone(app: Flask, clock: Clock, tmp_path: Path) -> None:
    clock.at = NOVEMBER
    invoke = app.test_cli_runner().invoke
    assert invoke(args=["office", "load", str(DATA / "october-2026.toml")]).exit_code == 0
    assert invoke(args=["bookings", "import", str(DATA / "october-2026.csv")]).exit_code == 0
    found: dict[str, Any] = json.loads(run(app, "oktober", "2026-10").stdout)
    totals = found["totals"]
    assert (totals["available_hours"], totals["booked_hours"], totals["used_hours"]) == (281, 23, 21)
    assert (totals["utilisation"], totals["no_show_rate"], totals["day_frequency"]) == (
        21 / 281,
        1 / 8,
        6 / 22,
    )
    assert (totals["outside_hours"], totals["lost_hours"], totals["bookings"]) == (33, 6, 7)
    assert found["attendance"]["share_women"] == 22 / 39


def test_csv_to_a_file(app: Flask, tmp_path: Path) -> None:
    load_october()
    target = tmp_path / "r.csv"
    result = run(app, "oktober", "2026-10", "--format", "csv", "-o", str(target))
    assert (result.exit_code, result.output) == (0, "")
    assert "totals,,available_hours,281.0\r\n" in target.read_bytes().decode()
    assert list(tmp_path.iterdir()) == [target]


def test_frozen_reports_are_given_as_they_were(app: Flask) -> None:
    office, project = load_project()
    october = Period.parse("2026-10")
    freeze(office, project, october, now=NOVEMBER)
    db.session.query(BookingDate).filter(BookingDate.women == 4).update({"women": 5})
    db.session.commit()
    freeze(office, project, october, now=NOVEMBER)
    db.session.query(BookingDate).filter(BookingDate.women == 5).update({"women": 8})
    db.session.commit()

    def women(*args: str) -> tuple[int | None, int]:
        found = json.loads(run(app, "oktober", "2026-10", *args).stdout)
        return found["revision"], found["attendance"]["women"]

    assert women() == (None, 30)
    assert women("--project", "kontoret") == (2, 24)
    assert women("--project", "kontoret", "--revision", "1") == (1, 22)
    assert women("--revision", "1") == (1, 22)
    old, latest = (run(app, "oktober", "2026-10", "--revision", each).stderr for each in "12")
    assert (old, latest) == ("Revision 1 was replaced by revision 2.\n", "")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nowhere", "2026-10"], 'There is no office "nowhere".'),
        (["oktober", "2026-13"], "2026-13 is no period: there is no such month."),
        (["oktober", "oktober"], "oktober is no period. Write it as one of these:"),
        (["oktober", "projekt"], "projekt is no period. Write it as one of these:"),
        (["oktober+nowhere", "2026-10"], 'There is no office "nowhere".'),
        (["oktober", "2026-10", "--project", "annat"], 'oktober has no project "annat".'),
        (["oktober", "2026-09", "--revision", "1"], "No project of oktober runs through 2026-09"),
        (["oktober", "2026-10", "--revision", "1"], "There is no revision 1 of kontoret for 2026-10."),
        (["oktober", "2026-10", "--project", "kontoret"], "There is no frozen report of kontoret"),
        (["oktober", "2026-10", "-o", "/nowhere/r.json"], "/nowhere/r.json cannot be written:"),
    ],
)
def test_what_cannot_be_done_is_one_line(app: Flask, args: list[str], message: str) -> None:
    load_project()
    result = run(app, *args)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("form", ["pdf", "xlsx", "excel-csv"])
@pytest.mark.parametrize(
    "more", [[], ["--language", "en"], ["--audience", "public"], ["--project", "kontoret"]]
)
def test_files_for_reading(app: Flask, tmp_path: Path, form: str, more: list[str]) -> None:
    office, project = load_project()
    freeze(office, project, Period.parse("2026-10"), now=NOVEMBER)
    target = tmp_path / "file"
    result = run(app, "oktober", "2026-10", "--format", form, "-o", str(target), *more)
    assert (result.exit_code, result.output) == (0, "")
    assert target.read_bytes()[:4] in (b"%PDF", b"PK\x03\x04", b"\xef\xbb\xbfA", b"\xef\xbb\xbfS")


def test_several_offices_and_the_project_to_date(app: Flask, make: Factory, clock: Clock) -> None:
    clock.at = NOVEMBER
    load_project()
    make.room("granen", office="umea")
    together = json.loads(run(app, "oktober+umea", "2026-10").stdout)
    assert (together["totals"]["used_hours"], len(together["by_office"])) == (21, 2)
    to_date = json.loads(run(app, "oktober", "project").stdout)
    assert to_date["period"] == {"from": "2026-10-01", "to": "2026-11-03"}
    assert to_date["totals"]["used_hours"] == 23
    assert "of one office each" in run(app, "oktober+umea", "2026-10", "--revision", "1").stderr
    make.room("koivu", office=make.office("helsingfors", timezone="Europe/Helsinki").slug)
    assert "different time zones" in run(app, "oktober+helsingfors", "2026-10", "--format", "csv").stderr


def verify(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["verify-report", *args])


def test_a_frozen_report_is_verified(app: Flask) -> None:
    office, project = load_project()
    assert verify(app, "oktober", "2026-10").stderr.startswith("There is no frozen report of kontoret")
    freeze(office, project, Period.parse("2026-10"), now=NOVEMBER)
    result = verify(app, "oktober", "2026-10")
    assert result.exit_code == 0
    assert "Holds: counted again from the same data, every figure is the same." in result.stdout
    db.session.query(BookingDate).filter(BookingDate.women == 4).update({"women": 5})
    db.session.commit()
    result = verify(app, "oktober", "2026-10", "--project", "kontoret", "--revision", "1")
    assert result.exit_code == 1
    assert "The data has changed since." in result.stdout
    assert "  attendance.women: 22 -> 24" in result.stdout


def test_money_that_has_changed_since_is_named(app: Flask, make: Factory) -> None:
    office, project = load_project()
    host, room = make.host("money@example.org"), make.room("a")
    set_values(office, [room.id], 100_00, None, by=host, now=NOVEMBER)
    freeze(office, project, Period.parse("2026-10"), now=NOVEMBER)
    assert verify(app, "oktober", "2026-10").exit_code == 0
    set_values(office, [room.id], 200_00, None, "Fel hyra.", by=host, now=NOVEMBER)
    result = verify(app, "oktober", "2026-10")
    assert result.exit_code == 1
    assert "Holds" not in result.stdout
    assert "The bookings are the same, and so are all figures of use." in result.stdout
    assert "The MONEY has changed since." in result.stdout
    assert "  bookings worth another amount: " in result.stdout
    assert re.search(r"  aid_total\.value: (\d+)\.0 -> (\d+)\.0", result.stdout)
    assert re.search(r"  aid\.\w+\.value: ", verify(app, "oktober", "2026-10", "--all").stdout)


def test_an_altered_snapshot_is_told(app: Flask) -> None:
    office, project = load_project()
    snapshot = freeze(office, project, Period.parse("2026-10"), now=NOVEMBER)
    snapshot.content = {**snapshot.content, "totals": {**snapshot.content["totals"], "used_hours": 99.0}}
    db.session.commit()
    result = verify(app, "oktober", "2026-10")
    assert result.exit_code == 1
    assert "Does NOT hold: the data is the same, but figures differ." in result.stdout
    assert "  totals.used_hours: 99.0 -> 21.0" in result.stdout


def test_the_annex_is_left_out(app: Flask) -> None:
    load_october()
    assert "Exempelbolaget" in run(app, "oktober", "2026-10").stdout
    without = run(app, "oktober", "2026-10", "--no-annex").stdout
    assert "Exempelbolaget" not in without
    assert json.loads(without)["attendance"]["women"] == 22
