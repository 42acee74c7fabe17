"""The host's page of scheduled jobs."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.models import JobRun, Office, Person
from app.services.job_claims import TURNS, claim, fail, finish_turn
from app.services.job_paces import PACES
from tests.conftest import Clock
from tests.factories import Factory
from tests.web.accounts import add_account, sign_in

JOBS = "/host/stockholm/jobs"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(make: Factory, clock: Clock) -> Office:
    """Where every job has run a moment ago."""
    for job in PACES:
        held = claim(job, TURNS, now=clock.at, again_after=MINUTE)
        assert held
        finish_turn(held, now=clock.at, result={"sent": 2} if job == "send-mail" else {})
    return make.office()


def failed(job: str, error: str, clock: Clock, times: int = 1) -> None:
    for _ in range(times):
        clock.at += timedelta(hours=24)
        held = claim(job, TURNS, now=clock.at, again_after=MINUTE)
        assert held
        fail(held, error, now=clock.at)


def test_every_job_tells_what_it_does_and_what_came_of_it(
    office: Office, host: Person, client: FlaskClient
) -> None:
    page = client.get(JOBS).text
    assert page.count("<article") == len(PACES)
    assert "All jobs run as they should." in page
    assert "Sends invitations and all other mail" in page
    assert "today at 09:00: 2 mails sent" in page
    assert " at 03:30" in page  # when a daily one comes again
    assert JOBS in client.get("/host").text


def test_a_failure_is_told_in_plain_words(
    office: Office, host: Person, client: FlaskClient, clock: Clock
) -> None:
    failed("holidays", "ConnectionRefusedError: [Errno 111] Möte med Anna", clock, times=2)
    page = client.get(JOBS).text
    assert "A server that it needs does not answer." in page
    assert "2 times in a row" in page
    assert "<strong>failed</strong>" in client.get("/host").text  # and not late
    assert "Möte med Anna" not in page  # the program's own words are not for hosts


def test_administrators_read_the_programs_own_words(
    make: Factory, office: Office, client: FlaskClient, clock: Clock
) -> None:
    failed("holidays", "ValueError: something odd", clock)
    add_account(make, role="admin", language="en")
    sign_in(client)
    page = client.get(JOBS).text
    assert "ValueError: something odd" in page
    assert "did not foresee" in page


def test_a_dead_scheduler_is_seen_here_and_by_whoever_watches(
    office: Office, host: Person, client: FlaskClient, clock: Clock
) -> None:
    assert client.get("/healthz").status_code == 200
    clock.at += timedelta(days=2)
    assert "the scheduler seems to have stopped" in client.get(JOBS).text
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json
    assert (answer.json["status"], answer.json["jobs"]) == ("failing", list(PACES))


def test_one_that_fails_again_and_again_turns_the_signs_of_life_red(
    office: Office, client: FlaskClient, clock: Clock
) -> None:
    at = clock.at
    failed("holidays", "OSError", clock, times=3)
    for row in db.session.query(JobRun).filter(JobRun.job != "holidays"):
        row.done_at = clock.at
    db.session.commit()
    answer = client.get("/healthz")
    assert clock.at > at
    assert answer.json
    assert (answer.status_code, answer.json["jobs"]) == (503, ["holidays"])


def test_what_does_no_harm_runs_at_the_next_look(
    office: Office, host: Person, client: FlaskClient, clock: Clock
) -> None:
    page = client.get(JOBS).text
    assert f'action="{JOBS}/holidays/turns"' in page
    assert f'action="{JOBS}/monthly-reports/turns"' not in page
    answer = client.post(f"{JOBS}/holidays/turns")
    assert (answer.status_code, answer.location) == (303, f"{JOBS}#holidays")
    page = client.get(JOBS).text
    assert "at once: somebody has asked for it" in page
    assert f'action="{JOBS}/holidays/turns"' not in page
    assert client.post(f"{JOBS}/monthly-reports/turns").status_code == 404


def test_it_is_for_hosts(make: Factory, office: Office, client: FlaskClient) -> None:
    add_account(make)
    sign_in(client)
    assert client.get(JOBS).status_code == 403
    assert client.post(f"{JOBS}/holidays/turns").status_code == 403


def test_it_is_swedish_too(make: Factory, office: Office, client: FlaskClient) -> None:
    add_account(make, role="host", language="sv")
    sign_in(client)
    page = client.get(JOBS).text
    assert "Alla jobb går som de ska." in page
    assert "i dag kl. 09:00: 2 mejl skickade" in page
