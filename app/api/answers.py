"""What several endpoints answer: a booking, one date of it, a page of a list."""

from collections.abc import Sequence
from typing import TypeVar

from flask import Response, current_app, jsonify, url_for

from app.api.reading import Fields
from app.models import Booking, BookingDate
from app.services.serializers import Data, booking_data, occurrence_data

USUAL_LIMIT, MOST_LIMIT = 200, 500
Listed = TypeVar("Listed")


def booking_answer(booking: Booking, status: int = 200, facts: Data | None = None) -> Response:
    """The booking as it is; `facts` are those of then, where this was answered before."""
    data = booking_data(booking, base_url=current_app.config["BASE_URL"]) | (facts or {})
    response = jsonify(data)
    response.status_code = status
    response.headers["ETag"] = f'"{data["version"]}"'
    if status == 201:
        response.headers["Location"] = url_for("api.get_booking", booking_id=booking.id)
    return response


def occurrence_facts(date: BookingDate) -> Data:
    """One date, and the version that its booking has now."""
    return {**occurrence_data(date), "booking": date.booking_id, "version": date.booking.version}


def occurrence_answer(facts: Data) -> Response:
    response = jsonify(facts)
    response.headers["ETag"] = f'"{facts["version"]}"'
    return response


def page_of(fields: Fields, things: Sequence[Listed]) -> tuple[Sequence[Listed], str | None]:
    """The part of a list that `limit` and `cursor` ask for, and the cursor of the next. Refused."""
    limit = fields.number("limit", USUAL_LIMIT, least=1, most=MOST_LIMIT)
    first = fields.number("cursor", 0, least=0, most=999_999_999)
    fields.check()
    end = first + limit
    return things[first:end], str(end) if end < len(things) else None
