"""Lines of the page about reports on their way."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext

from app.domain.localtime import local_date, zone
from app.models import Office, Project
from app.services.deliveries.ahead import Preview
from app.services.deliveries.published import PublishedReport
from app.services.deliveries.recipients import Recipient, people_of
from app.services.deliveries.schedules import Schedule, schedules_of
from app.services.deliveries.sent import Delivered
from app.services.reports.monthly import MONTH
from app.wording.delivery_sentences import AUDIENCES, EVERY, IN_LANGUAGE, LANGUAGES, STATES
from app.wording.formats import clock, date_long, date_plain, date_short, number, sentence
from app.wording.mail_trouble import mail_trouble
from app.wording.names import titled
from app.wording.reports import FORMAT_NAMES, period_title, reached_text


def coming_line(each: Preview, now: datetime) -> dict[str, Any]:
    """A report that will be sent."""
    report, hold = each.report, each.hold
    office, period = report.office, report.period
    tz = zone(office.timezone)
    is_due = report.due_at <= now
    return {
        "key": report.key.replace("/", "-"),
        "title": period_title(period),
        "project": report.project.name,
        "project_slug": report.project.slug,
        "period": period.label,
        "when": sentence(f"{date_long(report.due_at, tz)}, {clock(report.due_at, tz)}"),
        "soon": report.remind_at <= now,
        "due": is_due,
        "live_url": url_for("reports.show", office=office.slug, period=period.label),
        "figures": _figures(each),
        "missing": each.missing,
        "missing_url": url_for("reports.bookings", office=office.slug, period=period.label, only="uncounted"),
        "uncounted": [
            {
                "url": url_for(
                    "host.day",
                    office=office.slug,
                    date=local_date(date.starts_at, tz),
                    _anchor=f"date-{date.date_id}",
                ),
                "when": f"{date_short(date.starts_at, tz)} {clock(date.starts_at, tz)}",
                "title": titled(date.title),
            }
            for date in each.uncounted
        ],
        "readers": [reader_line(reader) for reader in each.recipients],
        # A month that nobody gets by mail is frozen all the same, to be read here.
        "nobody": not each.recipients and report.every == MONTH,
        "hold": {
            "reason": hold.reason,
            "by": hold.held_by.name if hold.held_by else None,
            "when": date_plain(hold.held_at, tz),
            "url": url_for("deliveries.let_go", office=office.slug, hold=hold.id),
        }
        if hold
        else None,
    }


def project_lines(project: Project) -> dict[str, Any]:
    """A project, and what each who runs or pays for it gets."""
    return {
        "name": project.name,
        "slug": project.slug,
        "schedules": [schedule_line(each, project) for each in schedules_of(project)],
    }


def schedule_line(each: Schedule, project: Project) -> dict[str, Any]:
    """What an organisation gets."""
    named = len(people_of(project, each.organisation))
    return {
        "name": each.organisation.name,
        "active": each.active,
        "every": str(EVERY[each.every]),
        "language": str(LANGUAGES[each.language]) if each.language else gettext("Each reader's own"),
        "files": _files(each.formats),
        "how": gettext("attached") if each.attached else gettext("as links"),
        "annex": each.annex,
        "people": named,
        "addresses": each.addresses,
        "url": url_for(
            "deliveries.edit",
            office=project.office.slug,
            project=project.slug,
            organisation=each.organisation.slug,
        ),
    }


def published_line(each: PublishedReport, mails: Sequence[Delivered], office: Office) -> dict[str, Any]:
    """A report that was published, and the mails about it."""
    return {
        "title": period_title(each.period),
        "project": each.project.name,
        "revision": each.revision,
        "checksum": each.checksum,
        "when": date_plain(each.frozen_at, office.timezone),
        "url": url_for(
            "reports.show",
            office=office.slug,
            period=each.period.label,
            project=each.project.slug,
            revision=each.revision,
        ),
        "mails": [_mail_line(mail, office) for mail in mails],
    }


def _figures(each: Preview) -> list[tuple[str, str]]:
    if not each.content:
        return []
    reached = gettext("Utilisation"), reached_text(each.content)
    if each.content["no_data"]:
        return [reached]
    totals, visits = each.content["totals"], each.content["attendance"]
    return [
        reached,
        (gettext("Used hours"), number(totals["used_hours"], 1)),
        (gettext("Bookings"), number(totals["bookings"])),
        (gettext("Visits"), number(visits["women"] + visits["men"] + visits["other"])),
    ]


def reader_line(each: Recipient) -> dict[str, str]:
    """Who gets a report, and what of it."""
    return {
        "name": each.person.name if each.person else each.address,
        "address": each.address,
        "organisation": each.organisation.name,
        "gets": _gets(each.formats, each.attached, each.language, each.audience),
    }


def _mail_line(each: Delivered, office: Office) -> dict[str, Any]:
    sent, tz = each.sent, zone(office.timezone)
    moment = each.sent_at or sent.at
    return {
        "to": sent.recipient or gettext("Somebody who was erased"),
        "organisation": sent.organisation.name if sent.organisation else "",
        "when": f"{date_plain(moment, tz)} {clock(moment, tz)}",
        "state": each.state,
        "state_text": str(STATES[each.state]),
        "error": mail_trouble(each.error) if each.error else None,
        "gets": _gets(sent.formats, sent.attached, sent.language, sent.audience),
        "checksums": [(str(FORMAT_NAMES[form]), value) for form, value in sent.checksums.items()],
        "again_url": url_for("deliveries.again", office=office.slug, sent=sent.id)
        if sent.recipient
        else None,
    }


def _gets(formats: Sequence[str], attached: bool, language: str, audience: str) -> str:
    """PDF, Excel attached, in Swedish, without the annex"""
    how = gettext("attached") if attached else gettext("as links")
    return ", ".join([f"{_files(formats)} {how}", str(IN_LANGUAGE[language]), str(AUDIENCES[audience])])


def _files(formats: Sequence[str]) -> str:
    return ", ".join(str(FORMAT_NAMES[form]) for form in formats)
