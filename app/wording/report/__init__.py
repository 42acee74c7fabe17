"""The report JSON laid out for reading, in one language.

Map:
    words       what the figures are called and mean
    cells       cells, columns, tables
    charts      what the charts show, and tell those who cannot see them
    sections    how much, by whom, what for; the annex that names companies
    aid         the annex about money
    more        when, how reliably, how long ahead; quality
    changes     what a revision changed; since: why, and what became of the bookings
    remarks     what is said above the figures
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import force_locale, gettext

from app.models import ReportSnapshot
from app.reports.layout import HIDDEN, Figure, Layout
from app.services.reports.document import period_of
from app.services.reports.public import UNTOLD
from app.wording.formats import NONE, date_plain, number, percent
from app.wording.languages import LOCALES
from app.wording.public_report import public_note
from app.wording.report.aid import aid_annex
from app.wording.report.cells import Tables, lacks_data
from app.wording.report.more import further
from app.wording.report.remarks import remarks
from app.wording.report.sections import annex, sections
from app.wording.report.words import KINDS, definitions
from app.wording.reports import period_name, period_title, utilisation_text

Line = Mapping[str, Any]


def laid_out(
    report: Line, language: str, *, now: datetime, replaced_by: ReportSnapshot | None = None
) -> Layout:
    """The report in that language ("sv" or "en"). `now` is when the figures of a live one were taken.

    `replaced_by`: the revision that stands instead of a frozen one, if that is to be told.
    """
    with force_locale(LOCALES[language]):
        return _laid_out(report, language, now, replaced_by)


def headline(report: Line) -> Figure:
    """The first figure: what the project counts by, its value, and what it is made of."""
    totals = report["totals"]
    if lacks_data(report):
        return Figure("headline", gettext("Utilisation"), NONE, gettext("no data"))
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
    note = gettext(
        "%(used)s used of %(available)s available hours",
        used=number(totals["used_hours"], 1),
        available=number(totals["available_hours"], 1),
    )
    return Figure("headline", gettext("Utilisation"), value, note)


def kinds_counted(report: Line) -> str:
    """What the totals count, where it is not everything."""
    if all(line["counted"] for line in report["by_kind"]):
        return ""
    counted = [str(KINDS[line["kind"]]).lower() for line in report["by_kind"] if line["counted"]]
    return gettext("counted: %(kinds)s", kinds=", ".join(counted))


def _laid_out(report: Line, language: str, now: datetime, replaced_by: ReportSnapshot | None) -> Layout:
    about = period_of(report)
    title, office = period_title(about), report["office_name"]
    hidden = frozenset(line["cell"] for line in report.get("suppressed", ()))
    tables = Tables(hidden, UNTOLD if report.get("audience") == "public" else frozenset())
    annexes = [*annex(report, tables), *aid_annex(report, tables)]
    shown = [*sections(report, tables, language), *further(report, tables), *annexes]
    spoken, words = _words(report, language)
    made_at = datetime.fromisoformat(report["frozen_at"]) if report["frozen_at"] else now
    return Layout(
        language=language,
        title=gettext("Report for %(office)s, %(period)s", office=office, period=period_name(about)),
        office=office,
        project=report["project_name"] or "",
        period=title,
        author=office,
        made_at=made_at,
        figures=_figures(report),
        words=[words] if words else [],
        words_language=spoken,
        sections=shown,
        definitions=definitions(),
        method=gettext("Method %(version)s", version=report["method"]),
        seal=_seal(report, made_at),
        remarks=list(remarks(report, replaced_by)),
        labels={
            "report": gettext("Report"),
            "annex": gettext("Annex"),
            "definitions": gettext("How it is counted"),
            "page": gettext("Page"),
            "data": gettext("The figures of this report, unrounded, for programs"),
            "rows": gettext("Bookings"),
            "section": gettext("Section"),
            "line": gettext("About"),
            "figure": gettext("Figure"),
            "value": gettext("Value"),
        },
    )


def _words(report: Line, language: str) -> tuple[str, str]:
    """The language of the host's own words, the reader's if there are any in it, and the words."""
    words: Mapping[str, str] = report.get("words") or {}
    spoken = language if language in words else next(iter(words), language)
    return spoken, words.get(spoken, "")


def _figures(report: Line) -> list[Figure]:
    totals, visits = report["totals"], report["attendance"]
    first = headline(report)
    counted = kinds_counted(report)
    everybody = [visits[sex] for sex in ("women", "men", "other")]
    came = number(sum(everybody)) if None not in everybody else HIDDEN
    women_and_men = f"{percent(visits['share_women'])} / {percent(visits['share_men'])}"
    if visits["women"] is None or visits["men"] is None:
        women_and_men = HIDDEN
    return [
        Figure(first.key, first.term, first.text, f"{first.note} · {counted}" if counted else first.note),
        Figure(
            "bookings",
            gettext("Bookings"),
            number(totals["bookings"]),
            gettext("%(hours)s booked hours", hours=number(totals["booked_hours"], 1)),
        ),
        *(
            [Figure("share_women", gettext("Women and men"), women_and_men, gettext("%(n)s visits", n=came))]
            if report.get("tells_persons", True)
            else []
        ),
        Figure(
            "day_frequency",
            gettext("Day frequency"),
            NONE if lacks_data(report) else percent(totals["day_frequency"]),
            gettext("of open days had any use"),
        ),
        Figure(
            "no_show_rate",
            gettext("No-shows"),
            percent(totals["no_show_rate"], 1),
            gettext("of bookings were not used"),
        ),
    ]


def _seal(report: Line, made_at: datetime) -> list[str]:
    lines = []
    day = date_plain(made_at, report["timezone"])
    if report["revision"]:
        lines.append(gettext("Frozen %(day)s, revision %(number)s", day=day, number=report["revision"]))
    else:
        lines.append(gettext("Live figures, as the bookings stood on %(day)s", day=day))
    if report.get("audience") == "public":
        lines.append(public_note(report))
    lines.append(f"SHA-256 {report['checksum']}")
    return lines
