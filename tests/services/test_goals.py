"""Goals in their own words: judged by people, followed up, counted."""

from datetime import date

import pytest
from flask import Flask

from app.domain.errors import NotAllowed, NotFound, Refused
from app.domain.period import Period
from app.models import Office, Person, Project
from app.services.goals import add_goal, counted, end_goal, goals_of, judge, take_back
from app.services.office_file import load_office
from app.services.people import add_person
from app.services.reports import report
from app.services.reports.targets import latest_judgement
from app.services.snapshots import content_of, freeze
from app.wording.report import laid_out
from app.wording.report.goals import goals_in_short
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import DATA, NOVEMBER, PROJECT, TARGETS, load_project

OCTOBER, NOV = Period.parse("2026-10"), Period.parse("2026-11")
IN_FILE = "Fler ska träffas"


@pytest.fixture
def kept(app: Flask) -> tuple[Office, Project]:
    return load_project(more=TARGETS)


@pytest.fixture
def host(kept: tuple[Office, Project]) -> Person:
    return add_person("host@example.org", role="host", organisation="regionen", now=NOVEMBER)


def judged(
    kept: tuple[Office, Project],
    host: Person,
    status: str,
    on: date = date(2026, 10, 31),
    note: str = "",
    goal: int | None = None,
) -> int:
    office, project = kept
    goal = goal or goals_of(project)[0].id
    return judge(goal, office, on=on, status=status, note=note, by=host, now=NOVEMBER).id


def lines(found: dict[str, object], name: str) -> list[dict[str, object]]:
    section = found[name]
    assert isinstance(section, list)
    return section


@both
def test_a_goal_is_judged_and_stands_in_the_report(kept: tuple[Office, Project], host: Person) -> None:
    office, project = kept
    more = add_goal(project, "  Tio möten med\nregeringen ", by=host)
    assert [each.indicator for each in goals_of(project)] == [IN_FILE, "Tio möten med regeringen"]
    judged(kept, host, "partly", note="Fem av tio.", goal=more.id)
    found = report(office, OCTOBER, now=NOVEMBER)
    assert found["goals"] == {"goals": 2, "met": 0, "partly": 1, "not_met": 0, "open": 1}
    assert {each["indicator"]: each["status"] for each in lines(found, "targets")[2:]} == {
        IN_FILE: "open",
        "Tio möten med regeringen": "partly",
    }
    assert found["judgements"] == [
        {
            "judgement": "2026-10-31 Tio möten med regeringen",
            "indicator": "Tio möten med regeringen",
            "judged_on": "2026-10-31",
            "status": "partly",
            "note": "Fem av tio.",
        }
    ]


@both
def test_each_follow_up_is_kept_and_the_last_of_the_period_stands(
    kept: tuple[Office, Project], host: Person
) -> None:
    office, project = kept
    judged(kept, host, "met", date(2026, 11, 1))
    judged(kept, host, "not_met", date(2026, 10, 5))
    judged(kept, host, "partly", date(2026, 10, 31))
    goal = goals_of(project)[0]
    assert [each.status for each in goal.judgements] == ["not_met", "partly", "met"]
    in_october, in_november = (report(office, each, now=NOVEMBER) for each in (OCTOBER, NOV))
    assert in_october["goals"]["partly"] == in_november["goals"]["met"] == 1
    assert (len(in_october["judgements"]), len(in_november["judgements"])) == (2, 3)
    last = latest_judgement(goal, before=date(2026, 11, 1))
    assert last
    assert (last.status, counted([goal])["met"]) == ("partly", 1)
    # The same day said again stands instead.
    judged(kept, host, "met", date(2026, 10, 31), "Ändå.")
    assert [each.status for each in goals_of(project)[0].judgements] == ["not_met", "met", "met"]


