"""Old bookings from a CSV file: read, checked against what is stored, kept all at once.

Map:
    read        text -> records with their lines
    directory   everything that a line may name
    parse       record -> line, every field sound
    place       which leaves a line takes, what overlaps, what clashes
    load        import_bookings, the use case; judge, without storing
    rows        BookingRow and store_rows, the fast way to store many bookings
    problems    what can be wrong
"""

from app.services.booking_file.load import ImportResult, import_bookings, import_records, judge
from app.services.booking_file.problems import BookingFileInvalid, LineProblem
from app.services.booking_file.rows import BookingRow, store_rows

__all__ = [
    "BookingFileInvalid",
    "BookingRow",
    "ImportResult",
    "LineProblem",
    "import_bookings",
    "import_records",
    "judge",
    "store_rows",
]
