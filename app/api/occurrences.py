"""What becomes of the dates of a booking: they came or did not, how many, a host's yes or no."""

from collections.abc import Callable, Collection
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.api.access import caller, with_token
from app.api.answers import booking_answer, occurrence_answer, occurrence_facts, page_of
from app.api.dates import chosen_dates, date_of
from app.api.keys import once
from app.api.problems import readers_language
from app.api.reading import Fields, json_body
from app.clock import now
from app.domain.errors import Refusal, Refused
from app.models import Booking, BookingDate, History, Person
from app.services import approval, presence
from app.services.booking_lists import history_of
from app.services.bookings.standing import booking_for
from app.services.serializers import Data, booking_facts, instant, status_of
from app.wording.history import history_line

BOOKING = "/bookings/<id:booking_id>"
OCCURRENCE = f"{BOOKING}/occurrences/<id:occurrence_id>"
HEADS = ("women", "men", "other")


def add_to(api: Blueprint) -> None:
    """Registers the endpoints."""
    api.get(OCCURRENCE)(get_occurrence)
    api.post(f"{OCCURRENCE}/check-in")(check_in)
    api.post(f"{OCCURRENCE}/no-show")(mark_no_show)
    api.post(f"{OCCURRENCE}/end")(end_early)
    api.post(f"{OCCURRENCE}/undo")(undo_presence)
    api.post(f"{OCCURRENCE}/heads")(count_heads)
    api.post(f"{OCCURRENCE}/approval")(approve_occurrence)
    api.post(f"{OCCURRENCE}/decline")(decline_occurrence)
    api.post(f"{BOOKING}/approval")(approve_booking)
    api.post(f"{BOOKING}/decline")(decline_booking)
    api.get(f"{BOOKING}/history")(get_history)


@with_token
def get_occurrence(booking_id: int, occurrence_id: int) -> Response:
    """One date of a booking, for those who may read it."""
    return occurrence_answer(occurrence_facts(_seen(booking_id, occurrence_id)))


@with_token
def check_in(booking_id: int, occurrence_id: int) -> Response:
    """They came."""
    return _done(booking_id, occurrence_id, presence.check_in, where="api")


@with_token
def mark_no_show(booking_id: int, occurrence_id: int) -> Response:
    """Nobody came; the time is free again. For hosts."""
    return _done(booking_id, occurrence_id, presence.mark_no_show)


@with_token
def end_early(booking_id: int, occurrence_id: int) -> Response:
    """They left; the rest of the time is free again."""
    return _done(booking_id, occurrence_id, presence.end_early)


@with_token
def undo_presence(booking_id: int, occurrence_id: int) -> Response:
    """Takes a check-in or a no-show by mistake back. For hosts."""
    return _done(booking_id, occurrence_id, presence.undo_presence)


@with_token
def count_heads(booking_id: int, occurrence_id: int) -> Response:
    """How many came; null everywhere takes the count back."""
    body = json_body()
    fields = Fields(body)
    fields.only(HEADS)
    if not body:
        fields.refuse("missing", HEADS[0])
    heads = heads_of(fields)
    _seen(booking_id, occurrence_id)
    fields.check()
    return _done(booking_id, occurrence_id, presence.count_heads, body, **heads)


@with_token
def approve_occurrence(booking_id: int, occurrence_id: int) -> Response:
    """A host says yes to one date."""
    return _done(booking_id, occurrence_id, approval.approve)


@with_token
def decline_occurrence(booking_id: int, occurrence_id: int) -> Response:
    """A host says no to one date; the time is free again."""
    body, reason = _reason()
    return _done(booking_id, occurrence_id, approval.decline, body, reason=reason)


@with_token
def approve_booking(booking_id: int) -> Response:
    """A host says yes to every date that waits, or to those named."""
    return _decided(booking_id, "approve")


@with_token
def decline_booking(booking_id: int) -> Response:
    """A host says no to every date that waits, or to those named."""
    body, reason = _reason()
    return _decided(booking_id, "decline", reason, body)


@with_token
def get_history(booking_id: int) -> Response:
    """Who did what when. For hosts."""
    fields = Fields.of_query("limit", "cursor")
    booking = booking_for(booking_id, caller(), "host_booking")
    lines, following = page_of(fields, history_of(booking))
    with readers_language():
        items = [_line(entry, person, booking.timezone) for entry, person in lines]
    return jsonify(items=items, next_cursor=following)


def heads_of(fields: Fields) -> dict[str, int | None]:
    """How many came, as a body tells it; None where it does not."""
    return {name: fields.count(name, least=0, most=presence.MOST_HEADS) for name in HEADS}


def _seen(booking_id: int, occurrence_id: int) -> BookingDate:
    return date_of(booking_for(booking_id, caller(), "see_booking"), occurrence_id)


def _done(
    booking_id: int, occurrence_id: int, act: Callable[..., BookingDate], body: object = None, **more: Any
) -> Response:
    by, moment = caller(), now()

    def do() -> Data:
        return occurrence_facts(act(_seen(booking_id, occurrence_id).id, **more, by=by, now=moment))

    return occurrence_answer(once(do, body))


def _decided(booking_id: int, decision: str, reason: str = "", body: object = None) -> Response:
    by, moment = caller(), now()

    def decide() -> Data:
        booking = booking_for(booking_id, by, "host_booking")
        dates = _to_decide(booking, chosen_dates(booking))
        approval.decide(booking_id, dates, decision, reason=reason, by=by, now=moment)
        return booking_facts(booking)

    facts = once(decide, body)
    return booking_answer(booking_for(booking_id, by, "see_booking"), facts=facts)


def _to_decide(booking: Booking, chosen: Collection[int] | None) -> list[int]:
    """Of those chosen, or of all, the dates that wait; a single one that was named whatever it is."""
    named = [date for date in booking.dates if chosen is None or date.id in chosen]
    if chosen is not None and len(named) == 1:
        return [date.id for date in named]
    waiting = [date.id for date in named if date.status == "requested"]
    if not waiting:
        raise Refused(Refusal("not_requested", "", {"status": status_of(named)}))
    return waiting


def _reason() -> tuple[dict[str, Any], str]:
    """The body, which may be missing, and the reason in it."""
    body = json_body() if request.content_length else {}
    fields = Fields(body)
    fields.only(("reason",))
    reason = fields.text("reason", "", longest=approval.LONGEST_REASON)
    fields.check()
    return body, reason or ""


def _line(entry: History, person: Person | None, tz: str) -> Data:
    return {
        "at": instant(entry.at),
        "by": {"name": person.name, "email": person.email} if person else None,
        "action": entry.action,
        "text": history_line(entry.action, entry.details, tz),
        "occurrence": entry.date_id,
        "details": entry.details,
    }