@both
def test_another_judgement_makes_a_revision_that_says_so(kept: tuple[Office, Project], host: Person) -> None:
    office, project = kept
    freeze(office, project, OCTOBER, now=NOVEMBER)
    judged(kept, host, "partly", note="Nästan.")
    second = freeze(office, project, OCTOBER, now=NOVEMBER)
    figure = f"judgements.2026-10-31 {IN_FILE}"
    assert content_of(second)["changes"] == [
        {"figure": f"{figure}.status", "before": None, "after": "partly"},
        {"figure": f"{figure}.note", "before": None, "after": "Nästan."},
    ]
    assert freeze(office, project, OCTOBER, now=NOVEMBER).id == second.id
    layout = laid_out(content_of(second), "sv", now=NOVEMBER)
    (told,) = (each for each in layout.sections if each.key == "changes")
    assert [[cell.text for cell in row.cells] for row in told.tables[0].rows] == [
        [f"2026-10-31 {IN_FILE}: Bedömning", "–", "Delvis uppnått"],
        [f"2026-10-31 {IN_FILE}: Anteckning", "–", "Nästan."],
    ]


def test_the_office_file_leaves_alone_what_hosts_entered(kept: tuple[Office, Project], host: Person) -> None:
    project = kept[1]
    add_goal(project, "Tio möten", by=host)
    file = (DATA / "october-2026.toml").read_text("utf-8") + PROJECT
    load_office(file, now=NOVEMBER)
    assert [each.indicator for each in goals_of(project)] == ["Tio möten"]
    named = '[[targets]]\nproject = "kontoret"\nindicator = "Tio möten"\n'
    load_office(f"{file}\n{named}", now=NOVEMBER)
    assert [each.source for each in goals_of(project)] == ["file"]


def test_what_is_no_goal_is_refused(kept: tuple[Office, Project], host: Person, make: Factory) -> None:
    office, project = kept
    for text, code in [
        (" ", "goal_missing"),
        ("x" * 201, "words_too_long"),
        (IN_FILE, "goal_known"),
        ("utilisation", "goal_known"),
        ("share:company", "goal_known"),
    ]:
        with pytest.raises(Refused) as refused:
            add_goal(project, text, by=host)
        assert [each.code for each in refused.value.refusals] == [code]
    goal = goals_of(project)[0].id
    with pytest.raises(Refused) as refused:
        judge(goal, office, on=date(2026, 11, 3), status="fine", note="x" * 501, by=host, now=NOVEMBER)
    assert [each.field for each in refused.value.refusals] == ["status", "note", "on"]
    member = make.person()
    with pytest.raises(NotAllowed):
        add_goal(project, "Mitt", by=member)
    with pytest.raises(NotAllowed):
        judge(goal, office, on=date(2026, 10, 1), status="met", note="", by=member, now=NOVEMBER)


def test_a_goal_ends_and_can_come_back(kept: tuple[Office, Project], host: Person) -> None:
    office, project = kept
    goal = add_goal(project, "Tio möten", by=host)
    end_goal(goal.id, office, by=host)
    assert len(goals_of(project)) == 1
    assert add_goal(project, "Tio möten", by=host).id == goal.id
    with pytest.raises(NotFound):
        end_goal(goals_of(project)[0].id, office, by=host)  # the file's
    other = Factory(NOVEMBER).office("annat")
    with pytest.raises(NotAllowed):
        end_goal(
            goal.id,
            other,
            by=add_person("x@example.org", role="member", organisation="regionen", now=NOVEMBER),
        )
    with pytest.raises(NotFound):
        judge(goal.id, other, on=date(2026, 10, 1), status="met", note="", by=host, now=NOVEMBER)


@both
def test_a_mistake_is_taken_back(kept: tuple[Office, Project], host: Person) -> None:
    office, project = kept
    goal = goals_of(project)[0]
    judgement = judged(kept, host, "met")
    take_back(judgement, goal.id, office, by=host)
    assert report(office, OCTOBER, now=NOVEMBER)["goals"]["open"] == 1
    with pytest.raises(NotFound):
        take_back(judgement, goal.id, office, by=host)


def test_eleven_of_fourteen(app: Flask) -> None:
    tally = {"goals": 14, "met": 6, "partly": 5, "not_met": 2, "open": 1}
    told = "11 of 14 goals are wholly or partly met: 6 met, 5 partly. 1 is not judged yet."
    assert goals_in_short(tally) == told
