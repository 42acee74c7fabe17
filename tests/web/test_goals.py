"""The host enters goals and follows them up."""

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.models import GoalJudgement, Office, Target
from app.services.people import add_person
from tests.conftest import Clock
from tests.reports.october import NOVEMBER, TARGETS, load_project
from tests.web.accounts import PASSWORD, sign_in

GOALS = "/host/oktober/goals"
REPORT = "/offices/oktober/reports/2026-10"


@pytest.fixture
def office(clock: Clock) -> Office:
    clock.at = NOVEMBER
    office = load_project(more=TARGETS)[0]
    for role in ("host", "member"):
        add_person(
            f"{role}@example.org",
            role=role,
            organisation="regionen",
            password=PASSWORD,
            language="en",
            now=NOVEMBER,
        )
    return office


@pytest.fixture
def host(office: Office, client: FlaskClient) -> FlaskClient:
    sign_in(client, "host@example.org")
    return client


def entered() -> Target:
    return db.session.query(Target).filter_by(source="host").one()


def test_a_goal_from_its_first_words_to_the_report(host: FlaskClient) -> None:
    page = host.get(GOALS).text
    assert "Fler ska träffas" in page
    assert "Utilisation" not in page.split("<h2")[1].split("<form")[0]
    assert page.count("not followed up this year") == 1
    assert host.post(f"{GOALS}/of/kontoret", data={"text": "Tio möten"}).status_code == 303
    goal = f"{GOALS}/{entered().id}"
    assert 'value="2026-11-02"' in host.get(goal).text
    said = {"status": "partly", "on": "2026-10-31", "note": "Fem av tio."}
    answer = host.post(goal, data=said, follow_redirects=True)
    assert "1 of 2 goals are wholly or partly met: 0 met, 1 partly. 1 is not judged yet." in answer.text
    assert answer.text.count("not followed up this year") == 1
    report = host.get(REPORT).text
    assert "1 of 2 goals are wholly or partly met" in report
    assert "Fem av tio." in report
    assert GOALS in host.get("/host?office=oktober").text


def test_what_lacks_is_told_at_its_field(host: FlaskClient) -> None:
    answer = host.post(f"{GOALS}/of/kontoret", data={"text": ""})
    assert (answer.status_code, "Say what the goal is." in answer.text) == (422, True)
    answer = host.post(f"{GOALS}/of/kontoret", data={"text": "Fler ska träffas"})
    assert (answer.status_code, "has this goal already" in answer.text) == (422, True)
    host.post(f"{GOALS}/of/kontoret", data={"text": "Tio möten"})
    goal = f"{GOALS}/{entered().id}"
    answer = host.post(goal, data={"on": "2026-10-31"})
    assert (answer.status_code, "Say whether it is met" in answer.text) == (422, True)
    answer = host.post(goal, data={"status": "met", "on": "2026-12-01"})
    assert (answer.status_code, "as of today or a day that is over" in answer.text) == (422, True)
    for day in ("1850-01-01", "2026-09-30"):
        answer = host.post(goal, data={"status": "met", "on": day})
        assert (answer.status_code, "The project began on 1" in answer.text) == (422, True)
    assert db.session.query(GoalJudgement).count() == 0


def test_a_judgement_is_taken_back_and_a_goal_ended(host: FlaskClient) -> None:
    host.post(f"{GOALS}/of/kontoret", data={"text": "Tio möten"})
    goal = f"{GOALS}/{entered().id}"
    host.post(goal, data={"status": "met", "on": "2026-10-31"})
    judgement = db.session.query(GoalJudgement).one().id
    removal = f"{goal}/judgements/{judgement}/removal"
    assert f'href="{removal}"' in host.get(goal).text
    asked = host.get(removal).text
    assert "Take the judgement back?" in asked
    assert "31 October 2026: Met" in asked.replace("\N{NO-BREAK SPACE}", " ")
    assert db.session.query(GoalJudgement).count() == 1
    assert host.post(removal).status_code == 303
    assert host.get(removal).status_code == 404
    assert "Tio möten" in host.get(f"{goal}/end").text
    assert host.post(f"{goal}/end").status_code == 303
    assert "Tio möten" not in host.get(GOALS).text
    assert host.get(goal).status_code == 404


def test_it_is_for_hosts(office: Office, client: FlaskClient) -> None:
    sign_in(client, "member@example.org")
    goal = db.session.query(Target).filter_by(indicator="Fler ska träffas").one().id
    assert client.get(GOALS).status_code == 403
    assert client.post(f"{GOALS}/of/kontoret", data={"text": "Mitt"}).status_code == 403
    assert client.post(f"{GOALS}/{goal}", data={"status": "met", "on": "2026-10-31"}).status_code == 403


def test_targets_are_no_goals(host: FlaskClient) -> None:
    target = db.session.query(Target).filter_by(indicator="utilisation").one().id
    assert host.get(f"{GOALS}/{target}").status_code == 404
