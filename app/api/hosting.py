"""The host's day over the API: what waits for a yes, and who is already here."""

from datetime import timedelta

from flask import Blueprint, Response, current_app, jsonify

from app.api.access import caller, with_token
from app.api.answers import booking_answer, page_of
from app.api.keys import once
from app.api.occurrences import HEADS, heads_of
from app.api.places import office_named
from app.api.reading import Fields, json_body
from app.clock import now
from app.extensions import db
from app.models import Booking
from app.services import presence
from app.services.agenda import thing_known
from app.services.authorize import authorize
from app.services.bookings import Wish
from app.services.directory import directory
from app.services.requests import Request, queue
from app.services.serializers import Data, booking_data, booking_facts, instant
from app.wording.names import walk_in_title

WALK_IN = ("resource", "minutes", "organisation", "activity", "title", *HEADS)
QUARTER = 15
USUAL_MINUTES, MOST_MINUTES = 60, 24 * 60


def add_to(api: Blueprint) -> None:
    """Registers the endpoints."""
    api.get("/requests")(list_requests)
    api.post("/walk-ins")(create_walk_in)


@with_token
def list_requests() -> Response:
    """What waits for a host to say yes, in order of time."""
    fields = Fields.of_query("office", "limit", "cursor")
    office = office_named(fields)
    authorize(caller(), "host", office)
    waiting = queue(office, now())
    page, following = page_of(fields, waiting)
    return jsonify(
        items=[_request_data(each) for each in page],
        count=len(waiting),
        next_cursor=following,
    )


@with_token
def create_walk_in() -> Response:
    """Somebody is already here: booked and checked in. For hosts.

    From the end of what ended in the quarter that is running, else from that quarter on.
    """
    body = json_body()
    fields = Fields(body)
    fields.only(WALK_IN)
    fields.need(("resource", "organisation", "activity"))
    slug = fields.text("resource") or ""
    minutes = fields.count("minutes", USUAL_MINUTES, least=1, most=MOST_MINUTES) or USUAL_MINUTES
    heads = heads_of(fields)
    moment, by = now(), caller()
    thing = thing_known(slug)
    usual = walk_in_title(directory().office_of(thing)) if thing else "–"  # then that is what is wrong
    title = fields.title("title", usual)
    start = moment.replace(minute=moment.minute // QUARTER * QUARTER, second=0, microsecond=0)
    wish = Wish(
        resources=(slug,),
        start=start,
        end=start + timedelta(minutes=minutes),
        title=title,
        organisation=fields.text("organisation") or "",
        activity=fields.text("activity") or "",
    )
    fields.check()
    if thing is not None:  # asked first: nothing is booked for who may not check in
        authorize(by, "host", directory().office_of(thing))

    def walk_in() -> Data:
        booking = presence.walk_in(wish, by=by, now=moment)
        if any(count is not None for count in heads.values()):
            presence.count_heads(booking.dates[0].id, **heads, by=by, now=moment)
        return booking_facts(booking)

    facts = once(walk_in, body)
    return booking_answer(db.session.get_one(Booking, facts["id"]), 201, facts)


def _request_data(request: Request) -> Data:
    data = booking_data(request.booking, request.dates, base_url=current_app.config["BASE_URL"])
    return data | {
        "lapses_at": instant(request.lapses_at),
        "competing": [organisation.slug for organisation in request.competing],
    }
