"""Booking, changing and cancelling. `book`, `change`, `cancel`, `restore` are each one transaction."""

from app.services.bookings.book import book, preview
from app.services.bookings.cancel import Back, cancel, dates_in_scope, restore, restore_dates, what_comes_back
from app.services.bookings.change import change
from app.services.bookings.change_plan import ChangePlan, Stays, plan_change
from app.services.bookings.plan import LeftOut, Plan, Planned, plan
from app.services.bookings.things import things_of
from app.services.bookings.wish import Wish

__all__ = [
    "Back",
    "ChangePlan",
    "LeftOut",
    "Plan",
    "Planned",
    "Stays",
    "Wish",
    "book",
    "cancel",
    "change",
    "dates_in_scope",
    "plan",
    "plan_change",
    "preview",
    "restore",
    "restore_dates",
    "things_of",
    "what_comes_back",
]
