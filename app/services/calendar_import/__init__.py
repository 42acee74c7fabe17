"""An old calendar into a resource: an .ics file read apart, held against what is stored, kept all at once.

Map:
    reading   octets -> what is in them, within a window
    rows      what an entry is known as, and the row it becomes
    held      who has the time that an entry wants
    judging   what is new, known, changed meanwhile, or in the way; who the organisers are
    storing   import_entries, the use case: every entry chosen, or none
"""

from app.services.calendar_import.held import InTheWay
from app.services.calendar_import.judging import Judged, judge, made_elsewhere, organisers_in
from app.services.calendar_import.reading import MOST_DATES, CalendarFileInvalid, read_calendar, window_from
from app.services.calendar_import.storing import Choices, ImportResult, NotAsSeen, import_entries

__all__ = [
    "MOST_DATES",
    "CalendarFileInvalid",
    "Choices",
    "ImportResult",
    "InTheWay",
    "Judged",
    "NotAsSeen",
    "import_entries",
    "judge",
    "made_elsewhere",
    "organisers_in",
    "read_calendar",
    "window_from",
]
