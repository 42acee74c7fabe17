"""A host freezes a report by hand: told first what it comes to and who has it, asked who gets a mail now."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app.clock import now
from app.domain.errors import Refused
from app.domain.localtime import zone
from app.domain.period import Period, PeriodError
from app.models import Office, Project
from app.services.deliveries.by_hand import Outlook, Reader, outlook
from app.services.snapshots import Published, publish_by_hand
from app.web.delivery_lines import reader_line
from app.web.hosting import hosted
from app.web.report_asked import no_period, project_asked, report_url
from app.web.security import allow, signed_in
from app.wording import say
from app.wording.formats import clock, date_long
from app.wording.report_letter import report_letter
from app.wording.reports import period_title

bp = Blueprint("freezing", __name__)
bp.register_error_handler(PeriodError, no_period)


@bp.route("/offices/<office>/reports/<period>/revisions", methods=["GET", "POST"])
@allow("host")
def freeze(office: str, period: str) -> ResponseReturnValue:
    """What freezing comes to; then it is frozen, and mailed to those chosen where `send` is pressed."""
    place = hosted(office)
    project, about = project_asked(place, period)
    sends, chosen = "send" in request.form, request.form.getlist("to")
    try:
        if request.method == "GET" or (sends and not chosen):
            return _page(place, project, about, now(), nobody_chosen=sends), 422 if sends else 200
        to = chosen if sends else []
        found = publish_by_hand(place, project, about, report_letter, to=to, by=signed_in(), now=now())
    except Refused as error:
        flash(say(error), "error")
        return redirect(report_url(project, about), code=303)
    flash(_told(found), "success" if found.is_new or found.mails else "message")
    return redirect(report_url(project, about, revision=found.snapshot.revision), code=303)


def freeze_url(project: Project, period: Period) -> str:
    """Where a project's period is frozen."""
    return url_for("freezing.freeze", office=project.office.slug, period=period.label, project=project.slug)


def _told(found: Published) -> str:
    number, mails = found.snapshot.revision, found.mails
    if found.is_new and mails:
        return ngettext(
            "Frozen as revision %(revision)s. %(num)s reader gets a mail.",
            "Frozen as revision %(revision)s. %(num)s readers get a mail.",
            mails,
            revision=number,
        )
    if found.is_new:
        return gettext("Frozen as revision %(number)s. Nobody gets a mail now.", number=number)
    if mails:
        return ngettext(
            "%(num)s reader gets a mail with revision %(revision)s.",
            "%(num)s readers get a mail with revision %(revision)s.",
            mails,
            revision=number,
        )
    return gettext("Nothing has changed since revision %(number)s.", number=number)


def _page(
    place: Office, project: Project, about: Period, moment: datetime, *, nobody_chosen: bool = False
) -> str:
    found = outlook(place, project, about, by=signed_in(), now=moment)
    return render_template(
        "reports/freeze.html",
        section="reports",
        office=place,
        project=project,
        title=period_title(about),
        revision=found.pending.revision,
        is_new=found.pending.is_new,
        hold=found.hold,
        by_itself=_by_itself(found, place, moment),
        readers=[_line(each, nobody_chosen) for each in found.readers],
        error=gettext("Choose who gets it.") if nobody_chosen else None,
        back=report_url(project, about),
        deliveries_url=url_for("deliveries.index", office=place.slug),
    )


def _line(each: Reader, nobody_chosen: bool) -> dict[str, Any]:
    return {
        **reader_line(each.recipient),
        "has": each.has,
        "lacks": each.lacks,
        "scheduled": each.is_scheduled,
        "chosen": each.is_meant and not nobody_chosen,
    }


def _by_itself(found: Outlook, place: Office, moment: datetime) -> str:
    """What is sent without anybody pressing a button."""
    if found.due is None:
        return gettext("Nothing more is sent of this period by itself.")
    if found.due.due_at <= moment:
        return gettext(
            "It is due: within a few minutes it is sent by itself to those who get it by schedule."
        )
    tz = zone(place.timezone)
    return gettext(
        "By itself it is sent %(day)s, %(time)s, to those who get it by schedule. "
        "Who gets it now gets no second mail then, unless something has changed.",
        day=date_long(found.due.due_at, tz),
        time=clock(found.due.due_at, tz),
    )
