"""Reports: the figures of a period, what stands behind them, and the files."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.clock import now
from app.domain.errors import NotAllowed, NotFound
from app.domain.localtime import local_date, zone
from app.domain.period import PeriodError
from app.models import ReportSnapshot
from app.reports import FORMATS, MEDIA_TYPES, file_name
from app.reports.layout import Layout
from app.services.authorize import authorize, may
from app.services.offices import office_named
from app.services.reports import Report, project_for, project_named, projects_of, report, report_together
from app.services.reports.changes import money_changed
from app.services.reports.overview import first_day
from app.services.reports.periods import TO_DATE, period_named
from app.services.reports.public import is_for_public
from app.services.reports.readers import FULL, PUBLIC, as_seen_by, audience_of, refuse_untold
from app.services.reports.rows import CountedRow, counted_rows, rows_of
from app.services.snapshots import content_of, frozen, origin_kept, replacing, revisions
from app.web import report_page
from app.web.freezing import freeze_url
from app.web.report_asked import no_period
from app.web.report_behind import behind_page, refuse_unknown
from app.web.report_days import chosen_days, days_again, days_form, is_readable, readable_offices
from app.web.report_desk import dashboard, published_lines
from app.web.report_page import Asked
from app.web.report_query import is_public, number, read_query, refused
from app.web.report_rows import office_lines
from app.web.report_words import words_url
from app.web.security import allow, signed_in
from app.web.texts import language
from app.wording.formats import date_plain
from app.wording.public_report import public_note, reader_note
from app.wording.report import laid_out
from app.wording.report.files import report_file
from app.wording.reports import period_title

bp = Blueprint("reports", __name__)
bp.register_error_handler(PeriodError, no_period)
READERS = ("funder", "host")
VERSION = ("audience", "project", "revision")
FILTERS = ("category", "resource", "activity", "organisation", "municipality", "only")


@bp.get("/reports")
@allow(*READERS)
def index() -> str:
    """The reports one may read."""
    moment = now()
    readable = readable_offices()
    lines = [
        {
            **office_lines(each, moment, readable),
            "now": dashboard(each, moment, signed_in()),
            "published": published_lines(each, signed_in()),
        }
        for each in readable
    ]
    return render_template("reports/index.html", offices=lines)


@bp.get("/offices/<office>/reports")
@allow(*READERS)
def choose(office: str) -> ResponseReturnValue:
    """Any days, both included, of one office or several, by the form on the report page."""
    place, chosen = office_named(office), request.args.getlist("office") or [office]
    authorize(signed_in(), "see_report", place)
    try:
        about = chosen_days(request.args)
    except PeriodError as error:
        days = days_again(place, request.args, chosen, error)
        return render_template("reports/days.html", office=place.name, days=days), 422
    return redirect(url_for("reports.show", office="+".join(chosen), period=about.label), code=303)


@bp.get("/offices/<office>/reports/<period>")
@allow(*READERS)
def show(office: str, period: str) -> str:
    """The figures of a period: live, or by `revision` as they were published."""
    asked, moment = _asked(office, period, read_query(*VERSION)), now()
    shown, published = _content(asked, moment), _published(asked)
    seen = as_seen_by(asked.seen, shown)
    last = asked.snapshot and replacing(asked.snapshot, published)
    layout = laid_out(seen, language(), now=moment, replaced_by=last)
    return render_template(
        "reports/show.html",
        page={
            **_page(asked, shown, moment, published),
            "public": public_note(seen) if asked.is_public else "",
            "remarks": _remarks(layout, asked, last),
        },
        figures=report_page.figure_views(layout, asked),
        sections=report_page.section_views(layout, asked),
        measures=report_page.measures_view(layout, asked),
        layout=layout,
    )


@bp.get('/offices/<office>/reports/<period>.<any("excel-csv", json, csv, xlsx, pdf):form>')
@allow(*READERS)
def download(office: str, period: str, form: str) -> Response:
    """The same as a file."""
    asked, moment = _asked(office, period, read_query(*VERSION)), now()
    counted = _content(asked, moment)
    content = as_seen_by(asked.seen, counted)
    rows = _rows(asked, counted) if form == "xlsx" and not asked.is_public else None
    last = asked.snapshot and replacing(asked.snapshot, _published(asked))
    found = report_file(content, form, language(), now=moment, rows=rows, replaced_by=last)
    response = Response(found, content_type=MEDIA_TYPES[form])
    name = file_name(content, form, is_replaced=last is not None)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    if last:
        address = _url_of(asked, last, "reports.download", form=form)
        response.headers.set("Link", f'<{address}>; rel="latest-version"')
    return response


@bp.get("/offices/<office>/reports/<period>/bookings")
@allow(*READERS)
def bookings(office: str, period: str) -> str:
    """The dates behind a figure, with the hours each counts for."""
    query = read_query(*FILTERS, "page", "project", "revision")
    asked = _asked(office, period, query)
    chosen = {name: query.get(name) for name in FILTERS}
    if asked.is_public:
        raise NotAllowed(action="see_report")
    if chosen["organisation"] and asked.seen != FULL:
        raise NotFound()
    refuse_unknown(chosen)
    return render_template(
        "reports/bookings.html", **behind_page(asked, chosen, number(query, "page") or 1, by=signed_in())
    )


def _asked(office: str, period: str, query: Mapping[str, str]) -> Asked:
    """What the address names, and how much of it is for this reader; Refused where nothing is."""
    places = [office_named(slug) for slug in dict.fromkeys(office.split("+"))]
    for place in places:
        authorize(signed_in(), "see_report", place)
    place, public = places[0], is_public(query)
    slug, revision = query.get("project"), number(query, "revision")
    if len(places) > 1 and (slug or revision):
        raise refused("project" if slug else "revision", slug or str(revision))
    today = local_date(now(), zone(place.timezone))
    project = project_named(place, slug) if slug else None
    if period == TO_DATE and project is None:
        project = next((each for each in projects_of(place) if each.starts_on <= today), None)
    about = period_named(period, project, today)
    if len(places) == 1:
        project = project or project_for(place, about)
    reads = audience_of(signed_in(), places, about, project)
    refuse_untold(reads, about, project, public=public)
    if len(places) > 1:
        return Asked(places, about, None, None, public, reads=reads)
    if revision is None:
        return Asked(places, about, project, None, public, named=slug is not None, reads=reads)
    if project is None:
        raise NotFound()
    return Asked(places, about, project, frozen(place, about, project, revision), public, reads=reads)


def _content(asked: Asked, moment: datetime) -> Report:
    """All of it, which is not for every reader."""
    if asked.snapshot:
        return content_of(asked.snapshot)
    if len(asked.offices) > 1:
        return report_together(asked.offices, asked.period, now=moment)
    return report(asked.office, asked.period, now=moment, project=asked.project)


def _rows(asked: Asked, content: Report) -> list[CountedRow] | None:
    """The bookings that were counted, for a spreadsheet."""
    kept = origin_kept(asked.snapshot) if asked.snapshot else None
    if kept is not None:
        return rows_of(kept, zone(asked.office.timezone))
    counting = asked.project if len(asked.offices) == 1 else None
    return counted_rows(asked.offices, asked.period, counting, content["checksum"])


def _published(asked: Asked) -> Sequence[ReportSnapshot]:
    """The revisions of what is asked for."""
    if asked.project is None or len(asked.offices) > 1:
        return []
    return revisions(asked.office, asked.period, asked.project)


def _page(
    asked: Asked, shown: Report, moment: datetime, published: Sequence[ReportSnapshot]
) -> dict[str, Any]:
    place, about = asked.office, asked.period
    today = local_date(moment, zone(place.timezone))
    before, after = report_page.neighbours(about, first_day(place), today)
    is_over = about.interval(zone(place.timezone)).end <= moment
    alone = len(asked.offices) == 1
    readable = readable_offices()
    return {
        "office": shown["office_name"],
        "offices": [
            (
                each.name,
                url_for("reports.show", office=each.slug, period=about.label, audience=asked.audience),
            )
            for each in readable
            if is_readable(each, about)
        ],
        "title": period_title(about),
        "project": shown["project_name"] if shown["project_name"] != place.name else None,
        "previous": asked.url(period=before) if before else None,
        "next": asked.url(period=after) if after else None,
        "frozen": _state(asked, published, shown),
        "downloads": _downloads(asked),
        "audiences": _audiences(asked),
        "reader": reader_note(asked.reads, [each.name for each in asked.offices], public=asked.public),
        "revisions": _revision_links(asked, published),
        "periods": report_page.period_switch(asked, moment),
        "days": days_form(place, readable, about=about, chosen=[each.slug for each in asked.offices]),
        "printed": date_plain(moment, place.timezone),
        "words_url": (
            words_url(asked.project, about)
            if asked.project and alone and not asked.snapshot and may(signed_in(), "host", place)
            else None
        ),
        "freeze_url": (
            freeze_url(asked.project, about)
            if asked.project and alone and is_over and not asked.snapshot and may(signed_in(), "host", place)
            else None
        ),
    }


def _audiences(asked: Asked) -> list[tuple[str, str, bool]]:
    """The versions to choose from: none for whoever may read one only."""
    if asked.reads == PUBLIC:
        return []
    full = gettext("For those who run and pay for the office"), asked.url(audience=None), not asked.public
    public = gettext("For the public"), asked.url(audience="public"), asked.public
    return [full, public] if is_for_public(asked.period, asked.project) else [full]


def _downloads(asked: Asked) -> list[tuple[str, str]]:
    names = {
        "pdf": "PDF",
        "xlsx": "Excel",
        "excel-csv": gettext("CSV for Excel"),
        "csv": "CSV",
        "json": "JSON",
    }
    return [(names[form], asked.url("reports.download", form=form)) for form in FORMATS]


def _state(asked: Asked, published: Sequence[ReportSnapshot], shown: Report) -> str:
    """Whether these figures stand still."""
    if asked.snapshot:
        return gettext(
            "Frozen %(day)s, revision %(number)s",
            day=date_plain(asked.snapshot.frozen_at, asked.office.timezone),
            number=asked.snapshot.revision,
        )
    if not published:
        return gettext("Live figures, as the bookings stand now")
    if published[0].checksum == shown["checksum"] and not _money_differs(asked, published[0], shown):
        return gettext("Live figures, the same as revision %(number)s", number=published[0].revision)
    return gettext(
        "Live figures; something has changed since revision %(number)s", number=published[0].revision
    )


def _money_differs(asked: Asked, last: ReportSnapshot, shown: Report) -> bool:
    """Whether the annex about money, for those who may read it, is another than the frozen one."""
    return asked.seen == FULL and bool(money_changed(last.content, shown))


def _remarks(layout: Layout, asked: Asked, last: ReportSnapshot | None) -> list[dict[str, Any]]:
    """What is said above the figures, with where that leads."""
    links = {}
    if last:
        links["replaced"] = gettext("Go to revision %(number)s", number=last.revision), _url_of(asked, last)
    if any(each.key == "changes" for each in layout.sections):
        links["corrected"] = gettext("Every figure that changed"), "#changes"
    return [
        {"about": each.about, "text": each.text, "details": each.details, "link": links.get(each.about)}
        for each in layout.remarks
    ]


def _revision_links(asked: Asked, published: Sequence[ReportSnapshot]) -> list[tuple[str, str, bool]]:
    if not published:
        return []
    live = url_for("reports.show", office=asked.slug, period=asked.period.label, audience=asked.audience)
    shown = asked.snapshot
    return [(gettext("Live"), live, shown is None)] + [
        (str(each.revision), _url_of(asked, each), shown is not None and each.id == shown.id)
        for each in published
    ]


def _url_of(asked: Asked, snapshot: ReportSnapshot, endpoint: str = "reports.show", **more: str) -> str:
    return url_for(
        endpoint,
        **more,
        office=asked.slug,
        period=asked.period.label,
        project=snapshot.project.slug,
        revision=snapshot.revision,
        audience=asked.audience,
    )
