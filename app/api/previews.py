"""What a booking would be, before it is one."""

from collections.abc import Collection, Iterable, Sequence

from flask import Response, jsonify

from app.api.access import caller, reads_only, with_token
from app.api.dates import asked_scope, date_to_change
from app.api.problems import readers_language, refusal_data
from app.api.reading import Fields, json_body
from app.api.rules import quota_data
from app.api.wishes import ASKED, CHANGED, new_wish, wish_for
from app.clock import now
from app.domain.localtime import zone
from app.models import Office, Organisation, Resource
from app.services import bookings
from app.services.bookings import Plan, Planned, Wish
from app.services.bookings.standing import booking_for
from app.services.bookings.suggest import suggestions
from app.services.directory import directory
from app.services.rules.quotas import Quota, months_of, quota_left
from app.services.serializers import Data, alternative_data, clash_data, left_out_data, span, stays_data


@with_token
@reads_only
def preview_booking() -> Response:
    """What POST /bookings would do with this body, by the same rules. Books nothing. 422."""
    fields = Fields(json_body())
    fields.only(ASKED)
    wish = new_wish(fields)
    planned = bookings.plan(wish, by=caller(), now=now())
    return jsonify(**_told(wish, planned, single=True))


@with_token
@reads_only
def preview_change(booking_id: int) -> Response:
    """What PATCH /bookings/ID would do with this body, by the same rules. Changes nothing. 422."""
    scope, occurrence = asked_scope()
    fields = Fields(json_body())
    fields.only(CHANGED)
    booking = booking_for(booking_id, caller(), "change_booking")
    date = date_to_change(booking, fields, scope, occurrence, now())
    wish = wish_for(fields, date)
    planned = bookings.plan_change(date.id, wish, scope=scope or "this", by=caller(), now=now())
    single = scope in (None, "this")
    told = _told(wish, planned, single=single, but_dates=[each.date.id for each in planned.anew] or [date.id])
    stays = ((each.date.id, each.wanted, each.reason) for each in planned.stays)
    return jsonify(**told, stays=stays_data(stays))


def _told(wish: Wish, planned: Plan, *, single: bool, but_dates: Collection[int] = ()) -> Data:
    with readers_language():
        set_aside = [refusal_data(each) for each in planned.set_aside]
    alternatives = ()
    if planned.clashes and single:
        alternatives = suggestions(wish, by=caller(), now=now(), but_dates=but_dates)
    return {
        "free": not planned.clashes,
        "dates": [_date_data(each) for each in planned.dates],
        "left_out": left_out_data(planned),
        "clashes": [clash_data(each) for each in planned.clashes],
        "alternatives": [alternative_data(each) for each in alternatives],
        "needs_approval": planned.needs_approval,
        "same_member": planned.same_member,
        "set_aside": set_aside,
        "quota": list(_quotas(wish, planned, but_dates)),
    }


def _date_data(planned: Planned) -> Data:
    return {
        **span(planned.interval),
        "resources": [each.slug for each in planned.resources],
        "other_room": planned.moved,
    }


def _quotas(wish: Wish, planned: Plan, but_dates: Collection[int]) -> Iterable[Data]:
    """The hours that are left in every month that the dates touch, and how many of them this would take."""
    known = directory()
    organisation = known.organisations[wish.organisation]
    held: dict[int, Resource] = {each.id: each for date in planned.dates for each in date.resources}
    for office in {each.office_id: each.office for each in held.values()}.values():
        resources = [each for each in held.values() if each.office_id == office.id]
        for quota in _of_office(organisation, office, resources, planned.dates, but_dates):
            after = quota.with_more(((date.interval, date.resources) for date in planned.dates), office)
            asked = after.spent - quota.spent
            yield {**quota_data(quota, office), "asked_hours": asked.total_seconds() / 3600}


def _of_office(
    organisation: Organisation,
    office: Office,
    resources: Sequence[Resource],
    dates: Sequence[Planned],
    but_dates: Collection[int],
) -> Iterable[Quota]:
    for month in months_of([date.interval for date in dates], zone(office.timezone)):
        told: set[int | None] = set()
        for resource in resources:
            quota = quota_left(organisation, office, month, resource=resource, but_dates=but_dates)
            of = quota.resource.id if quota and quota.resource else None
            if quota and of not in told:
                told.add(of)
                yield quota
