"""Reports and the bookings that they count, for the tests of figures."""

from datetime import datetime

from app.domain.period import Period
from app.models import Office
from app.services.booking_file import BookingRow, store_rows
from app.services.reports import Report, report
from app.services.transaction import use_case
from tests.factories import Factory
from tests.reports.october import NOVEMBER


def of(office: Office, period: str = "2026-10", now: datetime = NOVEMBER) -> Report:
    return report(office, Period.parse(period), now=now)


@use_case
def store(*rows: BookingRow) -> None:
    store_rows(rows, now=NOVEMBER)


def used(make: Factory, start: datetime, end: datetime, room: str = "tallen", **more: object) -> BookingRow:
    values = {
        "imported_as": None,
        "resources": (make.room(room).id,),
        "asked_for": (make.room(room).id,),
        "start": start,
        "end": end,
        "title": "Möte",
        "organisation_id": make.organisation().id,
        "category_id": make.category().id,
        "activity_id": make.activity().id,
        "status": "confirmed",
        "women": None,
        "men": None,
        "other": None,
        "created_at": None,
        "organiser_id": None,
        "uid": f"{room}-{start}",
        "timezone": "Europe/Stockholm",
        **more,
    }
    return BookingRow(**values)
