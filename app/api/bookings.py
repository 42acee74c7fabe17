"""Bookings: made, listed, changed and cancelled."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, jsonify, request, url_for

from app.api.access import caller, with_token
from app.api.problems import Problem
from app.api.reading import Fields, json_body
from app.clock import now
from app.domain.errors import NotFound, Refusal, Refused
from app.domain.localtime import zone
from app.domain.recurrence import normal_form
from app.extensions import db
from app.models import Booking, BookingDate, Person
from app.services import bookings
from app.services.agenda import dates_between, things_named, zone_of
from app.services.authorize import may
from app.services.bookings import Wish
from app.services.bookings.change import booking_for
from app.services.idempotency import LONGEST_KEY, book_once
from app.services.serializers import Data, asked_slugs, booking_data, busy_data, span

BOOKING_KEYS = ("resources", "start", "end", "title", "organisation", "activity")
ID = "<int(max=9007199254740991):booking_id>"
USUAL_DAYS, MOST_DAYS = 31, 800
USUAL_LIMIT, MOST_LIMIT = 200, 500
SKIPPED = ("closed", "taken")
SCOPES = ("this", "following", "all")


def add_to(api: Blueprint) -> None:
    """Registers the endpoints."""
    api.get("/bookings")(list_bookings)
    api.post("/bookings")(create_booking)
    api.get(f"/bookings/{ID}")(get_booking)
    api.patch(f"/bookings/{ID}")(change_booking)
    api.delete(f"/bookings/{ID}")(cancel_booking)


@with_token
def create_booking() -> Response:
    """Books, once per Idempotency-Key. 201, 409 where it is taken, 422 with every broken rule."""
    body = json_body()
    key = _idempotency_key()
    fields = Fields(body)
    fields.only((*BOOKING_KEYS, "recurrence", "skip"))
    wish = _wish(fields, body.get("recurrence"))
    moment, by = now(), caller()
    if key is None:
        booking = bookings.book(wish, by=by, now=moment)
        return _booking_answer(booking, 201, _left_out(wish, booking))
    same = json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
    facts = book_once(wish, key=key, body_hash=hashlib.sha256(same).hexdigest(), by=by, now=moment)
    booking = db.session.get_one(Booking, facts["id"])
    return _booking_answer(booking, 201, facts | _left_out(wish, booking))


@with_token
def list_bookings() -> Response:
    """The dates of a stretch of time by booking, page by page; other people's as busy."""
    fields = Fields.of_query("from", "to", "resource", "office", "limit", "cursor")
    slugs = tuple(slug for slug in (fields.text("resource") or "").split(",") if slug)
    things, tz = things_named(slugs, fields.text("office"))
    moment = now()
    start = fields.instant("from", tz, default=moment, days=True)
    usual = (start or moment) + timedelta(days=USUAL_DAYS)
    within = fields.interval(start, fields.instant("to", tz, default=usual, days=True), most_days=MOST_DAYS)
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
    return _booking_answer(booking_for(booking_id, caller(), "see_booking"))


@with_token
def change_booking(booking_id: int) -> Response:
    """Another time or other resources for one date, or other words for its booking."""
    scope, occurrence = _scope("this")
    fields = Fields(json_body())
    fields.only((*BOOKING_KEYS, "version"))
    booking = booking_for(booking_id, caller(), "change_booking")
    version = _version(fields, booking)
    if scope != "this" or (occurrence is None and len(booking.dates) != 1):
        raise Refused(*fields.refusals, Refusal("cannot_change_series"))
    (date_id,) = _chosen(booking, booking.dates[0].id if occurrence is None else occurrence, following=False)
    date = next(each for each in booking.dates if each.id == date_id)
    wish = _wish(fields, None, of=(booking, date))
    bookings.change(date.id, wish, version=version, by=caller(), now=now())
    return _booking_answer(booking)


@with_token
def cancel_booking(booking_id: int) -> Response:
    """Cancels all of a booking, or with `occurrence` that date, or that and those after it."""
    scope, occurrence = _scope("all")
    booking = booking_for(booking_id, caller(), "change_booking")
    if scope != "all" and occurrence is None:
        raise Refused(Refusal("missing", "occurrence", {"key": "occurrence"}))
    dates = None if scope == "all" else _chosen(booking, occurrence, following=scope == "following")
    bookings.cancel(booking_id, by=caller(), now=now(), dates=dates)
    return _booking_answer(booking)


