"""Times in which an office, or something in it, is closed although it would be open."""

from flask import Blueprint, Response, jsonify

from app.api.access import caller, with_token
from app.api.answers import page_of
from app.api.keys import once
from app.api.places import office_hosted, office_named
from app.api.reading import Fields, json_body
from app.clock import now
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.models import Closure, Office, Resource
from app.services.closures import booked_under, close, coming_closures, open_again, refusals_of
from app.services.directory import directory
from app.services.serializers import Data, instant

WISH = ("office", "resource", "starts", "ends", "reason", "cancel")
USUAL_DAYS, MOST_DAYS = 366, 800


def add_to(api: Blueprint) -> None:
    """Registers the endpoints."""
    api.get("/closures")(list_closures)
    api.post("/closures")(create_closure)
    api.delete("/closures/<id:closure_id>")(end_closure)


@with_token
def list_closures() -> Response:
    """When an office, or something in it, is closed, in order of time; public holidays too."""
    fields = Fields.of_query("office", "from", "to", "limit", "cursor")
    office = office_named(fields)
    within = fields.interval(zone(office.timezone), now(), usual_days=USUAL_DAYS, most_days=MOST_DAYS)
    found = coming_closures(office, within.start, within.end) if within else ()
    page, following = page_of(fields, found)
    return jsonify(items=[_closure_data(each) for each in page], next_cursor=following)


@with_token
def create_closure() -> Response:
    """Closes the office, or one of its resources, for a time. Cancels the dates named, with a mail.

    What is booked then and is not named stays, and is told.
    """
    body = json_body()
    fields = Fields(body)
    fields.only(WISH)
    office = office_hosted(fields)
    tz = zone(office.timezone)
    starts, ends = fields.instant("starts", tz, days=True), fields.instant("ends", tz, days=True)
    resource, reason = fields.text("resource"), fields.text("reason") or ""
    cancelling = fields.identifiers("cancel")
    if fields.refusals:
        fields.refuse_besides(refusals_of(office, resource, starts, ends, reason))
    fields.check()
    assert starts
    assert ends
    by, moment = caller(), now()

    def enter() -> Data:
        closure = close(office, resource, starts, ends, reason, by=by, now=moment, cancelling=cancelling)
        return {**_closure_data(closure), "booked": _booked(closure)}

    response = jsonify(once(enter, body))
    response.status_code = 201
    return response


@with_token
def end_closure(closure_id: int) -> Response:
    """Open again. Twice is once."""
    by, moment = caller(), now()
    return jsonify(once(lambda: _closure_data(open_again(closure_id, by=by, now=moment))))


def _closure_data(closure: Closure) -> Data:
    known = directory()
    return {
        "id": closure.id,
        "office": known.of_id(Office, closure.office_id).slug,
        "resource": known.of_id(Resource, closure.resource_id).slug if closure.resource_id else None,
        "starts": instant(closure.starts_at),
        "ends": instant(closure.ends_at),
        "reason": closure.reason,
        "source": closure.source,
        "ended": closure.retired_at is not None,
    }


def _booked(closure: Closure) -> list[Data]:
    """The dates that lie in that time and stay."""
    known = directory()
    resource = known.of_id(Resource, closure.resource_id) if closure.resource_id else None
    time = Interval(closure.starts_at, closure.ends_at)
    return [
        {
            "booking": date.booking_id,
            "occurrence": date.id,
            "start": instant(date.starts_at),
            "end": instant(date.ends_at),
        }
        for date in booked_under(known.of_id(Office, closure.office_id), resource, time)
    ]
