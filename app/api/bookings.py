"""Bookings: made, listed, changed, cancelled and restored."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from flask import Blueprint, Response, current_app, jsonify, request

from app.api.access import caller, with_token
from app.api.answers import MOST_LIMIT, USUAL_LIMIT, booking_answer
from app.api.dates import asked_scope, chosen_dates, date_to_change
from app.api.keys import key_sent, once
from app.api.previews import preview_booking, preview_change
from app.api.problems import Problem
from app.api.reading import Fields, json_body
from app.api.wishes import ASKED, CHANGED, new_wish, wish_for
from app.clock import now
from app.domain.errors import NotFound
from app.models import Booking, BookingDate, Person
from app.services import bookings
from app.services.agenda import dates_between, things_named
from app.services.authorize import may
from app.services.bookings.left_behind import left_behind
from app.services.bookings.standing import booking_for
from app.services.idempotency import book_once
from app.services.serializers import Data, booking_data, booking_facts, busy_data, stays_data

ID = "<id:booking_id>"
USUAL_DAYS, MOST_DAYS = 31, 800
CURSOR = re.compile(r"(\d{1,10})\.(\d{1,9})", re.ASCII)  # the start of a date, and its id


def add_to(api: Blueprint) -> None:
    """Registers the endpoints."""
    api.get("/bookings")(list_bookings)
    api.post("/bookings")(create_booking)
    api.post("/bookings/preview")(preview_booking)
    api.get(f"/bookings/{ID}")(get_booking)
    api.patch(f"/bookings/{ID}")(change_booking)
    api.post(f"/bookings/{ID}/preview")(preview_change)
    api.delete(f"/bookings/{ID}")(cancel_booking)
    api.post(f"/bookings/{ID}/restoration")(restore_booking)


@with_token
def create_booking() -> Response:
    """Books, once per Idempotency-Key. 201, 409 where it is taken, 422 with every broken rule."""
    body = json_body()
    key = key_sent(body)
    fields = Fields(body)
    fields.only(ASKED)
    wish = new_wish(fields)
    facts = book_once(wish, key=key, by=caller(), now=now())
    nothing: Data = {"left_out": []} if wish.skip else {}
    return _answer(nothing | facts, 201)


@with_token
def list_bookings() -> Response:
    """The dates of a stretch of time by booking, page by page; other people's as busy."""
    fields = Fields.of_query("from", "to", "resource", "office", "limit", "cursor")
    things, tz = things_named(fields.words("resource"), fields.text("office"))
    within = fields.interval(tz, now(), usual_days=USUAL_DAYS, most_days=MOST_DAYS)
    limit = fields.number("limit", USUAL_LIMIT, least=1, most=MOST_LIMIT)
    after = _cursor(fields)
    fields.check()
    if within is None:
        raise NotFound()
    page = dates_between(within, by=caller(), things=things, after=after, limit=limit)
    cursor = f"{int(page.next_after[0].timestamp())}.{page.next_after[1]}" if page.next_after else None
    return jsonify(items=list(_by_booking(page.dates, caller())), next_cursor=cursor)


@with_token
def get_booking(booking_id: int) -> Response:
    """One booking with all its dates, for those who may read it."""
    return booking_answer(booking_for(booking_id, caller(), "see_booking"))


@with_token
def change_booking(booking_id: int) -> Response:
    """Another time, other resources or other words: for one date, for it and those after it, for all.

    Answers the booking that holds the date now: of "following" a new one.
    """
    scope, occurrence = asked_scope()
    body = json_body()
    by, moment = caller(), now()

    def change() -> Data:
        fields = Fields(body)
        fields.only((*CHANGED, "version"))
        booking = booking_for(booking_id, by, "change_booking")
        version = _version(fields, booking)
        date = date_to_change(booking, fields, scope, occurrence, moment)
        wish = wish_for(fields, date)
        changed = bookings.change(date.id, wish, scope=scope or "this", version=version, by=by, now=moment)
        return booking_facts(changed.booking) | ({"stays": _stays(changed.booking)} if wish.skip else {})

    return _answer(once(change, body))


@with_token
def cancel_booking(booking_id: int) -> Response:
    """Cancels all of a booking, or with `occurrence` that date, or that and those after it."""
    return _answer(once(lambda: _to_dates(booking_id, bookings.cancel)))


@with_token
def restore_booking(booking_id: int) -> Response:
    """Takes the cancellation of all dates back, or of those that `scope` and `occurrence` name."""
    return _answer(once(lambda: _to_dates(booking_id, bookings.restore_dates)))


def _to_dates(booking_id: int, act: Callable[..., Booking]) -> Data:
    dates = chosen_dates(booking_for(booking_id, caller(), "change_booking"))
    return booking_facts(act(booking_id, by=caller(), now=now(), dates=dates))


def _answer(facts: Data, status: int = 200) -> Response:
    # Who sends it again, much later, reads no more than they may by then.
    return booking_answer(booking_for(int(str(facts["id"])), caller(), "see_booking"), status, facts)


def _stays(booking: Booking) -> list[Data]:
    told = left_behind(booking)
    kept = ((number, told.stays[number]) for number in sorted(told.stayed_last))
    return stays_data((number, each.interval, each.reason) for number, each in kept)


def _version(fields: Fields, booking: Booking) -> int:
    """The version that the caller has seen. 428 where they do not say."""
    tag = request.headers.get("If-Match", "").strip()
    if tag == "*":
        return booking.version
    stated = tag.removeprefix("W/").strip('"') if tag else fields.values.get("version")
    if isinstance(stated, bool) or stated is None:
        raise Problem(428, "version_missing")
    text = str(stated)
    # What is no number is no version that there ever was.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _cursor(fields: Fields) -> tuple[datetime, int] | None:
    text = fields.text("cursor")
    if text is None:
        return None
    found = CURSOR.fullmatch(text)
    if found is None:
        fields.refuse("bad_cursor", "cursor")
        return None
    return datetime.fromtimestamp(int(found[1]), UTC), int(found[2])


def _by_booking(dates: Sequence[BookingDate], by: Person) -> Iterable[Data]:
    """One item per booking that may be read, at its first date; of the others one per date.

    So nothing tells which of other people's dates belong together.
    """
    together: dict[int, list[BookingDate]] = {}
    for date in dates:
        together.setdefault(date.booking.id, []).append(date)
    readable = {dates[0].booking for dates in together.values() if may(by, "see_booking", dates[0].booking)}
    base_url = current_app.config["BASE_URL"]
    for date in dates:
        of_booking = together[date.booking.id]
        if date.booking not in readable:
            yield busy_data(date)
        elif date is of_booking[0]:
            yield booking_data(date.booking, of_booking, base_url=base_url)