def _scope(usual: str) -> tuple[str, int | None]:
    """Which dates are meant, and from which one."""
    fields = Fields.of_query("scope", "occurrence")
    scope = fields.text("scope", usual)
    if scope not in SCOPES:
        fields.refuse("unknown_scope", "scope")
    occurrence = (
        fields.number("occurrence", 0, least=1, most=999_999_999) if "occurrence" in fields.values else None
    )
    fields.check()
    return str(scope), occurrence


def _chosen(booking: Booking, occurrence: int | None, *, following: bool) -> list[int]:
    first = next((date for date in booking.dates if date.id == occurrence), None)
    if first is None:
        raise NotFound()
    if not following:
        return [first.id]
    return [date.id for date in booking.dates if date.original_start_at >= first.original_start_at]


def _wish(fields: Fields, recurrence: object, of: tuple[Booking, BookingDate] | None = None) -> Wish:
    """What the body asks for; what it leaves out stays as it is, or is missing.

    Where something in the body is no value at all, the rules are asked about the rest, so that
    everything that is wrong comes in one answer.
    """
    kept = _as_it_is(*of) if of else None
    if kept is None:
        for key in BOOKING_KEYS:
            if key not in fields.values:
                fields.refuse("missing", key)
    slugs = fields.texts("resources", kept.resources if kept else ())
    tz = zone_of(slugs)
    start = _time(fields, "start", tz, kept.start if kept else None)
    end = _time(fields, "end", tz, kept.end if kept else None)
    wish = Wish(
        resources=slugs,
        start=start or now(),
        end=end or now(),
        title=fields.title("title", kept.title if kept else ""),
        organisation=fields.text("organisation", kept.organisation if kept else "") or "",
        activity=fields.text("activity", kept.activity if kept else "") or "",
        recurrence=_recurrence(fields, recurrence),
        skip=_skip(fields),
    )
    if fields.refusals:
        known = {refusal.field for refusal in fields.refusals}
        if start and end:
            fields.refusals += [each for each in _rules_broken(wish) if each.field not in known]
        fields.check()
    return wish


def _time(fields: Fields, key: str, tz: ZoneInfo, kept: datetime | None) -> datetime | None:
    if key not in fields.values:
        return kept
    return fields.instant(key, tz)


def _rules_broken(wish: Wish) -> Iterable[Refusal]:
    try:
        bookings.preview(wish, by=caller(), now=now())
    except Refused as refused:
        return refused.refusals
    return ()


def _as_it_is(booking: Booking, date: BookingDate) -> Wish:
    return Wish(
        resources=tuple(asked_slugs(booking)),
        start=date.starts_at,
        end=date.ends_at,
        title=booking.title,
        organisation=booking.organisation.slug,
        activity=booking.activity.slug,
    )


def _recurrence(fields: Fields, rule: object) -> str | None:
    if rule is None:
        return None
    if not isinstance(rule, str):
        fields.refuse("wrong_type", "recurrence", type="text")
        return None
    try:
        return normal_form(rule)
    except Refused as refused:
        fields.refusals += refused.refusals
        return None


def _skip(fields: Fields) -> frozenset[str]:
    reasons = fields.texts("skip")
    if any(each not in SKIPPED for each in reasons):
        fields.refuse("unknown_skip", "skip")
    return frozenset(reasons)


def _left_out(wish: Wish, booking: Booking) -> Data:
    """The dates of the series that were left out, where some may be."""
    if not wish.skip:
        return {}
    booked = {date.original_start_at for date in booking.dates}
    return {
        "left_out": [span(date) for date in wish.dates(zone(booking.timezone)) if date.start not in booked]
    }


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or any(not 33 <= ord(character) <= 126 for character in key):
        raise Problem(400, "bad_idempotency_key")
    return key


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
    at, _, date_id = text.partition(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 12 for part in (at, date_id)):
        fields.refuse("bad_cursor", "cursor")
        return None
    return datetime.fromtimestamp(min(int(at), 7_000_000_000), now().tzinfo), int(date_id)


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


def _booking_answer(booking: Booking, status: int = 200, facts: Data | None = None) -> Response:
    data = booking_data(booking, base_url=current_app.config["BASE_URL"]) | (facts or {})
    response = jsonify(data)
    response.status_code = status
    response.headers["ETag"] = f'"{data["version"]}"'
    if status == 201:
        response.headers["Location"] = url_for("api.get_booking", booking_id=booking.id)
    return response
