"""Years of somebody's own spreadsheet: its columns and names matched with ours, then old bookings.

Map:
    worker    the process in which a file is read; a script by itself
    reading   octets -> sheets of text
    columns   what a column can be, and which headings say so
    values    days, times, lengths and counts as people write them
    names     rooms, organisations … as the sheet calls them -> ours
    records   rows -> records as `booking_file` imports them, each with an identifier that stays
    storing   look_at and import_sheet
"""

from app.services.sheet_import.columns import FIELDS, NAMED, guess_columns, guess_header
from app.services.sheet_import.names import LEFT_OUT, Known, Unknown, load_known, unknown_names
from app.services.sheet_import.reading import Sheet, SheetFileInvalid, read_sheets
from app.services.sheet_import.records import Matching
from app.services.sheet_import.storing import Looked, import_sheet, look_at

__all__ = [
    "FIELDS",
    "LEFT_OUT",
    "NAMED",
    "Known",
    "Looked",
    "Matching",
    "Sheet",
    "SheetFileInvalid",
    "Unknown",
    "guess_columns",
    "guess_header",
    "import_sheet",
    "load_known",
    "look_at",
    "read_sheets",
    "unknown_names",
]
