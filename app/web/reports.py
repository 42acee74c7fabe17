"""Reports: the figures of a period, what stands behind them, and the files."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.errors import DomainError, NotFound
from app.domain.localtime import local_date, zone
from app.domain.period import Period, PeriodError
from app.models import Office, Project, ReportSnapshot
from app.reports import FORMATS, MEDIA_TYPES, file_name
from app.services.authorize import authorize, may
from app.services.offices import office_named, offices
from app.services.reports import (
    Report,
    project_for,
    project_named,
    projects_of,
    report,
)
from app.services.reports.behind import Behind, Choice, CountedDate, behind
from app.services.reports.names import (
    activity_names,
    category_names,
    organisation_names,
    resource_names,
)
from app.services.reports.overview import MonthLine, first_day, latest_months, years_used
from app.services.snapshots import content_of, frozen, publish, revisions
from app.web import report_page
from app.web.errors import error_page
from app.web.naming import STATUSES, all_of_kinds, own_name
from app.web.security import allow, signed_in
from app.wording import say
from app.wording.formats import date_plain, date_short, hours, month, number, span
from app.wording.reports import lead_time_text, period_title, report_letter, utilisation_text

bp = Blueprint("reports", __name__)
READERS = ("funder", "host")
FILTERS = ("category", "resource", "activity", "organisation", "only")


@bp.errorhandler(PeriodError)
def _no_period(error: PeriodError) -> ResponseReturnValue:
    return error_page(404, say(error))


@bp.get("/reports")
@allow(*READERS)
def index() -> str:
    """The reports one may read."""
    moment = now()
    readable = [each for each in offices() if may(signed_in(), "see_report", each)]
    return render_template("reports/index.html", offices=[_office_lines(each, moment) for each in readable])


@bp.get("/offices/<office>/reports/<period>")
@allow(*READERS)
def show(office: str, period: str) -> str:
    """The figures of a period: live, or by `revision` as they were published."""
    place, about, snapshot, project = _asked(office, period)
    moment = now()
    shown = content_of(snapshot) if snapshot else report(place, about, now=moment, project=project)
    months = [(Period.parse(each["month"]), each["utilisation"]) for each in shown.get("trend", ())]
    published = revisions(place, about, project) if project else []
    return render_template(
        "reports/show.html",
        report=report_page.named(shown, place.slug, about.label),
        page=_page(place, about, project, shown, snapshot, published, moment),
        targets=report_page.target_lines(shown),
        months=report_page.month_lines(months) if len(months) > 1 else [],
        changes=report_page.change_lines(shown),
        definitions=report_page.definitions(),
    )


@bp.get("/offices/<office>/reports/<period>.<any(json, csv):form>")
@allow(*READERS)
def download(office: str, period: str, form: str) -> Response:
    """The same as a file."""
    place, about, snapshot, project = _asked(office, period)
    content = content_of(snapshot) if snapshot else report(place, about, now=now(), project=project)
    response = Response(FORMATS[form](content), content_type=MEDIA_TYPES[form])
    response.headers.set("Content-Disposition", "attachment", filename=file_name(content, form))
    return response


@bp.post("/offices/<office>/reports/<period>/revisions")
@allow("host")
def freeze(office: str, period: str) -> ResponseReturnValue:
    """Publishes the live figures as the next revision and mails the funders."""
    place, about, _, project = _asked(office, period)
    authorize(signed_in(), "host", place)
    if project is None:
        raise NotFound()
    before = [each.revision for each in revisions(place, about, project)[:1]]
    try:
        snapshot = publish(place, project, about, report_letter, now=now(), by=signed_in()).snapshot
    except DomainError as error:
        flash(say(error), "error")
        return redirect(url_for("reports.show", office=place.slug, period=about.label), code=303)
    if [snapshot.revision] == before:
        flash(gettext("Nothing has changed since revision %(number)s.", number=snapshot.revision))
    else:
        flash(
            gettext("Frozen as revision %(number)s. The funders get a mail.", number=snapshot.revision),
            "success",
        )
    return redirect(_url_of(place, about, snapshot), code=303)


@bp.get("/offices/<office>/reports/<period>/bookings")
@allow(*READERS)
def bookings(office: str, period: str) -> str:
    """The dates behind a figure, with the hours each counts for."""
    place, about = office_named(office), Period.parse(period)
    chosen = {name: request.args.get(name) or None for name in FILTERS}
    page = request.args.get("page", 1, type=int)
    found = behind(place, about, Choice(**chosen), by=signed_in(), page=page)
    names: dict[str, Mapping[str, str]] = {
        "category": {slug: own_name(each) for slug, each in category_names().items()},
        "activity": {slug: own_name(each) for slug, each in activity_names().items()},
        "organisation": organisation_names(),
        "resource": resource_names(),
        "only": {name: str(text) for name, text in report_page.ONLY.items()},
    }

    def address(page: int) -> str:
        return url_for("reports.bookings", office=place.slug, period=about.label, **chosen, page=page)

    return render_template(
        "reports/bookings.html",
        page={
            "office": place.name,
            "title": period_title(about),
            "report_url": url_for("reports.show", office=place.slug, period=about.label),
            "chosen": [names[name].get(slug, slug) for name, slug in chosen.items() if slug],
            "full": may(signed_in(), "host", place),
            "used": found.used,
            "no_shows": found.no_shows,
            "visits": found.visits if chosen["only"] == "counted" else None,
            "counted": hours(_in_hours(found)),
            "number": found.page,
            "pages": found.pages,
            "previous": address(found.page - 1) if found.page > 1 else None,
            "next": address(found.page + 1) if found.page < found.pages else None,
        },
        rows=[_row(each, place, names) for each in found.rows],
    )


def _asked(office: str, period: str) -> tuple[Office, Period, ReportSnapshot | None, Project | None]:
    """What the address names, if it is for this reader."""
    place = office_named(office)
    authorize(signed_in(), "see_report", place)
    about = Period.parse(period)
    slug, revision = request.args.get("project"), request.args.get("revision", type=int)
    project = project_named(place, slug) if slug else project_for(place, about)
    if revision is None:
        return place, about, None, project
    if project is None:
        raise NotFound()
    return place, about, frozen(place, about, project, revision), project


def _page(
    place: Office,
    about: Period,
    project: Project | None,
    shown: Report,
    snapshot: ReportSnapshot | None,
    published: Sequence[ReportSnapshot],
    moment: datetime,
) -> dict[str, Any]:
    today = local_date(moment, zone(place.timezone))
    before, after = report_page.neighbours(about, first_day(place), today)
    live_url = _show_url(place, about)
    is_over = about.interval(zone(place.timezone)).end <= moment
    return {
        "office": place,
        "offices": [
            (each.name, _show_url(each, about)) for each in offices() if may(signed_in(), "see_report", each)
        ],
        "title": period_title(about),
        "project": shown["project_name"] if shown["project_name"] != place.name else None,
        "unfinished": not is_over,
        "previous": _show_url(place, before) if before else None,
        "next": _show_url(place, after) if after else None,
        "latest": url_for("reports.index"),
        "headline": report_page.headline(shown),
        "lead_time": lead_time_text(shown["totals"]["lead_time_hours"]),
        "things": all_of_kinds({line["kind"] for line in shown["by_kind"]}),
        "kinds": report_page.kinds_counted(project, shown),
        "frozen": _state(place, snapshot, published, shown),
        "downloads": [(form.upper(), _download_url(place, about, snapshot, form)) for form in FORMATS],
        "revisions": _revision_links(place, about, snapshot, published, live_url),
        "periods": report_page.period_switch(place, about, moment),
        "behind": {
            only: url_for("reports.bookings", office=place.slug, period=about.label, only=only)
            for only in (None, *report_page.ONLY)
        },
        "printed": date_plain(moment, place.timezone),
        "freeze_url": (
            url_for("reports.freeze", office=place.slug, period=about.label, project=project.slug)
            if project and is_over and not snapshot and may(signed_in(), "host", place)
            else None
        ),
    }


def _state(
    place: Office, snapshot: ReportSnapshot | None, published: Sequence[ReportSnapshot], shown: Report
) -> str:
    """Whether these figures stand still."""
    if snapshot:
        return gettext(
            "Frozen %(day)s, revision %(number)s",
            day=date_plain(snapshot.frozen_at, place.timezone),
            number=snapshot.revision,
        )
    if not published:
        return gettext("Live figures, as the bookings stand now")
    if published[0].checksum == shown["checksum"]:
        return gettext("Live figures, the same as revision %(number)s", number=published[0].revision)
    return gettext(
        "Live figures; something has changed since revision %(number)s", number=published[0].revision
    )


def _revision_links(
    place: Office,
    about: Period,
    snapshot: ReportSnapshot | None,
    published: Sequence[ReportSnapshot],
    live_url: str,
) -> list[tuple[str, str, bool]]:
    if not published:
        return []
    links = [(gettext("Live"), live_url, snapshot is None)]
    return links + [
        (str(each.revision), _url_of(place, about, each), snapshot is not None and each.id == snapshot.id)
        for each in published
    ]


def _show_url(place: Office, about: Period) -> str:
    return url_for("reports.show", office=place.slug, period=about.label)


def _url_of(place: Office, about: Period, snapshot: ReportSnapshot) -> str:
    return url_for(
        "reports.show",
        office=place.slug,
        period=about.label,
        project=snapshot.project.slug,
        revision=snapshot.revision,
    )


def _download_url(place: Office, about: Period, snapshot: ReportSnapshot | None, form: str) -> str:
    which = {"project": snapshot.project.slug, "revision": snapshot.revision} if snapshot else {}
    return url_for("reports.download", office=place.slug, period=about.label, form=form, **which)


def _office_lines(place: Office, moment: datetime) -> dict[str, Any]:
    today = local_date(moment, zone(place.timezone))
    return {
        "name": place.name,
        "months": [_month_line(place, each, moment) for each in latest_months(place, moment)],
        "projects": [
            (each.name, _show_url(place, Period(each.starts_on, each.ends_on)), _months_of(each))
            for each in projects_of(place)
            if each.starts_on <= today
        ],
        "years": [
            (str(year), _show_url(place, Period.parse(f"{year:04}"))) for year in years_used(place, today)
        ],
    }


def _months_of(project: Project) -> str:
    return f"{month(project.starts_on)} – {month(project.ends_on - timedelta(days=1))}"


def _month_line(place: Office, line: MonthLine, moment: datetime) -> dict[str, Any]:
    is_over = line.period.interval(zone(place.timezone)).end <= moment
    if line.frozen_at:
        state = gettext(
            "Frozen %(day)s, revision %(number)s",
            day=date_short(line.frozen_at, place.timezone),
            number=line.revision,
        )
    else:
        state = gettext("Not published") if is_over else gettext("Under way")
    return {
        "title": period_title(line.period),
        "url": _show_url(place, line.period),
        "share": line.utilisation,
        "text": utilisation_text(line.utilisation) if line.utilisation != 0 else gettext("no use"),
        "state": state,
    }


def _row(each: CountedDate, place: Office, names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    women, men, other = each.heads or (None, None, None)
    return {
        "day": date_short(each.start, place.timezone),
        "time": span(each.start, each.end, place.timezone),
        "title": each.title,
        "url": url_for("bookings.show", booking=each.booking_id) if each.title is not None else None,
        "organisation": each.organisation,
        "resources": ", ".join(each.resources),
        "category": names["category"].get(each.category, each.category),
        "activity": names["activity"].get(each.activity or "", each.activity or ""),
        "status": each.status,
        "status_text": str(STATUSES[each.status]),
        "heads": [number(women), number(men), number(other)],
        "counted": number(each.counted.total_seconds() / 3600, 2),
    }


def _in_hours(found: Behind) -> float:
    return found.counted.total_seconds() / 3600
