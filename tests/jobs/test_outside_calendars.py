"""The job that fetches calendars: from the hosts that are allowed, and what it says of it."""

import pytest
from flask import Flask

from app.jobs import table
from app.models import Person
from calendars.fetch import Fetched, FetchError, Known
from tests.conftest import Clock
from tests.factories import TEN, Factory
from tests.jobs.test_jobs import run_job
from tests.services.test_outside_fetching import ADDRESS, ics, keep


@pytest.fixture
def host(make: Factory) -> Person:
    make.room("tallen")
    return make.host()


def test_a_turn(app: Flask, clock: Clock, host: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(address: str, *, hosts: list[str], known: Known) -> Fetched:
        asked.append((address, hosts))
        if "gone" in address:
            raise FetchError("gone")
        return Fetched(ics(TEN), known)

    monkeypatch.setattr(table, "fetch", answer)
    monkeypatch.setitem(app.config, "CALENDAR_HOSTS", ["calendars.example.org"])
    clock.at = TEN
    for address in (ADDRESS, ADDRESS + "?gone"):
        keep(host, address)
    assert run_job(app, "outside-calendars") == "1 calendar fetched, 1 calendar did not come"
    assert asked == [(address, ["calendars.example.org"]) for address in (ADDRESS, ADDRESS + "?gone")]
    assert run_job(app, "outside-calendars") == "nothing to do"


def test_what_goes_wrong_with_us_is_told_without_the_address(
    app: Flask, clock: Clock, host: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(address: str, **_: object) -> Fetched:
        raise ZeroDivisionError(address)

    monkeypatch.setattr(table, "fetch", breaks)
    clock.at = TEN
    keep(host)
    result = app.test_cli_runner().invoke(args=["run-job", "outside-calendars"])
    assert result.exit_code != 0
    assert "ZeroDivisionError" in result.output
    assert "9f3c" not in result.output + caplog.text


def test_a_host_that_is_allowed_no_more_is_not_asked(app: Flask, clock: Clock, host: Person) -> None:
    clock.at = TEN
    calendar = keep(host)
    assert run_job(app, "outside-calendars") == "1 calendar did not come"
    assert calendar.error == "host_not_allowed"
