"""Calendars fetched again and again: asked whether they changed, backed off from, none held up by another."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.errors import NotAllowed
from app.extensions import db
from app.models import OutsideCalendar, OutsideTime, Person
from app.services.directory import directory
from app.services.outside_calendars import EVERY, Source, add_calendar, fetch_soon, remove_calendar
from app.services.outside_fetching import BATCH, LONGEST_PAUSE, READ_AGAIN, fetch_due
from calendars.fetch import NEVER_ASKED, Fetched, FetchError, Known
from tests.databases import both
from tests.factories import HOUR, TEN, Factory

ADDRESS = "https://calendars.example.org/private-9f3c/a.ics"
KNOWN = Known('"7"', "Mon, 07 Sep 2026 08:00:00 GMT")


@pytest.fixture
def host(make: Factory) -> Person:
    make.room("tallen")
    return make.host()


def keep(host: Person, address: str = ADDRESS) -> OutsideCalendar:
    """As it is when it has been fetched once."""
    room = directory().resources["tallen"]
    source = Source("Annas Outlook", address, None, True, False)
    times = [(TEN, TEN + HOUR, None)]
    calendar = add_calendar(room.id, source, times, TEN + timedelta(days=700), by=host, now=TEN - HOUR)
    calendar.due_at = TEN - HOUR + EVERY
    calendar.etag, calendar.last_modified = KNOWN.etag, KNOWN.last_modified
    db.session.commit()
    return calendar


def ics(*starts: datetime) -> bytes:
    events = [
        f"BEGIN:VEVENT\nUID:{number}@there\nDTSTART:{start:%Y%m%dT%H%M%SZ}\nDURATION:PT1H\nEND:VEVENT"
        for number, start in enumerate(starts)
    ]
    return "\n".join(["BEGIN:VCALENDAR", *events, "END:VCALENDAR"]).encode()


class Outside:
    """Answers in the place of every server, and notes what it was asked."""

    def __init__(self, answer: Callable[[], Fetched]) -> None:
        self.answer, self.asked = answer, list[tuple[str, Known]]()

    def __call__(self, address: str, known: Known) -> Fetched:
        self.asked.append((address, known))
        return self.answer()


def fails(code: str) -> Outside:
    def answer() -> Fetched:
        raise FetchError(code)

    return Outside(answer)


def sends(*starts: datetime) -> Outside:
    return Outside(lambda: Fetched(ics(*starts), Known('"8"')))


UNCHANGED = Outside(lambda: Fetched(None, KNOWN))


def starts() -> list[datetime]:
    return list(db.session.scalars(select(OutsideTime.starts_at).order_by(OutsideTime.starts_at)))


@both
def test_it_is_fetched_when_its_turn_has_come(make: Factory, host: Person) -> None:
    calendar = keep(host)
    outside = sends(TEN + HOUR, TEN + 3 * HOUR)
    assert fetch_due(TEN - HOUR, outside).fetched == 0
    due = TEN - HOUR + EVERY
    assert fetch_due(due, outside).fetched == 1
    assert outside.asked == [(ADDRESS, KNOWN)]
    assert starts() == [TEN + HOUR, TEN + 3 * HOUR]
    assert (calendar.etag, calendar.last_modified, calendar.error) == ('"8"', "", None)
    assert calendar.tried_at == calendar.good_at == calendar.read_at == due
    assert calendar.due_at == due + EVERY
    assert fetch_due(due, outside).fetched == 0


@both
def test_what_has_not_changed_is_read_anew_once_a_day(make: Factory, host: Person) -> None:
    calendar = keep(host)
    read_at = calendar.read_at
    UNCHANGED.asked.clear()
    assert fetch_due(TEN, UNCHANGED).fetched == 1
    assert (calendar.read_at, calendar.good_at, starts()) == (read_at, TEN, [TEN])
    later = read_at + READ_AGAIN
    again = sends(TEN)
    fetch_due(later, again)
    assert again.asked == [(ADDRESS, NEVER_ASKED)]  # so it comes whole, and series are laid out further
    assert calendar.read_at == later
    assert calendar.reaches_until > datetime(2028, 9, 1, tzinfo=UTC)


def test_the_same_content_writes_no_times(make: Factory, host: Person) -> None:
    keep(host)
    (before,) = db.session.scalars(select(OutsideTime.id))
    fetch_due(TEN, sends(TEN))
    assert list(db.session.scalars(select(OutsideTime.id))) == [before]


@both
def test_failures_are_told_and_backed_off_from(make: Factory, host: Person) -> None:
    calendar, moment = keep(host), TEN
    good_at, pauses = calendar.good_at, []
    for _ in range(9):
        turn = fetch_due(moment, fails("unreachable"))
        assert (turn.fetched, turn.unreachable, turn.wrong) == (0, 1, [])
        assert calendar.due_at
        pauses.append(calendar.due_at - moment)
        moment = calendar.due_at
    assert pauses[:4] == [2 * EVERY, 4 * EVERY, 8 * EVERY, 16 * EVERY]
    assert pauses[-1] == LONGEST_PAUSE
    assert (calendar.error, calendar.failures, calendar.good_at) == ("unreachable", 9, good_at)
    assert starts() == [TEN]  # what it had still stands
    fetch_due(moment, sends(TEN))
    assert (calendar.error, calendar.failures, calendar.due_at) == (None, 0, moment + EVERY)


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"<html>Sign in</html>", "no_calendar"), (b"x" * 1_000_001, "too_large")],
)
def test_what_comes_and_is_no_calendar(make: Factory, host: Person, content: bytes, error: str) -> None:
    calendar = keep(host)
    fetch_due(TEN, Outside(lambda: Fetched(content, Known('"9"'))))
    assert (calendar.error, calendar.etag, starts()) == (error, KNOWN.etag, [TEN])


def test_one_that_breaks_us_holds_up_no_other(make: Factory, host: Person) -> None:
    broken, fine = keep(host, ADDRESS + "?broken"), keep(host)

    def answer(address: str, known: Known) -> Fetched:
        if address.endswith("broken"):
            raise ZeroDivisionError(address)
        return Fetched(ics(TEN), known)

    turn = fetch_due(TEN, answer)
    assert (turn.fetched, turn.wrong) == (1, [f"calendar {broken.id}: ZeroDivisionError"])
    assert (broken.error, fine.error) == ("broken", None)


def test_a_turn_has_an_end(make: Factory, host: Person) -> None:
    for _ in range(BATCH + 1):
        keep(host)
    outside = sends(TEN)
    assert fetch_due(TEN, outside).fetched == BATCH
    assert fetch_due(TEN, outside).fetched == 1


def test_what_is_taken_away_or_out_of_use_is_not_fetched(make: Factory, host: Person) -> None:
    calendar = keep(host)

    def taken_away_meanwhile() -> Fetched:
        remove_calendar(calendar.id, make.office(), by=host)
        return Fetched(ics(TEN), NEVER_ASKED)

    assert fetch_due(TEN, Outside(taken_away_meanwhile)).fetched == 1
    assert not db.session.scalars(select(OutsideCalendar)).all()
    assert starts() == []
    keep(host)
    make.room("tallen").retired = True
    db.session.commit()
    assert fetch_due(TEN, sends(TEN)).fetched == 0


@both
def test_what_is_added_is_fetched_at_the_next_turn(make: Factory, host: Person) -> None:
    room = directory().resources["tallen"]
    calendar = add_calendar(room.id, Source("Annas", ADDRESS, None, True, False), (), TEN, by=host, now=TEN)
    assert (calendar.has_come, starts()) == (False, [])
    assert fetch_due(TEN, fails("gone")).unreachable == 1
    assert (calendar.has_come, calendar.error) == (False, "gone")
    fetch_soon(calendar.id, make.office(), by=host, now=TEN)
    outside = sends(TEN)
    assert fetch_due(TEN, outside).fetched == 1
    assert outside.asked == [(ADDRESS, NEVER_ASKED)]
    assert (calendar.has_come, calendar.error, starts()) == (True, None, [TEN])


@both
def test_a_host_has_it_fetched_soon(make: Factory, host: Person) -> None:
    calendar, office = keep(host), make.office()
    assert fetch_due(TEN - HOUR, sends(TEN)).fetched == 0
    fetch_soon(calendar.id, office, by=host, now=TEN - HOUR)
    assert fetch_due(TEN - HOUR, sends(TEN + HOUR)).fetched == 1
    assert (starts(), calendar.due_at) == ([TEN + HOUR], TEN - HOUR + EVERY)
    with pytest.raises(NotAllowed):
        fetch_soon(calendar.id, office, by=make.person(), now=TEN)
    room = directory().resources["tallen"]
    file = Source("En fil", None, "a.ics", False, False)
    uploaded = add_calendar(room.id, file, [], TEN + HOUR, by=host, now=TEN)
    fetch_soon(uploaded.id, office, by=host, now=TEN)
    assert (uploaded.due_at, uploaded.has_come) == (None, True)
