"""Old bookings from a file: all or none, history marked, coming ones guarded."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.interval import Interval
from app.extensions import db
from app.models import Booking, BookingDate, Closure, Resource, ResourcePart, Slot
from app.services.booking_file import BookingFileInvalid, ImportResult, import_bookings
from app.services.booking_file.read import COLUMNS
from app.services.office_file import load_office
from tests.databases import both
from tests.factories import Factory
from tests.services.office_files import OCTOBER

NOVEMBER = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEADER = ",".join(COLUMNS) + "\n"
DEFAULTS = {
    "resources": "tallen",
    "start": "2026-06-01T08:00",
    "end": "2026-06-01T10:00",
    "title": "Möte",
    "organisation": "granit",
    "activity": "meeting",
    "status": "confirmed",
}


def csv_of(*rows: dict[str, str]) -> str:
    """A file with these rows, numbered from 1 unless they say otherwise; what they leave out is usual."""
    numbered = [{**DEFAULTS, "id": str(number), **row} for number, row in enumerate(rows, 1)]
    return HEADER + "".join(",".join(row.get(column, "") for column in COLUMNS) + "\n" for row in numbered)


def row(start: str, end: str, **more: str) -> dict[str, str]:
    return {"start": start, "end": end, **more}


def booking(identifier: str) -> Booking:
    return db.session.scalars(select(Booking).filter_by(imported_as=identifier)).one()


def slugs_of(identifier: str) -> list[str]:
    return [slot.resource.slug for date in booking(identifier).dates for slot in date.slots]


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def bring(make: Factory, now: datetime) -> Callable[..., ImportResult]:
    """Imports rows, with a room, an organisation and an activity there."""
    make.room("tallen")
    make.organisation("granit")

    def imported(*rows: dict[str, str], **more: object) -> ImportResult:
        return import_bookings(csv_of(*rows), **{"now": now, **more})

    return imported


Bring = Callable[..., ImportResult]


def test_semicolons_as_a_swedish_excel_writes_them(make: Factory, now: datetime) -> None:
    for slug in ("tallen", "asken"):
        make.room(slug)
    make.organisation("granit")
    of_two = csv_of({}, {"resources": "tallen+asken", "start": "2026-06-02 08:00", "end": "2026-06-02 10:00"})
    text = "\ufeff" + of_two.replace(",", ";").replace("tallen+asken", '"tallen;asken"').replace("\n", "\r\n")
    assert import_bookings(text, now=now).imported == 2
    assert sorted(slugs_of("2")) == ["asken", "tallen"]
    bare = of_two.replace(",", ";").replace("tallen+asken", "tallen;asken")
    with pytest.raises(BookingFileInvalid) as invalid:
        import_bookings(bare, now=now)
    assert [(each.line, each.code) for each in invalid.value.problems] == [(3, "wrong_number_of_fields")]


@both
def test_the_worked_example_is_imported(app: Flask) -> None:
    load_office(OCTOBER.read_text("utf-8"), now=NOVEMBER)
    text = OCTOBER.with_suffix(".csv").read_text("utf-8")
    result = import_bookings(text, now=NOVEMBER)
    assert result == ImportResult(10, 0, 0, 2, 0, dry_run=False)
    assert (count(Booking), count(BookingDate), count(Slot)) == (10, 10, 11)
    assert [date.overlapping_import for id in "123" for date in booking(id).dates] == [True, True, False]
    assert booking("6").category.slug == "company"
    assert slugs_of("8") == ["a", "b"]
    (night,) = booking("9").dates
    assert night.ends_at - night.starts_at == timedelta(hours=5)
    assert (night.women, night.men, night.other) == (1, 1, None)
    assert booking("1").uid != booking("2").uid
    again = import_bookings(text, now=NOVEMBER + timedelta(days=1))
    assert again == ImportResult(0, 10, 0, 0, 0, dry_run=False)
    assert count(Booking) == 10


@both
def test_history_is_exempt_from_every_rule_and_blocks_nothing(bring: Bring, make: Factory) -> None:
    make.room("tallen").buffer_after_minutes = 15
    result = bring(
        row("2026-06-06T02:00", "2026-06-06T03:00"),
        row("2026-01-01", "2026-03-12"),
        row("2026-06-06T02:00", "2026-06-06T03:00", status="checked_in"),
        row("2026-06-06T02:30", "2026-06-06T03:00", status="cancelled"),
    )
    assert (result.imported, result.overlapping, result.coming) == (4, 2, 0)
    assert len(booking("2").dates[0].slots) == 3
    assert not any(db.session.scalars(select(Slot.live)))


@both
def test_coming_dates_hold_their_time_and_history_of_today_does_not(bring: Bring, now: datetime) -> None:
    result = bring(
        row("2026-09-07T08:00", "2026-09-07T09:00"),  # ends now
        row("2026-09-07T08:00", "2026-09-07T10:00"),  # in the midst of it
        row("2027-03-28T08:00", "2027-03-28T09:00", status="requested"),
        row("2027-03-28T08:00", "2027-03-28T09:00", status="cancelled"),
        row("2027-03-28T08:00", "2027-03-28T09:00", status="declined"),
    )
    assert (result.imported, result.coming) == (5, 2)
    live = [booking(str(n)).dates[0].slots[0].live for n in range(1, 6)]
    assert live == [False, True, True, False, False]
    assert booking("3").dates[0].starts_at == datetime(2027, 3, 28, 6, tzinfo=UTC)


@both
def test_clashes_of_coming_dates_are_told_by_line_with_buffers(
    bring: Bring, make: Factory, now: datetime
) -> None:
    make.room("tallen").buffer_after_minutes = 15
    make.room("granen")
    db.session.commit()
    bring(row("2027-02-01T08:00", "2027-02-01T09:00", id="old"))
    with pytest.raises(BookingFileInvalid) as invalid:
        bring(
            row("2027-02-01T09:10", "2027-02-01T10:00"),
            row("2027-02-02T08:00", "2027-02-02T09:00"),
            row("2027-02-02T08:30", "2027-02-02T09:30", resources="granen;tallen"),
            row("2027-02-02T08:00", "2027-02-02T08:30", resources="granen"),
        )
    told = [(each.line, each.column, each.code, each.params.get("line")) for each in invalid.value.problems]
    assert told == [(2, "start", "clash", None), (4, "start", "clash_in_file", 3)]
    assert count(Booking) == 1


@both
def test_a_whole_takes_its_parts_and_what_was_asked_for_is_kept(bring: Bring, make: Factory) -> None:
    whole, west, east = make.room("salen"), make.room("vast"), make.room("ost")
    db.session.add_all([ResourcePart(whole_id=whole.id, part_id=part.id) for part in (west, east)])
    db.session.commit()
    result = bring({"resources": "salen;tallen"}, {"resources": "vast"})
    assert sorted(slugs_of("1")) == ["ost", "tallen", "vast"]
    assert [wish.resource.slug for wish in booking("1").asked_for if wish.resource] == ["salen", "tallen"]
    assert result.overlapping == 2


@both
def test_a_pool_gives_a_free_member_past_and_coming(bring: Bring, make: Factory) -> None:
    pool = make.pool("desks", name="Skrivbord")
    for position, slug in enumerate(["d1", "d2"]):
        make.room(slug, pool_id=pool.id, kind="desk", position=position)
    bring(
        {"resources": "desks"},
        {"resources": "desks"},
        {"resources": "desks"},
        {"resources": "d1", "start": "2026-06-01T09:00"},
        row("2027-02-02T08:00", "2027-02-02T09:00", resources="desks"),
        row("2027-02-02T08:30", "2027-02-02T09:30", resources="desks"),
    )
    assert [slugs_of(str(n)) for n in range(1, 7)] == [["d2"], ["d1"], ["d1"], ["d1"], ["d1"], ["d2"]]
    assert [wish.pool_id for wish in booking("1").asked_for] == [pool.id]
    with pytest.raises(BookingFileInvalid) as invalid:
        bring(row("2027-02-02T08:45", "2027-02-02T09:00", resources="desks", id="7"))
    assert [each.code for each in invalid.value.problems] == ["pool_full"]


@both
def test_a_known_id_with_other_content_is_refused_also_after_its_booking_went_on_living(bring: Bring) -> None:
    coming = row("2027-02-02T08:00", "2027-02-02T09:00", id="x")
    bring(coming)
    booking("x").dates[0].status = "checked_in"
    booking("x").title = "Ny titel"
    db.session.commit()
    assert bring(coming).skipped == 1
    assert bring({**coming, "start": "2027-02-02T08:00+01:00"}).skipped == 1
    with pytest.raises(BookingFileInvalid) as invalid:
        bring({**coming, "title": "Ny titel"})
    assert [(each.line, each.code) for each in invalid.value.problems] == [(2, "known_with_other_content")]


@both
def test_a_dry_run_tells_the_same_and_stores_nothing(bring: Bring) -> None:
    rows = [row("2027-02-02T08:00", "2027-02-02T09:00", organiser_email="nobody@example.org")]
    dry = bring(*rows, dry_run=True)
    assert dry == ImportResult(1, 0, 1, 0, 1, dry_run=True)
    assert count(Booking) == 0
    assert bring(*rows).imported == 1


def test_an_organiser_is_found_never_made(bring: Bring, make: Factory) -> None:
    member = make.person("Anna@example.org".lower())
    result = bring({"organiser_email": "ANNA@example.org"}, {"organiser_email": "x@example.org"}, {})
    assert result.unknown_organisers == 1
    assert booking("1").organiser == member
    assert booking("2").organiser is None


def test_times_are_read_in_the_zone_of_the_first_resource(bring: Bring, make: Factory) -> None:
    make.office("london", timezone="Europe/London")
    make.room("thames", office="london")
    bring({"resources": "thames;tallen", "created_at": "2026-05-01T12:00"})
    assert booking("1").timezone == "Europe/London"
    assert booking("1").dates[0].starts_at == datetime(2026, 6, 1, 7, tzinfo=UTC)
    assert booking("1").created_at == datetime(2026, 5, 1, 11, tzinfo=UTC)


def test_readers_see_the_change(bring: Bring, now: datetime) -> None:
    bring({})
    tallen = db.session.scalars(select(Resource).filter_by(slug="tallen")).one()
    assert (tallen.changes, tallen.changed_at) == (1, now)


def test_holidays_of_the_years_imported_are_stored(bring: Bring, make: Factory) -> None:
    make.office().holidays = "SE"
    db.session.commit()
    bring(row("2014-03-03T08:00", "2014-03-03T09:00"))
    first = db.session.scalar(select(func.min(Closure.starts_at)))
    assert first == datetime(2013, 12, 31, 23, tzinfo=UTC)
    assert make.office().holidays_from_year == 2014


def test_a_retired_room_keeps_its_history_but_takes_nothing_new(bring: Bring, make: Factory) -> None:
    make.room("gammal", retired=True, active_to=date(2026, 9, 1))
    bring({"resources": "gammal"})
    with pytest.raises(BookingFileInvalid) as invalid:
        bring(row("2027-02-02T08:00", "2027-02-02T09:00", resources="gammal", id="2"))
    assert [each.code for each in invalid.value.problems] == ["retired"]


def test_the_days_of_clock_changes_are_exact(bring: Bring) -> None:
    bring(
        row("2026-03-29T00:00", "2026-03-29T06:00"),
        row("2025-10-26T00:00", "2025-10-26T06:00"),
        row("2027-10-31T00:00", "2027-10-31T06:00"),
        row("2027-03-28T00:00", "2027-03-28T06:00"),
    )
    uses = [Interval(each.starts_at, each.ends_at) for n in "1234" for each in booking(n).dates]
    assert [use.duration for use in uses] == [timedelta(hours=hours) for hours in (5, 7, 7, 5)]
