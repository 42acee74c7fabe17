"""The report JSON laid out for reading, in one language.

Map:
    words       what the figures are called and mean
    cells       cells, columns, tables
    charts      what the charts show, and tell those who cannot see them
    sections    how much, by whom, what for; the annex that names companies
    aid         the annex about money
    more        when, how reliably, how long ahead; quality
    changes     what a revision changed; since: why, and what became of the bookings
    figures     those at the top; remarks: what is said above them
    measures    hours, days and seats side by side, with the definitions
"""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import force_locale, gettext

from app.models import ReportSnapshot
from app.reports.layout import Layout, Section
from app.services.reports.document import period_of
from app.services.reports.public import UNTOLD
from app.wording.formats import date_plain
from app.wording.languages import LOCALES
from app.wording.public_report import public_note
from app.wording.report.aid import aid_annex
from app.wording.report.cells import Line, Tables, lacks_data
from app.wording.report.figures import figures
from app.wording.report.measures import measures
from app.wording.report.more import further
from app.wording.report.remarks import remarks
from app.wording.report.sections import annex, sections
from app.wording.report.words import definitions
from app.wording.reports import period_name, period_title

# What stands in them is promised, judged, of other periods, or says of itself that it is not known.
KNOWN_WITHOUT_DATA = frozenset({"targets", "goals", "trend", "compared", "changes"})


def laid_out(
    report: Line, language: str, *, now: datetime, replaced_by: ReportSnapshot | None = None
) -> Layout:
    """The report in that language ("sv" or "en"). `now` is when the figures of a live one were taken.

    `replaced_by`: the revision that stands instead of a frozen one, if that is to be told.
    """
    with force_locale(LOCALES[language]):
        return _laid_out(report, language, now, replaced_by)


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
        figures=figures(report),
        words=[words] if words else [],
        words_language=spoken,
        sections=[_without_data(each) for each in shown] if lacks_data(report) else shown,
        measures=measures(report, tables),
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


def _without_data(section: Section) -> Section:
    """Of a period of which nothing is known: its zeros would read as no use."""
    if section.annex or section.key in KNOWN_WITHOUT_DATA:
        return section
    return Section(section.key, section.title, lead=gettext("No data."))


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
