"""Words about reports on their way: the letters to hosts, and the files that a mail leaves with."""

from collections.abc import Sequence

from flask_babel import force_locale, lazy_gettext

from app.domain.localtime import zone
from app.domain.period import Period
from app.extensions import db
from app.mailer import Attachment
from app.models import Office, OutboxMail, ReportHold, ReportSnapshot
from app.reports import MEDIA_TYPES, file_name
from app.services.deliveries.ahead import Preview
from app.services.reports.readers import as_seen_by
from app.services.snapshots import content_of
from app.wording.formats import date_plain
from app.wording.languages import LOCALES
from app.wording.letters import link_to, write_letter
from app.wording.report.files import report_file
from app.wording.reports import period_name, period_title, reached_text


def files_of(mail: OutboxMail) -> dict[str, Attachment]:
    """The files that a mail leaves with, by format, made from the frozen report.

    Whenever they are made, they are the same to the byte: the bookings behind the report, which may change,
    are not among them.
    """
    return {str(told["form"]): _file(told) for told in mail.attachments or ()}


def _file(told: dict[str, object]) -> Attachment:
    snapshot = db.session.get_one(ReportSnapshot, told["snapshot"])
    content, form = as_seen_by(str(told["audience"]), content_of(snapshot)), str(told["form"])
    made = report_file(content, form, str(told["language"]), now=snapshot.frozen_at, listing=False)
    return Attachment(file_name(content, form), MEDIA_TYPES[form], made)


def preview_letter(office: Office, previews: Sequence[Preview], language: str) -> tuple[str, str]:
    """To a host, about what will be sent on the same day."""
    first = previews[0].report
    with force_locale(LOCALES[language]):
        when = date_plain(first.due_at, zone(office.timezone))
        reports = [
            (
                period_title(each.report.period),
                each.report.project.name,
                reached_text(each.content),
                None if each.content["no_data"] else each.content["totals"]["bookings"],
                each.content["quality"]["head_counts_missing"],
            )
            for each in previews
        ]
        names = ", ".join(period_name(each.report.period) for each in previews)
    return write_letter(
        "report_preview",
        language,
        lazy_gettext("Sent soon: the report for %(office)s, %(period)s", office=office.name, period=names),
        office=office.name,
        when=when,
        reports=reports,
        link=link_to("deliveries.index", office=office.slug),
    )


def held_letter(office: Office, held: Sequence[ReportHold], language: str) -> tuple[str, str]:
    """To a host, about what should have been sent and is held back."""
    with force_locale(LOCALES[language]):
        reports = [
            (period_title(Period(each.starts_on, each.ends_on)), each.project.name, each.reason)
            for each in held
        ]
    return write_letter(
        "report_held",
        language,
        lazy_gettext("Held back: reports of %(office)s", office=office.name),
        office=office.name,
        reports=reports,
        link=link_to("deliveries.index", office=office.slug),
    )
