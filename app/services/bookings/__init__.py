"""Booking, changing and cancelling. `book`, `change`, `cancel`, `restore` are each one transaction."""

from app.services.bookings.book import book, preview
from app.services.bookings.change import cancel, change, restore
from app.services.bookings.wish import Wish

__all__ = ["Wish", "book", "cancel", "change", "preview", "restore"]
