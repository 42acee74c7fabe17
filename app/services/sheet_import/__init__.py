"""Years of somebody's own spreadsheet: its columns and names matched with ours, then old bookings.

Map:
    worker    the process in which a file is read; a script by itself
    reading   octets -> sheets of text
    columns   what a column can be, and which headings say so
    guessing  the columns by their headings and what stands below them
    values    days, times, lengths and counts as people write them
    names     rooms, organisations … as the sheet calls them -> ours
    synonyms  words that mean the same
    totals    rows that add up the others
    records   rows -> records as `booking_file` imports them, each with an identifier that stays
    remembered  what was said of a sheet with the same headings before
    storing   look_at and import_sheet
"""

from app.services.sheet_import.columns import FIELDS, NAMED, guess_columns, guess_header
from app.services.sheet_import.guessing import guess
from app.services.sheet_import.names import LEFT_OUT, Known, Unknown, digest_of, load_known, unknown_names
from app.services.sheet_import.reading import Sheet, SheetFileInvalid, read_sheets
from app.services.sheet_import.records import Matching
from app.services.sheet_import.remembered import Remembered, recall
from app.services.sheet_import.storing import Looked, import_sheet, look_at

__all__ = [
    "FIELDS",
    "LEFT_OUT",
    "NAMED",
    "Known",
    "Looked",
    "Matching",
    "Remembered",
    "Sheet",
    "SheetFileInvalid",
    "Unknown",
    "digest_of",
    "guess",
    "guess_columns",
    "guess_header",
    "import_sheet",
    "load_known",
    "look_at",
    "read_sheets",
    "recall",
    "unknown_names",
]
