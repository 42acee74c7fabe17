"""`flask user` and `flask token`."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select

from app.clock import now
from app.extensions import db
from app.models import Person, Project
from app.services.people import person_for_token
from app.services.sign_in import WrongPassword, sign_in_with_password
from tests.factories import Factory

PASSWORD = "snöstorm i Umeå"
ADD = ["user", "add", "Anna@Example.org", "--role", "host", "--organisation", "granit", "--password-stdin"]


@pytest.fixture
def runner(app: Flask, make: Factory) -> FlaskCliRunner:
    make.organisation("granit")
    make.office()
    return app.test_cli_runner()


def test_add_somebody_twice(runner: FlaskCliRunner) -> None:
    more = ["--office", "stockholm", "--language", "en", "--name", "Anna Ek"]
    for _ in range(2):
        result = runner.invoke(args=[*ADD, *more], input=PASSWORD + "\n")
        assert (result.exit_code, "is host at stockholm" in result.output) == (0, True)
    person = db.session.scalars(select(Person)).one()
    assert (person.email, person.name, person.language) == ("anna@example.org", "Anna Ek", "en")
    assert sign_in_with_password("anna@example.org", PASSWORD, now())[1] == person


def test_what_is_wrong_is_one_line_each_and_changes_nothing(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=[*ADD[:5], "--organisation", "nix", "--password-stdin"], input="short")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "There is no organisation called nix.",
        "A password needs at least 10 characters.",
    ]
    assert db.session.scalars(select(Person)).all() == []


def test_whoever_types_is_asked_and_what_they_type_not_shown(
    runner: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.people.at_terminal", lambda: True)
    result = runner.invoke(args=ADD, input=PASSWORD + "\n")
    assert result.exit_code == 0
    assert result.stderr == "Password: \n"
    assert PASSWORD not in result.output
    assert sign_in_with_password("anna@example.org", PASSWORD, now())


def test_a_pipe_is_asked_nothing(runner: FlaskCliRunner) -> None:
    assert runner.invoke(args=ADD, input=PASSWORD + "\n").stderr == ""


def test_a_role_that_there_is_not(runner: FlaskCliRunner) -> None:
    result = runner.invoke(
        args=["user", "add", "a@example.org", "--role", "king", "--organisation", "granit"]
    )
    assert result.exit_code == 2
    assert "'king' is not one of" in result.stderr


def test_a_token_and_nothing_else(runner: FlaskCliRunner) -> None:
    runner.invoke(args=ADD, input=PASSWORD)
    result = runner.invoke(args=["token", "anna@example.org"])
    assert result.exit_code == 0
    token = result.stdout.removesuffix("\n")
    person = person_for_token(token, now())
    assert person
    assert person.email == "anna@example.org"


def test_nobody_has_no_token(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["token", "nobody@example.org"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Nobody has the e-mail address nobody@example.org.\n"


def test_shut_somebody_out_and_let_them_in_again(runner: FlaskCliRunner) -> None:
    runner.invoke(args=ADD, input=PASSWORD)
    out = runner.invoke(args=["user", "disable", "anna@example.org"])
    assert (out.exit_code, out.stdout) == (0, "anna@example.org is shut out.\n")
    with pytest.raises(WrongPassword):
        sign_in_with_password("anna@example.org", PASSWORD, now())
    assert runner.invoke(args=["user", "enable", "anna@example.org"]).exit_code == 0
    assert sign_in_with_password("anna@example.org", PASSWORD, now())
    assert runner.invoke(args=["user", "disable", "nobody@example.org"]).exit_code == 1


def test_a_funder_whose_organisation_pays_for_nothing_is_told(runner: FlaskCliRunner, make: Factory) -> None:
    add = ["user", "add", "f@example.org", "--role", "funder", "--organisation", "granit"]
    told = runner.invoke(args=[*add, "--office", "stockholm"])
    assert told.exit_code == 0
    assert "f@example.org is funder at stockholm" in told.stdout
    assert "granit neither runs nor pays for a project there" in told.stderr
    days = {"starts_on": date(2026, 1, 1), "ends_on": date(2027, 1, 1), "kinds": ["room"]}
    host, office = make.organisation("regionen", "region"), make.office()
    project = Project(slug="p", name="P", office_id=office.id, host_organisation_id=host.id, **days)
    project.funders = [make.organisation("granit")]
    db.session.add(project)
    db.session.commit()
    make.office("umea")
    assert runner.invoke(args=[*add, "--office", "stockholm"]).stderr == ""
    assert "pays for a project there" in runner.invoke(args=[*add, "--office", "umea"]).stderr
    assert runner.invoke(args=add).stderr == ""
    assert runner.invoke(args=[*add[:3], "--role", "member", *add[5:]]).stderr == ""
