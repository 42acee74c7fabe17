"""What was promised beside what was reached."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.domain.period import Period
from app.domain.utilisation import PeriodFigures, Utilisation
from app.extensions import db
from app.models import GoalJudgement, Project, Target
from app.services.reports.around import Around
from app.services.reports.periods import project_until

AT_MOST = frozenset({"no_show_rate"})  # the rest are promised as at least
COUNTS = frozenset({"bookings", "unique_companies", "visits"})  # promised for the project as a whole
MEASURED = COUNTS | {
    "utilisation",
    "booked_share",
    "no_show_rate",
    "day_frequency",
    "occupancy",
    "seat_fill",
    "share_women",
}


def is_goal(indicator: str) -> bool:
    """Whether it is a goal in its own words, that people judge: nothing of ours measures it."""
    return indicator not in MEASURED and not indicator.startswith("share:")


def targets(
    project: Project | None,
    period: Period,
    figures: Utilisation,
    now: datetime,
    *,
    around: Around,
) -> list[dict[str, Any]]:
    """The project's targets with their outcomes in the period, and in the project up to its end or today.

    `status` is `met`, `not_met`, or `open`: the period is not over, nothing could be counted, a number is
    promised for longer than the period and not reached yet. A goal is `open` until people judge it `met`,
    `partly` or `not_met`; what they said of a day in the period or before it stands.
    """
    if project is None:
        return []
    known = project_until(project, project.ends_on, around.data_from)
    covers = period.first <= known.first and project.ends_on <= period.last_exclusive
    is_over = figures.period.end <= now
    return [
        {**_judged(each, figures, around, is_over, covers), **_as_people_say(each, period)}
        for each in targets_of(project)
    ]


def targets_of(project: Project) -> Sequence[Target]:
    """What the project promises, in the order in which it was entered, with what people judged of it."""
    query = select(Target).filter_by(project_id=project.id, retired=False).order_by(Target.id)
    return db.session.scalars(query.options(selectinload(Target.judgements))).all()


def goals(lines: Sequence[Mapping[str, Any]]) -> dict[str, int] | None:
    """Of the targets that people judge, how many there are and are met, partly, not_met, open."""
    statuses = [line["status"] for line in lines if is_goal(line["indicator"])]
    counted = {each: statuses.count(each) for each in ("met", "partly", "not_met", "open")}
    return {"goals": len(statuses), **counted} if statuses else None


def judgements(project: Project | None, period: Period) -> list[dict[str, Any]]:
    """What people judged the goals to be, up to the period's end: by goal, in the order of the days."""
    if project is None:
        return []
    query = (
        select(GoalJudgement, Target.indicator)
        .join(Target, Target.id == GoalJudgement.target_id)
        .where(Target.project_id == project.id, Target.retired.is_(False))
        .where(GoalJudgement.judged_on < period.last_exclusive)
        .order_by(Target.id, GoalJudgement.judged_on)
    )
    return [
        {
            "judgement": f"{each.judged_on.isoformat()} {indicator}",
            "indicator": indicator,
            "judged_on": each.judged_on.isoformat(),
            "status": each.status,
            "note": each.note,
        }
        for each, indicator in db.session.execute(query)
    ]


def _as_people_say(target: Target, period: Period) -> dict[str, str]:
    if not is_goal(target.indicator):
        return {}
    last = latest_judgement(target, before=period.last_exclusive)
    return {"status": last.status if last else "open"}


def latest_judgement(goal: Target, before: date | None = None) -> GoalJudgement | None:
    """What a goal was judged to be last, of a day before that one."""
    judged = [each for each in goal.judgements if before is None or each.judged_on < before]
    return judged[-1] if judged else None


def _judged(
    target: Target, figures: Utilisation, around: Around, is_over: bool, covers: bool
) -> dict[str, Any]:
    companies = around.companies
    outcome = outcome_of(target.indicator, figures, companies.in_period)
    so_far = around.to_date
    to_date = outcome_of(target.indicator, so_far, companies.in_project) if so_far else None
    of_project = target.indicator in COUNTS
    return {
        "indicator": target.indicator,
        "target": target.target,
        "outcome": outcome,
        "to_date": to_date,
        # A number promised for the whole project is judged by what the project has come to.
        "status": _status(
            target, to_date if of_project else outcome, is_over, is_over and (covers or not of_project)
        ),
    }


def _status(target: Target, outcome: float | None, is_over: bool, can_fail: bool) -> str:
    if target.target is None or outcome is None:
        return "open"
    if reaches(target.indicator, outcome, target.target):
        return "met" if is_over or target.indicator in COUNTS else "open"  # a number grows, a rate may fall
    return "not_met" if can_fail else "open"


def reaches(indicator: str, outcome: float, target: float) -> bool:
    """Whether a figure comes to what was promised."""
    return outcome <= target if indicator in AT_MOST else outcome >= target


def judgement_of(line: Mapping[str, Any]) -> str:
    """How a line of the report judges what was promised, in one code: its `status`, or more closely

    `met_to_date`, of a number promised for the project; `met_in_period` and `not_met_in_period`, where the
    project to date does not come to the same. None of a goal that people judge, nor while it is open.
    """
    status, indicator, to_date = line["status"], line["indicator"], line.get("to_date")
    if status not in ("met", "not_met") or is_goal(indicator):
        return str(status)
    is_met = status == "met"
    if indicator in COUNTS:
        return "met_to_date" if is_met else "not_met"
    # As both are printed: nobody sees what is lacking beyond.
    if to_date is None or reaches(indicator, round(to_date, 3), line["target"]) == is_met:
        return str(status)
    return f"{status}_in_period"


def outcome_of(indicator: str, figures: PeriodFigures, companies: int | None) -> float | None:
    """The figure that an indicator names; None for a free goal."""
    if indicator == "unique_companies":
        return companies
    measures: dict[str, float | None] = {
        "utilisation": figures.utilisation,
        "booked_share": figures.booked_share,
        "bookings": figures.bookings,
        "no_show_rate": figures.no_show_rate,
        "day_frequency": figures.day_frequency,
        "occupancy": figures.occupancy,
        "seat_fill": figures.seat_fill,
        "share_women": figures.attendance.share_women,
        "visits": figures.attendance.heads,
    }
    what, _, category = indicator.partition(":")
    if what == "share" and category:
        return figures.share_of(category)
    return measures.get(indicator)
