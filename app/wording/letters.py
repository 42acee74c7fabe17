"""Mails, in their reader's language."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale, lazy_gettext, lazy_ngettext, ngettext

from app.domain.localtime import local_date, zone
from app.domain.period import Period
from app.models import BookingDate, Waiting
from app.services.bookings.things import places_of
from app.services.dated import dated
from app.services.notices import Notice, office_of
from app.wording.dated import LISTED, day_and_time, said
from app.wording.formats import clock, date_long, money, month, sentence, span
from app.wording.languages import LOCALES
from app.wording.money import share_said
from app.wording.names import titled

# What a mail about a booking is called, by what it tells.
SUBJECTS = {
    "approved": lazy_gettext("Approved: %(title)s"),
    "declined": lazy_gettext("Declined: %(title)s"),
    "declined_elsewhere": lazy_gettext("Declined by another office: %(title)s"),
    "lapsed": lazy_gettext("Not answered in time: %(title)s"),
    "released": lazy_gettext("Nobody checked in: %(title)s"),
    "closed": lazy_gettext("Cancelled, since it is closed then: %(title)s"),
}


def write_letter(template: str, language: str, subject: object, /, **context: object) -> tuple[str, str]:
    """Subject and body of the letter `templates/mail/TEMPLATE.txt` in that language ("sv" or "en").

    `subject` is lazily translated text (`lazy_gettext`): here it becomes words.
    """
    with force_locale(LOCALES[language]):
        return str(subject), rendered(f"{template}.txt", context)


def rendered(name: str, told: Mapping[str, object]) -> str:
    """`templates/mail/NAME` with what it is told, in the language that is set."""
    return str(current_app.jinja_env.get_template(f"mail/{name}").render(**told)).strip() + "\n"


def write_notice(notice: Notice, language: str) -> tuple[str, str]:
    """Subject and body of what `app.services.notices` tells."""
    write = {"free": _free, "requests": _requests, "heads": _heads, "aid": _aid}.get(
        notice.kind, _about_a_booking
    )
    with force_locale(LOCALES[language]):
        return write(notice, language)


def _about_a_booking(notice: Notice, language: str) -> tuple[str, str]:
    first = notice.dates[0]
    several = len(first.booking.dates) > 1
    due = notice.extra.get("due")
    with_title = SUBJECTS[notice.kind] % {"title": titled(first.booking.title)}
    return write_letter(
        f"booking_{notice.kind}",
        language,
        with_title,
        title=titled(first.booking.title),
        lines=said([dated(date) for date in notice.dates], zone(first.booking.timezone)).lines,
        reason=notice.reason,
        link=link_to("bookings.show", booking=first.booking_id, **({"date_id": first.id} if several else {})),
        find_link=link_to("find.index", office=notice.office.slug),
        due=clock(due, zone(first.booking.timezone)) if isinstance(due, datetime) else "",
    )


def _free(notice: Notice, language: str) -> tuple[str, str]:
    waiting, tz = notice.waiting, zone(notice.office.timezone)
    assert waiting is not None
    start, end = waiting.starts_at.astimezone(tz), waiting.ends_at.astimezone(tz)
    thing = _thing(waiting)
    when = f"{date_long(start)}, {span(start, end, tz)}"
    return write_letter(
        "time_free",
        language,
        lazy_gettext("Free again: %(what)s, %(when)s", what=thing.name, when=when),
        what=thing.name,
        office=notice.office.name,
        when=sentence(when),
        link=link_to(
            "bookings.new",
            resource=notice.extra["resource"],
            date=start.date().isoformat(),
            start=f"{start:%H:%M}",
            end=f"{end:%H:%M}",
            title=waiting.title,
            organisation=waiting.organisation.slug,
            waiting=waiting.id,  # what else was filled in stays here: it may name others
        ),
        list_link=link_to("bookings.index"),
    )


def _requests(notice: Notice, language: str) -> tuple[str, str]:
    by_booking: dict[int, list[BookingDate]] = {}
    for each in notice.dates:
        by_booking.setdefault(each.booking_id, []).append(each)
    asked = [*by_booking.values()]
    count = len(asked)
    return write_letter(
        "requests_waiting",
        language,
        lazy_ngettext(
            "%(num)s request awaits your answer",
            "%(num)s requests await your answer",
            count,
        ),
        count=count,
        office=notice.office.name,
        entries=[
            (_lines_of(dates), dates[0].booking.organisation.name, titled(dates[0].booking.title))
            for dates in asked[:LISTED]
        ],
        more=max(0, count - LISTED),
        link=link_to("requests.index", office=notice.office.slug),
    )


def _heads(notice: Notice, language: str) -> tuple[str, str]:
    count, reported, imported = len(notice.dates), notice.extra["month"], notice.extra["imported"]
    assert isinstance(reported, Period)
    assert isinstance(imported, int)
    return write_letter(
        "heads_missing",
        language,
        lazy_ngettext("How many came to %(num)s booking?", "How many came to %(num)s bookings?", count)
        if count
        else lazy_ngettext(
            "%(num)s imported booking has no head count",
            "%(num)s imported bookings have no head count",
            imported,
        ),
        count=count,
        imported=imported,
        office=notice.office.name,
        month=month(reported.first),
        entries=[
            (
                _when(each),
                _where(each),
                each.booking.organisation.name,
                titled(each.booking.title),
                _where_to_count(each, notice),
            )
            for each in notice.dates[:LISTED]
        ],
        more=max(0, count - LISTED),
        list_link=_list_to_count(reported, notice),
    )


def _list_to_count(reported: Period, notice: Notice) -> str:
    """For hosts all that lacks a count in the month; for bookers their bookings."""
    if notice.extra["hosts"]:
        where = {"office": notice.office.slug, "period": reported.label}
        return link_to("reports.bookings", **where, only="uncounted")
    return link_to("bookings.index")


def _aid(notice: Notice, language: str) -> tuple[str, str]:
    passed = notice.extra["passed"]
    assert isinstance(passed, list)
    offices = [each.office for each in passed]
    found, currency, over = passed[0].received, passed[0].cap_currency, passed[0].level == "over"
    others = found.other_offices - sum(found.by_others[each.id] for each in offices)
    facts = {"company": found.undertaking.name, "share": share_said(found.standing)}
    slug = found.undertaking.organisations[0].slug
    return write_letter(
        "aid_passing",
        language,
        lazy_gettext("%(company)s has received more than its cap", **facts)
        if over
        else lazy_gettext("%(company)s has received %(share)s of its cap", **facts),
        **facts,
        over=over,
        total=money(found.total, currency, 0),
        cap=money(found.cap, currency, 0),
        left=money(found.standing.left, currency, 0),
        offices=[
            (
                each.name,
                money(found.by_others[each.id] if number else found.here, currency, 0),
                link_to("money.company", office=each.slug, organisation=slug),
            )
            for number, each in enumerate(offices)
        ],
        others=money(others, currency, 0) if others else None,
        elsewhere=money(found.elsewhere, currency, 0) if found.elsewhere else None,
    )


def _where_to_count(each: BookingDate, notice: Notice) -> str:
    """For hosts their day, where all of it can be counted at once; for bookers their booking."""
    if notice.extra["hosts"]:
        day = local_date(each.starts_at, zone(notice.office.timezone))
        return f"{link_to('host.day', office=notice.office.slug, date=day)}#date-{each.id}"
    return f"{link_to('bookings.show', booking=each.booking_id, date_id=each.id)}#presence"


def _when(date: BookingDate) -> str:
    """Tisdag 24 november 2026, 10:00–11:00"""
    return day_and_time(date.starts_at, date.ends_at, zone(date.booking.timezone))


def _lines_of(dates: Sequence[BookingDate]) -> list[str]:
    """The first, how many more there are of the same booking, and where; each where that is not the same."""
    told = said([dated(date) for date in dates], zone(dates[0].booking.timezone))
    more = len(dates) - 1
    if not more or len({tuple(each.name for each in places_of(date)) for date in dates}) > 1:
        return told.lines
    first = {"when": _when(dates[0])}
    return [
        ngettext("%(when)s and %(num)d more date", "%(when)s and %(num)d more dates", more, **first),
        told.where,
    ]


def _where(date: BookingDate) -> str:
    places = places_of(date)
    offices = dict.fromkeys(each.office.name for each in places)
    return f"{', '.join(each.name for each in places)}, {', '.join(offices) or office_of(date).name}"


def _thing(waiting: Waiting) -> Any:
    return waiting.resource or waiting.pool


def link_to(endpoint: str, **values: object) -> str:
    """The address of a page, for a mail."""
    # Bound by hand: jobs have no request, and a request's host is not to be trusted.
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{current_app.config['BASE_URL']}{path}"
