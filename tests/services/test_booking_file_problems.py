"""What can be wrong with a file of bookings: every bad line at once, and then nothing is stored."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Booking
from app.services.booking_file import BookingFileInvalid, import_bookings
from tests.databases import both
from tests.factories import Factory
from tests.services.test_booking_file import HEADER, csv_of

Problems = Callable[[str], list[tuple[int, str, str]]]

FIELDS = [
    ({"id": ""}, "id", "missing"),
    ({"id": "x" * 101}, "id", "bad_id"),
    ({"resources": ""}, "resources", "missing"),
    ({"resources": "eken"}, "resources", "unknown_resource"),
    ({"resources": "tallen;eken"}, "resources", "unknown_resource"),
    ({"resources": "tallen;tallen"}, "resources", "twice"),
    ({"resources": "tom-pool"}, "resources", "empty_pool"),
    ({"start": ""}, "start", "missing"),
    ({"start": "igår"}, "start", "bad_time"),
    ({"start": "2026-02-30T08:00"}, "start", "bad_time"),
    ({"start": "0001-01-01T00:00"}, "start", "year_out_of_range"),
    ({"start": "2026-03-29T02:30"}, "start", "time_does_not_exist"),
    ({"start": "2025-10-26T02:30"}, "start", "time_is_ambiguous"),
    ({"start": "2027-03-28T02:00", "end": "2027-03-28T08:00"}, "start", "time_does_not_exist"),
    ({"end": "2027-10-31T02:59"}, "end", "time_is_ambiguous"),
    ({"end": "2026-06-01T07:00"}, "end", "before_start"),
    ({"end": "2026-06-01T08:00"}, "end", "is_start"),
    ({"end": "2026-06-01T08:00:00.5"}, "end", "is_start"),
    ({"title": ""}, "title", "title_missing"),
    ({"title": '"a\nb"'}, "title", "title_line_break"),
    ({"title": "a\x00b"}, "title", "title_line_break"),
    ({"title": "x" * 10_000}, "title", "title_too_long"),
    ({"organisation": ""}, "organisation", "missing"),
    ({"organisation": "marmor"}, "organisation", "unknown_organisation"),
    ({"category": "marmor"}, "category", "unknown_category"),
    ({"activity": "marmor"}, "activity", "unknown_activity"),
    ({"status": "done"}, "status", "unknown_status"),
    ({"status": ""}, "status", "missing"),
    ({"women": "-1"}, "women", "bad_heads"),
    ({"men": "2.5"}, "men", "bad_heads"),
    ({"other": "10001"}, "other", "bad_heads"),
    ({"women": "٣"}, "women", "bad_heads"),
    ({"created_at": "förr"}, "created_at", "bad_time"),
]

FILES = [
    ("", 1, "", "empty_file"),
    ("\ufeff", 1, "", "empty_file"),
    ("namn;telefon\nAda;070\n", 1, "", "other_file"),
    (HEADER.replace(",", ";").replace("women", "kvinnor"), 1, "women", "column_missing"),
    (HEADER.replace(",", ";", 1), 1, "id", "column_missing"),
    (HEADER.replace("women", "kvinnor"), 1, "women", "column_missing"),
    (HEADER.replace("women", "men"), 1, "women", "column_missing"),
    (HEADER.replace("\n", ",extra\n"), 1, "extra", "column_unknown"),
    (HEADER + "1,tallen\n", 2, "", "wrong_number_of_fields"),
    (HEADER + "\n\n1,tallen\n", 4, "", "wrong_number_of_fields"),
    (HEADER + '1,"tallen\n', 2, "", "broken_csv"),
    (HEADER + '1,"tallen"x\n', 2, "", "broken_csv"),
]


@pytest.fixture
def problems_of(make: Factory, now: datetime) -> Problems:
    make.room("tallen")
    make.organisation("granit")
    make.pool("tom-pool", name="Tom")

    def told(text: str) -> list[tuple[int, str, str]]:
        with pytest.raises(BookingFileInvalid) as invalid:
            import_bookings(text, now=now)
        assert db.session.scalar(select(func.count(Booking.id))) == 0
        return [(each.line, each.column, each.code) for each in invalid.value.problems]

    return told


@pytest.mark.parametrize(("fields", "column", "code"), FIELDS)
def test_an_unsound_field_is_told_by_line_and_column(
    problems_of: Problems, fields: dict[str, str], column: str, code: str
) -> None:
    assert problems_of(csv_of({}, fields, {})) == [(3, column, code)]


@pytest.mark.parametrize(("text", "line", "column", "code"), FILES)
def test_an_unsound_file_is_told_by_line(
    problems_of: Problems, text: str, line: int, column: str, code: str
) -> None:
    assert problems_of(text)[0] == (line, column, code)


@both
def test_every_bad_line_is_told_at_once(problems_of: Problems) -> None:
    text = csv_of(
        {"title": '"a\nb"', "women": "x"},
        {},
        {"id": "2", "resources": "eken"},
        {"start": "2027-02-02T08:00", "end": "2027-02-02T09:00"},
        {"start": "2027-02-02T08:00", "end": "2027-02-02T09:00"},
    )
    assert problems_of(text + "7,too,few\n") == [
        (2, "title", "title_line_break"),
        (2, "women", "bad_heads"),
        (5, "id", "id_twice"),
        (5, "resources", "unknown_resource"),
        (7, "start", "clash_in_file"),
        (8, "", "wrong_number_of_fields"),
    ]


def test_a_byte_order_mark_and_blank_lines_and_any_order_of_columns_are_fine(
    problems_of: Problems, now: datetime
) -> None:
    header, row = csv_of({}).splitlines()
    turned = ",".join(reversed(header.split(","))) + "\r\n\r\n" + ",".join(reversed(row.split(","))) + "\r\n"
    assert import_bookings("\ufeff" + turned, now=now).imported == 1


def test_a_header_alone_imports_nothing(make: Factory, now: datetime) -> None:
    assert import_bookings(HEADER, now=now).imported == 0
