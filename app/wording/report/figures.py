"""The figures at the top of a report."""

from dataclasses import replace

from flask_babel import gettext

from app.reports.layout import HIDDEN, Figure
from app.wording.formats import NONE, number, percent
from app.wording.report.cells import Line, lacks_data
from app.wording.report.words import KINDS
from app.wording.reports import utilisation_text


def figures(report: Line) -> list[Figure]:
    """The first one, and those beside it."""
    found = [_first(report), _bookings(report), *_people(report), *_reliability(report)]
    if not lacks_data(report):
        return found
    return [replace(each, text=NONE, note=gettext("no data"), is_known=False) for each in found]


def headline(report: Line) -> Figure:
    """What the project counts by, its value, and what it is made of."""
    totals = report["totals"]
    if not totals["available_hours"]:
        return Figure("headline", gettext("Utilisation"), NONE, gettext("no open time"))
    counts, value = report["headline"]["counts"], percent(report["headline"]["value"], 1)
    utilisation = utilisation_text(totals["utilisation"])
    if counts == "days":
        note = gettext("of open days had any use; of the hours: %(share)s", share=utilisation)
        return Figure("headline", gettext("Day frequency"), value, note)
    if counts == "seats":
        note = gettext("of all seats through all open hours; of the hours: %(share)s", share=utilisation)
        return Figure("headline", gettext("Seats taken"), value, note)
    hours = {name: number(totals[f"{name}_hours"], 1) for name in ("used", "available")}
    if report.get("so_far"):
        note = gettext("%(used)s used or to come of %(available)s available hours", **hours)
    else:
        note = gettext("%(used)s used of %(available)s available hours", **hours)
    return Figure("headline", gettext("Utilisation"), value, note)


def _first(report: Line) -> Figure:
    first, counted = headline(report), _kinds_counted(report)
    return replace(first, note=f"{first.note} · {counted}") if counted else first


def _kinds_counted(report: Line) -> str:
    """What the totals count, where it is not everything."""
    if all(line["counted"] for line in report["by_kind"]):
        return ""
    counted = [str(KINDS[line["kind"]]).lower() for line in report["by_kind"] if line["counted"]]
    return gettext("counted: %(kinds)s", kinds=", ".join(counted))


def _bookings(report: Line) -> Figure:
    totals = report["totals"]
    note = gettext("%(hours)s booked hours", hours=number(totals["booked_hours"], 1))
    return Figure("bookings", gettext("Bookings"), number(totals["bookings"]), note)


def _people(report: Line) -> list[Figure]:
    """Nothing where the version for the public tells of nobody."""
    if not report.get("tells_persons", True):
        return []
    visits, term = report["attendance"], gettext("Women and men")
    if visits["counted"] == 0:
        outside = (report.get("quality") or {}).get("outside_visits")
        note = gettext("no head counts in opening hours") if outside else gettext("no head counts")
        return [Figure("share_women", term, NONE, note)]
    everybody = [visits[sex] for sex in ("women", "men", "other")]
    came = number(sum(everybody)) if None not in everybody else HIDDEN
    shares = f"{percent(visits['share_women'])} / {percent(visits['share_men'])}"
    if visits["women"] is None or visits["men"] is None:
        shares = HIDDEN
    return [Figure("share_women", term, shares, gettext("%(n)s visits", n=came))]


def _reliability(report: Line) -> list[Figure]:
    totals = report["totals"]
    return [
        Figure(
            "day_frequency",
            gettext("Day frequency"),
            percent(totals["day_frequency"]),
            gettext("of open days had any use"),
        ),
        Figure(
            "no_show_rate",
            gettext("No-shows"),
            percent(totals["no_show_rate"], 1),
            gettext("of bookings were not used"),
        ),
    ]
