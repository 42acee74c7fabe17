"""Goals that people judge: the host enters them and follows them up, each year at least."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from app.clock import now
from app.domain.errors import Refused
from app.domain.localtime import local_date, zone
from app.models import GoalJudgement, Office, Project, Target
from app.services.goals import (
    MOST_GOAL,
    MOST_NOTE,
    STATUSES,
    add_goal,
    counted,
    end_goal,
    goal_of,
    goals_of,
    judge,
    judgement_of,
    take_back,
)
from app.services.reports.projects import project_named, projects_of
from app.services.reports.targets import latest_judgement
from app.web.hosting import hosted, switch_to
from app.web.report_page import SIGNS
from app.web.security import allow, signed_in
from app.web.sure import ask
from app.wording import say
from app.wording.formats import date_plain
from app.wording.report.goals import goals_in_short
from app.wording.report.words import JUDGEMENTS

bp = Blueprint("goals", __name__, url_prefix="/host/<office>/goals")


class GoalForm(FlaskForm):
    """One more goal."""

    text = StringField(
        lazy_gettext("New goal"),
        [InputRequired(lazy_gettext("Say what the goal is."))],
        render_kw={"maxlength": MOST_GOAL, "autocomplete": "off"},
    )


class JudgementForm(FlaskForm):
    """What a goal has come to."""

    status = RadioField(
        lazy_gettext("Judgement"),
        [InputRequired(lazy_gettext("Say whether it is met, partly met or not met."))],
        choices=[SelectChoice(each, JUDGEMENTS[each]) for each in STATUSES],
    )
    on = DateField(lazy_gettext("As of"), [InputRequired(lazy_gettext("Say the day that it was so."))])
    note = TextAreaField(lazy_gettext("Note"), render_kw={"rows": 3, "maxlength": MOST_NOTE})


@bp.get("")
@allow("host")
def index(office: str) -> ResponseReturnValue:
    """The goals of every project, and what they have come to."""
    return _index(hosted(office))


@bp.post("/of/<project>")
@allow("host")
def new(office: str, project: str) -> ResponseReturnValue:
    """One more goal of a project."""
    place = hosted(office)
    about, form = project_named(place, project), GoalForm()
    if form.validate():
        try:
            add_goal(about, form.text.data or "", by=signed_in())
        except Refused as error:
            form.text.errors = [say(error)]
        else:
            flash(gettext("The goal is there. It stands in the report as not judged yet."), "success")
            return redirect(_back(place), code=303)
    return _index(place, about, form), 422


@bp.route("/<int:goal>", methods=["GET", "POST"])
@allow("host")
def follow_up(office: str, goal: int) -> ResponseReturnValue:
    """What the goal has come to, now or on a day that is over."""
    place = hosted(office)
    about, form = goal_of(place, goal), JudgementForm()
    if not form.is_submitted():
        form.on.data = local_date(now(), zone(place.timezone))
        return _judging(place, about, form)
    if form.validate():
        said = {"on": form.on.data, "status": form.status.data, "note": form.note.data or ""}
        try:
            judge(goal, place, **said, by=signed_in(), now=now())
        except Refused as error:
            for refusal in error.refusals:
                form[refusal.field].errors = [say(refusal)]
        else:
            flash(
                gettext("The judgement is saved. It stands in reports of periods that end after it."),
                "success",
            )
            return redirect(_back(place, goal), code=303)
    return _judging(place, about, form), 422


@bp.route("/<int:goal>/judgements/<int:judgement>/removal", methods=["GET", "POST"])
@allow("host")
def remove(office: str, goal: int, judgement: int) -> ResponseReturnValue:
    """A judgement that was a mistake; asked about first."""
    place = hosted(office)
    if request.method == "GET":
        about = goal_of(place, goal)
        found = judgement_of(about, judgement)
        return ask(
            gettext("Take the judgement back?"),
            gettext("Reports to come leave it out. Those that are published keep it."),
            gettext("Take it back"),
            facts=[about.indicator, _said(found), *filter(None, [found.note])],
            back_url=url_for("goals.follow_up", office=place.slug, goal=goal),
        )
    take_back(judgement, goal, place, by=signed_in())
    flash(gettext("The judgement is taken back."), "success")
    return redirect(url_for("goals.follow_up", office=place.slug, goal=goal), code=303)


@bp.route("/<int:goal>/end", methods=["GET", "POST"])
@allow("host")
def end(office: str, goal: int) -> ResponseReturnValue:
    """The goal holds no more; asked about first."""
    place = hosted(office)
    about = goal_of(place, goal)
    if about.source != "host":
        abort(404)
    if request.method == "GET":
        return ask(
            gettext("End the goal?"),
            gettext("Reports to come speak of it no more. Those that are published stay as they are."),
            gettext("End the goal"),
            facts=[about.indicator],
            back_url=_back(place, goal),
        )
    end_goal(goal, place, by=signed_in())
    flash(gettext("The goal is gone from the reports to come."), "success")
    return redirect(_back(place), code=303)


def _index(place: Office, about: Project | None = None, form: GoalForm | None = None) -> str:
    today = local_date(now(), zone(place.timezone))
    projects = [each for each in projects_of(place) if each.ends_on > today or goals_of(each)]
    return render_template(
        "host/goals.html",
        office=place,
        offices=switch_to("goals.index"),
        projects=[
            _project(each, today.year, form if about and each.id == about.id else GoalForm(formdata=None))
            for each in projects
        ],
        wrong=form if about else None,
    )


def _project(project: Project, year: int, form: GoalForm) -> dict[str, Any]:
    goals = goals_of(project)
    judged = counted(goals)
    tally = {"goals": len(goals), **{each: judged[each] for each in JUDGEMENTS}}
    return {
        "slug": project.slug,
        "name": project.name,
        "goals": [_goal(each, project, year) for each in goals],
        "short": goals_in_short(tally) if goals else None,
        "form": form,
    }


def _goal(goal: Target, project: Project, year: int) -> dict[str, Any]:
    last = latest_judgement(goal)
    runs = project.starts_on.year <= year and date(year, 1, 1) < project.ends_on
    return {
        "id": goal.id,
        "text": goal.indicator,
        "status": SIGNS[last.status if last else "open"],
        "status_text": JUDGEMENTS[last.status if last else "open"],
        "on": date_plain(last.judged_on) if last else None,
        "note": last.note if last else "",
        "earlier": [_said(each) for each in goal.judgements[:-1]],
        "due": runs and (last is None or last.judged_on.year < year),
        "by_host": goal.source == "host",
    }


def _said(judgement: GoalJudgement) -> str:
    return f"{date_plain(judgement.judged_on)}: {JUDGEMENTS[judgement.status]}"


def _judging(place: Office, goal: Target, form: JudgementForm) -> str:
    return render_template(
        "host/goal.html",
        office=place,
        goal=goal.indicator,
        goal_id=goal.id,
        form=form,
        judgements=[
            (each.id, date_plain(each.judged_on), SIGNS[each.status], JUDGEMENTS[each.status], each.note)
            for each in reversed(goal.judgements)
        ],
        back=_back(place, goal.id),
    )


def _back(place: Office, goal: int | None = None) -> str:
    return url_for("goals.index", office=place.slug, _anchor=f"goal-{goal}" if goal else None)
