"""The goals that people judge, as a report shows them: "11 of 14 goals are wholly or partly met"."""

from collections import defaultdict
from datetime import date

from flask_babel import gettext, ngettext

from app.reports.layout import Cell, Column, Row, Section, Table
from app.services.reports.targets import is_goal
from app.wording.formats import date_plain
from app.wording.report.cells import Line, cell
from app.wording.report.words import JUDGEMENTS


def goals_section(report: Line) -> Section:
    """How many are met, and of each what was said last, when, and what before that."""
    columns = [
        Column("indicator", gettext("Goal")),
        Column("status", gettext("Judgement")),
        Column("judged_on", gettext("As of")),
        Column("note", gettext("Note")),
        Column("before", gettext("Earlier")),
    ]
    said: defaultdict[str, list[Line]] = defaultdict(list)
    for each in report["judgements"]:
        said[each["indicator"]].append(each)
    rows = [_row(line, said[line["indicator"]]) for line in report["targets"] if is_goal(line["indicator"])]
    title = gettext("Goals")
    table = Table("goals", title, columns, rows, most=99)
    return Section("goals", title, lead=goals_in_short(report["goals"]), tables=[table], front=True)


def goals_in_short(goals: Line) -> str:
    """ "11 of 14 goals are wholly or partly met: 7 met, 4 partly." """
    short = ngettext(
        "%(reached)s of %(num)d goal is wholly or partly met: %(met)s met, %(partly)s partly.",
        "%(reached)s of %(num)d goals are wholly or partly met: %(met)s met, %(partly)s partly.",
        goals["goals"],
        reached=goals["met"] + goals["partly"],
        met=goals["met"],
        partly=goals["partly"],
    )
    if not goals["open"]:
        return short
    waiting = ngettext("%(num)d is not judged yet.", "%(num)d are not judged yet.", goals["open"])
    return f"{short} {waiting}"


def _row(line: Line, said: list[Line]) -> Row:
    last = said[-1] if said else None
    earlier = ", ".join(f"{each['judged_on'][:4]}: {JUDGEMENTS[each['status']]}" for each in said[:-1])
    status = str(JUDGEMENTS[line["status"]])
    return Row(
        [
            cell(line["indicator"]),
            Cell(status, status, code=line["status"]),
            cell(date_plain(date.fromisoformat(last["judged_on"])) if last else "–"),
            cell(last["note"] if last else ""),
            cell(earlier),
        ],
        key=line["indicator"],
    )
