"""The letter that a report is ready, or has been corrected."""

from flask import current_app
from flask_babel import force_locale, lazy_gettext

from app.domain.period import Period
from app.models import ReportSnapshot
from app.services.deliveries.recipients import Recipient
from app.services.reports.readers import PUBLIC, as_seen_by
from app.wording.languages import LOCALES
from app.wording.letters import write_letter
from app.wording.public_report import public_note
from app.wording.report.changes import correction
from app.wording.reports import FORMAT_NAMES, period_name, reached_text, report_path


def report_letter(snapshot: ReportSnapshot, to: Recipient) -> tuple[str, str]:
    """Subject and body of the letter to one who gets the report. Who has no account gets no links."""
    period, language = Period(snapshot.starts_on, snapshot.ends_on), to.language
    office, content = snapshot.office, as_seen_by(to.audience, snapshot.content)
    which = (office.slug, period.label, snapshot.project.slug, snapshot.revision)
    base = current_app.config["BASE_URL"]
    with force_locale(LOCALES[language]):
        name = period_name(period)
        utilisation = reached_text(content)
        public = public_note(content) if to.audience == PUBLIC else ""
        names = [(str(FORMAT_NAMES[form]), form) for form in to.formats]
        corrected = correction(content)
    return write_letter(
        "report_ready",
        language,
        _subject(snapshot, name),
        office=office.name,
        period=name,
        utilisation=utilisation,
        correction=corrected.lines if corrected else [],
        link=f"{base}{report_path(*which)}" if to.person else None,
        files=[(each, f"{base}{report_path(*which, form)}") for each, form in names] if to.person else [],
        attached=[each for each, _ in names] if to.attached else [],
        public=public,
        revision=snapshot.revision,
        checksum=content["checksum"],
    )


def _subject(snapshot: ReportSnapshot, period: str) -> object:
    office, number = snapshot.office.name, snapshot.revision
    if number == 1:
        return lazy_gettext("Report for %(office)s, %(period)s", office=office, period=period)
    return lazy_gettext(
        "Corrected report for %(office)s, %(period)s (revision %(number)s)",
        office=office,
        period=period,
        number=number,
    )
