"""Old bookings from a CSV file: read, checked against the offices, stored all at once.

Map:
    rows        BookingRow and the fast way to store many of them
"""

from app.services.booking_file.rows import BookingRow, store_rows

__all__ = ["BookingRow", "store_rows"]
