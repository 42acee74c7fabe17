"""Who is invited to a booking, and what they answered."""

from flask import Blueprint, Response, jsonify

from app.api.access import caller, with_token
from app.api.answers import page_of
from app.api.reading import Fields
from app.models import Booking, Guest
from app.services.bookings.standing import booking_for
from app.services.guests import guests_of
from app.services.serializers import Data, instant_or_none


def add_to(api: Blueprint) -> None:
    """Registers the endpoint."""
    api.get("/bookings/<id:booking_id>/guests")(list_guests)


@with_token
def list_guests(booking_id: int) -> Response:
    """Guests in the order in which they were named. For the booker and hosts."""
    fields = Fields.of_query("limit", "cursor")
    booking = booking_for(booking_id, caller(), "change_booking")
    page, following = page_of(fields, guests_of(booking.id))
    return jsonify(items=[_guest_data(each, booking) for each in page], next_cursor=following)


def _guest_data(guest: Guest, booking: Booking) -> Data:
    answers = {
        date.id: guest.dates.get(str(int(date.original_start_at.timestamp()))) for date in booking.dates
    }
    return {
        "email": guest.email,
        "answer": guest.partstat,
        "answered_at": instant_or_none(guest.replied_at),
        "occurrences": [{"id": each, "answer": answer} for each, answer in answers.items() if answer],
    }
