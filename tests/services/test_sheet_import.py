"""Years of a spreadsheet: read apart, matched, imported as old bookings, the same file twice for nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.errors import NotAllowed
from app.extensions import db
from app.models import Booking, Office, Person, SheetMatching
from app.services.booking_file import BookingFileInvalid
from app.services.sheet_import import (
    LEFT_OUT,
    Known,
    Matching,
    Sheet,
    guess,
    guess_columns,
    guess_header,
    import_sheet,
    load_known,
    look_at,
    read_sheets,
    recall,
    unknown_names,
)
from tests.databases import both
from tests.factories import Factory
from tests.services.workbooks import HEADINGS, YEARS, workbook

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHOSEN = {
    ("resource", "stora tallen"): "tallen",
    ("organisation", "granitt ab"): "granit",
    ("activity", "föredrag"): "meeting",
}
HOUR = timedelta(hours=1)


@pytest.fixture
def office(make: Factory) -> Office:
    make.room("tallen")
    make.organisation("granit")
    return make.office()


@pytest.fixture
def host(make: Factory, office: Office) -> Person:
    return make.host()


def sheet_of(*rows: tuple[object, ...]) -> Sheet:
    return read_sheets(workbook(*rows))[0]


def matched(sheet: Sheet, names: dict[tuple[str, str], str] | None = None, **usual: str) -> Matching:
    header = guess_header(sheet)
    return Matching(header, guess_columns(sheet.row(header)), usual, names or {})


def stored() -> list[Booking]:
    return list(db.session.scalars(select(Booking).order_by(Booking.id)))


# Understanding


def test_headings_in_both_languages_tell_the_columns() -> None:
    assert guess_columns(HEADINGS) == {
        "date": 0,
        "start": 1,
        "end": 2,
        "resource": 3,
        "organisation": 4,
        "activity": 5,
        "title": 6,
        "women": 7,
        "men": 8,
        "status": 9,
    }
    english = ("Start time", "End time:", "Room", "Company", "Subject", "Hours (h)", "Room", "E-mail", "")
    assert guess_columns(english) == {
        "start": 0,
        "end": 1,
        "resource": 2,
        "organisation": 3,
        "title": 4,
        "duration": 5,
        "organiser_email": 7,
    }
    assert guess_header(sheet_of(*YEARS)) == 3


def test_each_unknown_name_is_asked_once_with_what_is_like_it(office: Office) -> None:
    sheet = sheet_of(*YEARS, *YEARS[1:])
    known = load_known(office)
    asked = unknown_names(matched(sheet).cells(sheet), known)
    assert [(each.kind, each.text, each.count, each.likely) for each in asked] == [
        ("resource", "Stora Tallen", 2, "tallen"),
        ("organisation", "Granitt AB", 2, "granit"),
        ("activity", "Föredrag", 2, ""),
    ]
    assert asked[0].suggestions == ("tallen",)


def guessed(known: Known, text: str) -> dict[str, int]:
    (sheet,) = read_sheets(text.encode())
    return guess(sheet, guess_header(sheet), known)


class OnlyLookedUp(dict[tuple[str, str], str]):
    def __iter__(self) -> Iterator[tuple[str, str]]:
        raise AssertionError("gone through once for each cell")


def test_guessing_does_not_compare_each_cell_with_all_that_is_known(office: Office) -> None:
    known = load_known(office)
    known = replace(known, by_name=OnlyLookedUp(known.by_name))
    rows = "Datum;Tid;Vad;Var\n2024-03-04;8-9;Avdelningsmöte;Tallen\n2024-03-05;8-9;Granit;Tallen\n"
    assert guessed(known, rows) == {"date": 0, "start": 1, "activity": 2, "resource": 3}


def test_columns_are_guessed_by_what_stands_in_them(office: Office, make: Factory) -> None:
    make.organisation("bergtopp")
    known = load_known(office)
    head = "Datum;Tid;Bokad av;Vad;Var\n"
    rows = "2024-03-04;8-9;Granit;Möte;Tallen\n2024-03-05;8-9;Bergtopp;Frukost;Tallen\n"
    by_name = {"date": 0, "start": 1, "organisation": 2, "activity": 3, "resource": 4}
    assert guessed(known, head + rows) == by_name
    addresses = rows.replace("Granit", "anna@granit.se").replace("Bergtopp", "Berit")
    assert guessed(known, head + addresses) == {
        "date": 0,
        "start": 1,
        "organiser_email": 2,
        "activity": 3,
        "resource": 4,
    }
    assert "organisation" not in guessed(
        known, head + rows.replace("Granit", "Anna").replace("Bergtopp", "Bo")
    )
    assert "organiser_email" not in guessed(known, "Datum;E-post\n2024-03-04;Anna\n")


def test_what_is_another_in_every_row_is_a_title(office: Office) -> None:
    known = load_known(office)
    told = "".join(f"2024-03-0{day};8-9;Samtal {day}\n" for day in range(1, 7))
    assert guessed(known, "Datum;Tid;Vad\n" + told) == {"date": 0, "start": 1, "title": 2}
    assert guessed(known, "Datum;Tid;Vad\n" + told.replace("Samtal 1", "Möte")).get("activity") == 2


def test_words_of_other_offices_for_our_activities(office: Office, make: Factory) -> None:
    make.activity("external-meeting").names = {"sv": "Möte med externa parter", "en": "External meeting"}
    make.activity("seminar").names = {"sv": "Seminarium", "en": "Seminar"}
    db.session.commit()
    known = load_known(office)
    assert known.suggestions("activity", "Externt möte")[1] == "external-meeting"
    assert known.suggestions("activity", "FÖREDRAG")[1] == "seminar"
    assert known.suggestions("activity", "Städning")[1] == ""


@pytest.mark.parametrize("said", ["Summa", "Totalt 2024", "Total:", "Delsumma mars", "Grand total"])
def test_a_row_that_adds_up_the_others_is_left_out(office: Office, host: Person, said: str) -> None:
    total = (said, None, None, None, None, None, None, 14, 9, None)
    elsewhere = (None, None, None, said, None, None, None, 14, 9, None)
    sheet = sheet_of(YEARS[0], total, elsewhere)
    matching = matched(sheet)
    assert not unknown_names(matching.cells(sheet), load_known(office))
    looked = look_at(sheet, matching, office, now=NOW)
    assert (looked.new, list(looked.totals), looked.problems) == (1, [5, 6], [])
    assert import_sheet(sheet, matching, office.id, by=host, now=NOW).imported == 1


def test_a_booking_that_is_called_a_total_is_none(office: Office) -> None:
    row = [*YEARS[0]]
    row[6] = "Totalt"
    sheet = sheet_of(tuple(row))
    assert look_at(sheet, matched(sheet), office, now=NOW).new == 1


def test_what_was_said_is_known_for_the_same_headings(office: Office, host: Person, make: Factory) -> None:
    sheet = sheet_of(*YEARS)
    assert recall(office, sheet) == {}
    import_sheet(sheet, matched(sheet, CHOSEN, status="confirmed"), office.id, by=host, now=NOW)
    later = sheet_of(
        (datetime(2025, 3, 4), time(8), time(9), "Stora tallen", "Nya AB", "Möte", "", 1, 1, "Bokad")
    )
    remembered = recall(office, later)[3]
    assert (remembered.columns, remembered.usual) == (guess_columns(HEADINGS), {"status": "confirmed"})
    assert remembered.name("resource", "STORA  Tallen") == "tallen"
    assert remembered.name("organisation", "Nya AB") == ""
    assert "granitt" not in str(db.session.scalars(select(SheetMatching.said)).one())
    import_sheet(
        later,
        matched(later, {**CHOSEN, ("organisation", "nya ab"): "granit", ("activity", "föredrag"): LEFT_OUT}),
        office.id,
        by=host,
        now=NOW,
    )
    remembered = recall(office, sheet)[3]
    assert (
        remembered.name("organisation", "Granitt AB") == remembered.name("organisation", "Nya AB") == "granit"
    )
    assert remembered.name("activity", "Föredrag") == LEFT_OUT
    make.room("granen", office="umea")
    assert recall(make.office("umea"), sheet) == {}


def test_several_rooms_in_one_cell_need_no_asking(office: Office, host: Person, make: Factory) -> None:
    make.room("asken")
    row = list(YEARS[0])
    row[3] = "Tallen + Asken"
    sheet = sheet_of(tuple(row))
    assert not unknown_names(matched(sheet).cells(sheet), load_known(office))
    assert import_sheet(sheet, matched(sheet), office.id, by=host, now=NOW).imported == 1
    assert sorted(slot.resource.slug for slot in stored()[0].dates[0].slots) == ["asken", "tallen"]


def test_things_of_another_office_are_unknown(office: Office, make: Factory) -> None:
    make.room("granen", office="umea")
    assert load_known(office).slug("resource", "Granen") is None


# Bringing in


@both
def test_years_come_in_and_the_same_file_twice_changes_nothing(app: Flask, make: Factory) -> None:
    make.room("tallen")
    host, office = make.host(), make.office()
    sheet = sheet_of(*YEARS)
    matching = matched(sheet, CHOSEN)
    looked = look_at(sheet, matching, office, now=NOW)
    assert (looked.new, looked.known, looked.coming, looked.problems) == (3, 0, 0, [])
    assert not stored()
    assert import_sheet(sheet, matching, office.id, by=host, now=NOW).imported == 3
    first, _, last = stored()
    (of_first,), (of_last,) = first.dates, last.dates
    assert (of_first.starts_at, of_first.ends_at) == (
        datetime(2024, 3, 4, 7, tzinfo=UTC),
        datetime(2024, 3, 4, 9, 30, tzinfo=UTC),
    )
    assert (first.title, of_first.women, of_first.men, of_first.status) == ("Frukost", 4, 2, "confirmed")
    assert (last.title, of_last.women, of_last.men, of_last.status) == ("–", 0, 7, "cancelled")
    assert of_last.ends_at - of_last.starts_at == timedelta(hours=2, minutes=15)
    again = import_sheet(sheet, matching, office.id, by=host, now=NOW + HOUR)
    assert (again.imported, again.skipped) == (0, 3)
    assert len(stored()) == 3


def test_what_was_changed_in_the_file_is_refused_and_not_brought_in_twice(
    office: Office, host: Person
) -> None:
    sheet = sheet_of(*YEARS)
    import_sheet(sheet, matched(sheet, CHOSEN), office.id, by=host, now=NOW)
    counted = list(YEARS[1])
    counted[7:9] = [3, 3]
    mended = sheet_of(YEARS[0], tuple(counted), YEARS[2], YEARS[0])
    looked = look_at(mended, matched(mended, CHOSEN), office, now=NOW)
    assert (looked.new, looked.known, looked.wrong) == (1, 2, 1)  # a row that is there twice is two
    assert [(each.line, each.code) for each in looked.problems] == [(5, "known_with_other_content")]


def test_errors_are_told_by_row_and_nothing_is_stored_unless_they_are_left_out(
    office: Office, host: Person
) -> None:
    wrong = (
        ("i går", time(8), time(9), "Tallen", "Granit AB", "Möte", "a", None, None, "Bokad"),
        (date(2024, 5, 2), "snart", time(9), "Tallen", "Granit AB", "Möte", "b", None, None, "Bokad"),
        (date(2024, 5, 3), time(9), time(8), "Tallen", "Granit AB", "Möte", "c", None, None, "Bokad"),
        (date(2024, 5, 4), time(8), None, "Tallen", "", "Möte", "d", "många", None, "Bokad"),
    )
    sheet = sheet_of(YEARS[0], *wrong)
    matching = matched(sheet)
    looked = look_at(sheet, matching, office, now=NOW)
    assert (looked.new, looked.wrong) == (1, 4)
    assert [(each.line, each.column, each.code) for each in looked.problems] == [
        (5, "date", "no_day"),
        (6, "start", "no_time"),
        (8, "organisation", "missing"),
        (8, "end", "missing"),
        (7, "end", "before_start"),
    ]
    with pytest.raises(BookingFileInvalid):
        import_sheet(sheet, matching, office.id, by=host, now=NOW)
    assert not stored()
    result = import_sheet(sheet, matching, office.id, without_wrong=True, by=host, now=NOW)
    assert result.imported == 1
    assert [each.title for each in stored()] == ["Frukost"]


def test_names_can_be_left_out(office: Office, host: Person) -> None:
    sheet = sheet_of(*YEARS)
    matching = matched(sheet, {**CHOSEN, ("activity", "föredrag"): LEFT_OUT})
    assert look_at(sheet, matching, office, now=NOW).left_out == 1
    assert import_sheet(sheet, matching, office.id, by=host, now=NOW).imported == 2


def test_one_column_of_times_a_length_a_total_and_what_holds_for_all_rows(
    office: Office, host: Person
) -> None:
    text = (
        "Från;Timmar;Antal;Kvinnor\n2024-10-26 23:00;6;9;4\n2024-03-04;;;\n4/3 2024 kl 8;90 min;3;4\n"
        "2024-03-04 22:00;2;;\n"
    )
    (sheet,) = read_sheets(text.encode())
    usual = {"resource": "tallen", "organisation": "granit", "activity": "meeting", "status": "confirmed"}
    matching = Matching(1, {"start": 0, "duration": 1, "heads": 2, "women": 3}, usual)
    looked = look_at(sheet, matching, office, now=NOW)
    assert [(each.line, each.column, each.code) for each in looked.problems] == [
        (3, "start", "missing"),
        (4, "heads", "fewer_than_told"),
    ]
    import_sheet(sheet, matching, office.id, without_wrong=True, by=host, now=NOW)
    (late,), (night,) = (each.dates for each in stored())
    assert night.ends_at - night.starts_at == 6 * HOUR  # over the hour that comes twice
    assert (night.women, night.men, night.other) == (4, None, 5)
    assert (late.ends_at, late.other) == (datetime(2024, 3, 4, 23, tzinfo=UTC), None)


def test_midnight_ends_the_day_and_times_between(office: Office, host: Person) -> None:
    (sheet,) = read_sheets(b"Datum,Tid,Slut\n2024-03-04,18-24,\n2024-03-05,20,00:00\n2024-03-06,9-12,\n")
    usual = {"resource": "tallen", "organisation": "granit", "activity": "meeting", "status": "confirmed"}
    matching = Matching(1, guess_columns(sheet.row(1)), usual)
    import_sheet(sheet, matching, office.id, by=host, now=NOW)
    lengths = [(date.ends_at - date.starts_at) / HOUR for each in stored() for date in each.dates]
    assert lengths == [6, 4, 3]


def test_what_is_to_come_holds_its_time_and_must_be_free(office: Office, host: Person) -> None:
    coming = (date(2026, 12, 1), time(8), time(10), "Tallen", "Granit AB", "Möte", "x", None, None, "Bokad")
    sheet = sheet_of(coming, coming)
    looked = look_at(sheet, matched(sheet), office, now=NOW)
    assert [(each.line, each.code) for each in looked.problems] == [(5, "clash_in_file")]
    assert (looked.new, looked.coming) == (1, 1)
    result = import_sheet(sheet, matched(sheet), office.id, without_wrong=True, by=host, now=NOW)
    assert (result.imported, result.coming) == (1, 1)


def test_an_own_number_is_told_apart_by_office(office: Office, host: Person) -> None:
    (sheet,) = read_sheets(b"ID,Start,Timmar\n17,2024-03-04 08:00,1\n17,2024-03-05 08:00,1\n")
    usual = {"resource": "tallen", "organisation": "granit", "activity": "meeting", "status": "confirmed"}
    matching = Matching(1, guess_columns(sheet.row(1)), usual)
    looked = look_at(sheet, matching, office, now=NOW)
    assert [(each.line, each.code) for each in looked.problems] == [(3, "id_twice")]
    import_sheet(sheet, matching, office.id, without_wrong=True, by=host, now=NOW)
    assert [each.imported_as for each in stored()] == ["sheet:stockholm:17"]


def test_a_member_may_not(office: Office, make: Factory) -> None:
    sheet = sheet_of(*YEARS)
    with pytest.raises(NotAllowed):
        import_sheet(sheet, matched(sheet, CHOSEN), office.id, by=make.person(), now=NOW)
    assert not stored()
