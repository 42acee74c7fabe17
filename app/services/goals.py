"""Goals that people judge: entered, followed up, and counted as "11 of 14"."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from app.domain.errors import NotFound, Refusal, Refused
from app.domain.localtime import local_date, zone
from app.domain.text_length import too_long
from app.extensions import db
from app.models import GoalJudgement, Office, Person, Project, Target
from app.services.authorize import authorize
from app.services.reports.targets import is_goal, latest_judgement, targets_of
from app.services.transaction import use_case

STATUSES = ("met", "partly", "not_met")
MOST_GOAL, MOST_NOTE = 200, 500  # characters


def goals_of(project: Project) -> Sequence[Target]:
    """The goals of a project, in the order in which they were entered."""
    return [each for each in targets_of(project) if is_goal(each.indicator)]


def counted(goals: Sequence[Target]) -> Counter[str]:
    """How many are met, partly, not_met and open."""
    latest = (latest_judgement(each) for each in goals)
    return Counter(each.status if each else "open" for each in latest)


def goal_of(office: Office, goal_id: int) -> Target:
    """A goal of one of the office's projects. NotFound."""
    goal = db.session.get(Target, goal_id)
    project = db.session.get(Project, goal.project_id) if goal else None
    if goal is None or project is None or project.office_id != office.id:
        raise NotFound()
    if goal.retired or not is_goal(goal.indicator):
        raise NotFound()
    return goal


@use_case
def add_goal(project: Project, text: str, *, by: Person) -> Target:
    """One more goal, in its own words. Refused for no words, too many, or a goal that is there."""
    authorize(by, "host", project.office)
    text = " ".join(text.split())
    if not text:
        raise Refused(Refusal("goal_missing", "text"))
    if wrong := too_long(text=(text, MOST_GOAL)):
        raise Refused(*wrong)
    known = db.session.scalar(select(Target).filter_by(project_id=project.id, indicator=text))
    if not is_goal(text) or (known and not known.retired):
        raise Refused(Refusal("goal_known", "text"))
    goal = known or Target(project_id=project.id, indicator=text)
    goal.retired, goal.source, goal.target = False, "host", None
    db.session.add(goal)
    db.session.flush()
    return goal


@use_case
def end_goal(goal_id: int, office: Office, *, by: Person) -> None:
    """Reports to come speak of it no more. NotFound for one of the office's file."""
    authorize(by, "host", office)
    goal = goal_of(office, goal_id)
    if goal.source != "host":
        raise NotFound()
    goal.retired = True


@use_case
def judge(
    goal_id: int, office: Office, *, on: date, status: str, note: str, by: Person, now: datetime
) -> GoalJudgement:
    """What a goal had come to on a day; said again of the same day, it stands instead."""
    authorize(by, "host", office)
    goal, note = goal_of(office, goal_id), " ".join(note.split())
    wrong = [] if status in STATUSES else [Refusal("judgement_missing", "status")]
    wrong += too_long(note=(note, MOST_NOTE))
    if on > local_date(now, zone(office.timezone)):
        wrong.append(Refusal("judged_ahead", "on"))
    elif on < (first := db.session.get_one(Project, goal.project_id).starts_on):
        wrong.append(Refusal("judged_before", "on", {"first": first}))
    if wrong:
        raise Refused(*wrong)
    found = next((each for each in goal.judgements if each.judged_on == on), None)
    if found is None:
        found = GoalJudgement(judged_on=on)
        goal.judgements.append(found)
    found.status, found.note, found.by_id, found.entered_at = status, note, by.id, now
    db.session.flush()
    db.session.expire(goal, ["judgements"])  # in the order of their days
    return found


def judgement_of(goal: Target, judgement_id: int) -> GoalJudgement:
    """One of a goal's judgements. NotFound."""
    found = next((each for each in goal.judgements if each.id == judgement_id), None)
    if found is None:
        raise NotFound()
    return found


@use_case
def take_back(judgement_id: int, goal_id: int, office: Office, *, by: Person) -> None:
    """A judgement that was a mistake goes; published reports keep it. NotFound."""
    authorize(by, "host", office)
    goal = goal_of(office, goal_id)
    db.session.delete(judgement_of(goal, judgement_id))
    db.session.flush()
    db.session.expire(goal, ["judgements"])
