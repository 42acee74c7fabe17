"""The scheduled jobs on the host's pages: a scheduler that has died silently must be seen."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.localtime import zone
from app.services.authorize import may
from app.services.job_states import RUN_NOW, JobState, job_states, run_soon
from app.web.hosting import hosted, switch_to
from app.web.security import allow, signed_in
from app.wording.formats import Zone, clock, date_short, lately
from app.wording.jobs import NAMES, PURPOSES, job_result, job_trouble

bp = Blueprint("jobs", __name__, url_prefix="/host/<office>/jobs")


@bp.get("")
@allow("host")
def index(office: str) -> ResponseReturnValue:
    """Every job: what it does, when it ran and runs next, what came of it."""
    place, moment = hosted(office), now()
    states = job_states(moment)
    return render_template(
        "host/jobs.html",
        office=place,
        offices=switch_to("jobs.index"),
        jobs=[_entry(each, moment, zone(place.timezone)) for each in states],
        troubled=[str(NAMES[each.job]) for each in states if not each.ok],
        silent=all(each.overdue or each.last_at is None for each in states),
    )


@bp.post("/<job>/turns")
@allow("host")
def run_now(office: str, job: str) -> ResponseReturnValue:
    """The job's next turn comes at once."""
    place = hosted(office)
    run_soon(job, place, by=signed_in(), now=now())
    flash(gettext("%(job)s: it runs within a few minutes.", job=NAMES[job]), "success")
    return redirect(url_for("jobs.index", office=place.slug, _anchor=job), code=303)


def job_lines(now: datetime, tz: Zone) -> list[tuple[str, str, str | None]]:
    """Each job's name, when it last ran, and how it is where not all is well with it."""
    return [
        (str(NAMES[each.job]), _last(each, tz), None if each.ok else _state(each)) for each in job_states(now)
    ]


def _entry(state: JobState, moment: datetime, tz: Zone) -> dict[str, Any]:
    return {
        "id": state.job,
        "name": NAMES[state.job],
        "purpose": PURPOSES[state.job],
        "ok": state.ok,
        "state": _state(state),
        "last": _at(state.last_at, moment, tz),
        "next": _next(state, moment, tz),
        "result": job_result(state.result) if state.last_at else None,
        "trouble": job_trouble(state.error) if state.error else None,
        "failed": _at(state.failed_at, moment, tz),
        "failures": state.failures,
        # It may quote what people wrote: for those who look after the installation.
        "error": state.error if may(signed_in(), "manage") else None,
        "may_run": state.job in RUN_NOW and not state.asked and state.running_since is None,
    }


def _state(state: JobState) -> str:
    if state.running_since:
        return gettext("running")
    if state.error:
        return gettext("failed")
    if state.overdue:
        return gettext("overdue")
    return gettext("in order") if state.last_at else gettext("has never run")


def _next(state: JobState, moment: datetime, tz: Zone) -> str | None:
    if state.running_since:
        return gettext("running since %(time)s", time=clock(state.running_since, tz))
    if state.asked:
        return gettext("at once: somebody has asked for it")
    if state.next_at is None:
        return None
    if state.next_at <= moment:
        late = gettext("should have been %(when)s", when=_at(state.next_at, moment, tz))
        return late if state.overdue else gettext("in a moment")
    return _at(state.next_at, moment, tz)


def _at(instant: datetime | None, moment: datetime, tz: Zone) -> str | None:
    return lately(instant, moment, tz) if instant else None


def _last(state: JobState, tz: Zone) -> str:
    if state.last_at is None:
        return gettext("has never run")
    return gettext(
        "last %(day)s at %(time)s", day=date_short(state.last_at, tz), time=clock(state.last_at, tz)
    )
