"""What is wrong with a file of bookings, in words: `FILE: line 7: end: is before start`."""

from app.cli.words import SENTENCES as SHARED
from app.cli.words import fill_in
from app.services.booking_file import BookingFileInvalid, LineProblem

SENTENCES = {
    **SHARED,
    "empty_file": "has no header; begin with {columns}",
    "other_file": "this is no file of bookings: its first line should be {columns}",
    "broken_csv": "is no CSV from here on: {message}",
    "column_missing": "this column is missing; add it, its fields may be empty where optional",
    "column_twice": "this column is there twice; remove one",
    "column_unknown": "this column is not known; remove it",
    "wrong_number_of_fields": "has {found} fields, the header {expected}; "
    "put text that holds the separator in quotes",
    "bad_id": "must be one line of at most {limit} characters",
    "id_twice": '"{id}" is also the id of line {line}',
    "known_with_other_content": '"{id}" has been imported before, with other content; '
    "change the booking in the application, or give it another id",
    "twice": '"{slug}" is named twice',
    "unknown_resource": 'there is no resource or pool "{slug}"',
    "empty_pool": 'no resource belongs to the pool "{slug}"',
    "retired": '"{slug}" is retired and cannot be booked any more',
    "unknown_organisation": 'there is no organisation "{slug}"',
    "unknown_category": 'there is no category "{slug}"',
    "unknown_activity": 'there is no activity "{slug}"',
    "unknown_status": '"{slug}" is no status; use one of {options}',
    "bad_time": '"{value}" is no date and time; write it like 2026-10-01T08:00',
    "before_start": "is before start",
    "is_start": "is the same as start",
    "title_missing": "is missing",
    "title_line_break": "has line breaks or control characters",
    "title_too_long": "is too long; use at most {most} characters",
    "bad_heads": '"{value}" is no head count; use a whole number from 0 to {most}, or nothing',
    "clash_in_file": "{slug} is taken at this time by line {line}",
    "clash": "{slug} is taken from {start} to {end}",
    "pool_full": "nothing in {slug} is free at this time",
}


def lines(invalid: BookingFileInvalid) -> list[str]:
    """One line for each problem."""
    return [
        f"{invalid.filename}: {_place(problem)}: {fill_in(SENTENCES[problem.code], problem.params)}"
        for problem in invalid.problems
    ]


def _place(problem: LineProblem) -> str:
    return f"line {problem.line}: {problem.column}" if problem.column else f"line {problem.line}"
