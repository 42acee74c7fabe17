"""What hosts read about money beside a booking: its value, whether it is aid, where it brings a company."""

from typing import Any

from app.models import Booking, BookingDate, Person
from app.services.authorize import may
from app.services.bookings import ChangePlan, Plan, dates_in_scope
from app.services.directory import directory
from app.services.money.ahead import ahead_of, ahead_of_change, ahead_of_wish
from app.services.money.decisions import offices_of
from app.services.money.uses import uses_of
from app.services.money.values import has_values
from app.services.offices import offices
from app.web.booking_form import BookingForm
from app.web.change_form import ChangeForm
from app.web.money_views import booking_view
from app.wording.money import say_ahead


def aid_told(form: BookingForm, plan: Plan | None, by: Person) -> str | None:
    """Where the booking that is planned would bring the company; None where that is nothing to remark."""
    organisation = directory().organisations.get(form.organisation.data or "")
    if plan is None or plan.clashes or organisation is None:
        return None
    dates = [(each.interval, each.resources) for each in plan.dates]
    return say_ahead(ahead_of_wish(form.office, organisation, dates, by=by))


def aid_told_of_change(form: ChangeForm, date: BookingDate, plan: ChangePlan, by: Person) -> str | None:
    """The same of a change that is planned."""
    organisation = directory().organisations.get(form.organisation.data or "")
    if organisation is None:
        return None
    meant = dates_in_scope(date.booking, date.id, form.chosen_scope)
    anew = {each.date.id: (each.planned.interval, each.planned.resources) for each in plan.anew}
    return say_ahead(ahead_of_change(form.office, organisation, date.booking, meant, anew, by=by))


def money_of(booking: Booking, by: Person) -> list[dict[str, Any]]:
    """For each office that counts in money and whose host reads this: its part of the booking."""
    here = offices_of(booking)
    return [
        {
            **booking_view(booking, place, uses_of(booking, place)),
            "ahead": say_ahead(ahead_of(booking, place, by=by)),
        }
        for place in offices()
        if place.id in here and may(by, "host", place) and has_values(place)
    ]
