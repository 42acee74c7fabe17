"""For hosts: which reports will be sent to whom, what is held back, and what was sent."""

from datetime import datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.errors import Refused
from app.domain.localtime import local_date, zone
from app.domain.period import Period, PeriodError
from app.models import Office
from app.services.deliveries.ahead import previews
from app.services.deliveries.holds import hold, release
from app.services.deliveries.published import published_at
from app.services.deliveries.schedules import schedule_of, set_schedule
from app.services.deliveries.sent import deliveries_of, send_again
from app.services.reports import project_named
from app.services.reports.projects import all_projects_of
from app.web.delivery_forms import DeliveryForm
from app.web.delivery_lines import coming_line, project_lines, published_line
from app.web.hosting import hosted, switch_to
from app.web.security import allow, signed_in
from app.wording import say
from app.wording.report_letter import report_letter

bp = Blueprint("deliveries", __name__, url_prefix="/host/<office>/reports")

OVER_FOR = timedelta(days=400)  # so long after its end a project stands among those that are sent reports
MOST_SHOWN = 24  # reports in the history


@bp.get("")
@allow("host")
def index(office: str) -> str:
    """What will be sent, to whom, and what was sent."""
    place, moment = hosted(office), now()
    return _page(place, shows_all="all" in request.args, moment=moment)


@bp.post("/hold")
@allow("host")
def keep(office: str) -> ResponseReturnValue:
    """Holds a coming report back."""
    place, moment = hosted(office), now()
    project = project_named(place, request.form.get("project", ""))
    reason = request.form.get("reason", "")
    try:
        period = Period.parse(request.form.get("period", ""))
    except PeriodError:
        abort(404)
    try:
        hold(project, period, reason, by=signed_in(), now=moment)
    except Refused as error:
        if error.refusals[0].field == "period":  # it is no longer among those to come, so not beside it
            flash(say(error), "error")
            return redirect(_home(place), code=303)
        told = {"key": request.form.get("key", ""), "text": say(error), "reason": reason}
        return _page(place, moment=moment, error=told), 422
    flash(gettext("Held back. It is frozen and sent when somebody releases it."), "success")
    return redirect(_home(place), code=303)


@bp.post("/holds/<int:hold>/release")
@allow("host")
def let_go(office: str, hold: int) -> ResponseReturnValue:
    """Lets a report go that was held back."""
    place = hosted(office)
    release(hold, by=signed_in(), now=now())
    flash(gettext("Released. What is due is frozen and sent within a few minutes."), "success")
    return redirect(_home(place), code=303)


@bp.route("/<project>/<organisation>", methods=["GET", "POST"])
@allow("host")
def edit(office: str, project: str, organisation: str) -> ResponseReturnValue:
    """What an organisation gets, how often and how."""
    place = hosted(office)
    about = project_named(place, project)
    former = schedule_of(about, organisation)
    form = DeliveryForm.made()
    if not form.is_submitted():
        form.fill_in_from(former)
    elif form.validate():
        wish = form.wish()
        if not form.errors:
            set_schedule(about, organisation, wish, by=signed_in(), now=now())
            flash(gettext("Saved. It holds for what is sent from now on."), "success")
            return redirect(_home(place) + "#schedules", code=303)
    page = render_template(
        "host/delivery.html",
        form=form,
        office=place,
        project=about,
        organisation=former.organisation,
        back=_home(place),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/sent/<int:sent>/again")
@allow("host")
def again(office: str, sent: int) -> ResponseReturnValue:
    """Sends a report once more to somebody who got it."""
    place = hosted(office)
    try:
        new = send_again(sent, place, report_letter, by=signed_in(), now=now())
    except Refused as error:
        flash(say(error), "error")
    else:
        flash(
            gettext("It is sent again within a few minutes.")
            if new
            else gettext("It has been sent again already: see the list."),
            "success" if new else "warning",
        )
    return redirect(_home(place) + "#sent", code=303)


def _page(
    place: Office, *, moment: datetime, shows_all: bool = False, error: dict[str, str] | None = None
) -> str:
    today = local_date(moment, zone(place.timezone))
    published = published_at(place)
    shown = published if shows_all else published[:MOST_SHOWN]
    mails = deliveries_of([each.id for each in shown])
    projects = all_projects_of(place)
    current = [each for each in projects if not each.retired and each.ends_on + OVER_FOR > today]
    return render_template(
        "host/reports.html",
        office=place,
        offices=switch_to("deliveries.index"),
        day_url=url_for("host.today", office=place.slug),
        coming=[coming_line(each, moment) for each in previews(place, moment)],
        error=error,
        projects=[project_lines(each) for each in current],
        # Nothing of them is sent any more, but their reports can be read.
        earlier=[project_lines(each) for each in projects if each not in current],
        published=[published_line(each, mails.get(each.id, ()), place) for each in shown],
        more_url=url_for("deliveries.index", office=place.slug, all=1)
        if len(published) > len(shown)
        else None,
    )


def _home(place: Office) -> str:
    return url_for("deliveries.index", office=place.slug)
