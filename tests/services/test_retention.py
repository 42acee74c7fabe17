"""Bookers become anonymous when their time is over; every figure stays to the digit."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.domain.errors import NotAllowed, Refused
from app.extensions import db
from app.models import Booking, BookingDate, Guest, History, Office, OutboxMail, Resource
from app.services.outbox import Beside, put_mail
from app.services.privacy import keep_bookers, kept_at, make_old_anonymous, retention
from app.services.reports import report_for
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import NOVEMBER, load_october
from tests.services.privacy import (
    DAY,
    EMAIL,
    HOUR,
    NAME,
    TITLE,
    WORDS,
    booked,
    everything,
    figures,
    folders,
    over,
    somebody,
)
from tests.services.report_rows import of

LATER = timedelta(days=800)  # more than 24 months


@both
def test_what_is_over_for_long_loses_its_booker_and_its_words(
    app: Flask, make: Factory, now: datetime, tmp_path: Path
) -> None:
    booking = over(booked(somebody(make), now + DAY, now=now))
    resource = db.session.scalars(select(Resource)).one()
    before, counter, sequence = figures(), resource.changes, booking.dates[0].sequence
    assert make_old_anonymous(now + LATER, folders(tmp_path)) == {"anonymous": 1, "mails_forgotten": 0}
    assert figures() == before
    kept = db.session.scalars(select(Booking)).one()
    assert (kept.organiser_id, kept.title, kept.meeting_url) == (None, "Möte", None)
    assert kept.anonymous_at == now + LATER
    assert kept.dates[0].organiser_id is None
    assert (kept.dates[0].sequence, kept.dates[0].changed_at) == (sequence + 1, now + LATER)
    assert db.session.scalars(select(History.by_id)).all() == [None]
    assert db.session.scalars(select(History.told)).all() == [True]
    assert db.session.scalar(select(func.count()).select_from(Guest)) == 0
    db.session.refresh(resource)
    assert resource.changes > counter
    lines = [line for line in everything().splitlines() if not line.startswith("person ")]
    assert not [line for line in lines if any(word in line for word in WORDS)]
    assert NAME.casefold() in everything()  # the person stays, until they ask


@both
def test_again_changes_nothing(app: Flask, make: Factory, now: datetime, tmp_path: Path) -> None:
    over(booked(somebody(make), now + DAY, now=now))
    make_old_anonymous(now + LATER, folders(tmp_path))
    before = everything()
    assert make_old_anonymous(now + LATER, folders(tmp_path)) == {"anonymous": 0, "mails_forgotten": 0}
    assert everything() == before


@pytest.mark.parametrize(("later", "anonymous"), [(0, 0), (1, 1)])
def test_the_last_date_counts_to_the_second(
    make: Factory, now: datetime, tmp_path: Path, later: int, anonymous: int
) -> None:
    make.office().bookers_kept_months = 1
    over(booked(somebody(make), datetime(2026, 9, 8, 8, tzinfo=UTC), now=now))
    moment = datetime(2026, 10, 8, 9, tzinfo=UTC) - timedelta(seconds=1) + timedelta(seconds=later)
    assert make_old_anonymous(moment, folders(tmp_path))["anonymous"] == anonymous


def test_a_series_goes_when_its_last_date_does(make: Factory, now: datetime, tmp_path: Path) -> None:
    make.office().bookers_kept_months = 1
    booked(somebody(make), now + DAY, now=now, recurrence="FREQ=WEEKLY;COUNT=10")
    after_some = now + timedelta(days=50)
    assert make_old_anonymous(after_some, folders(tmp_path))["anonymous"] == 0
    assert db.session.scalars(select(Booking)).one().title == TITLE
    assert make_old_anonymous(now + timedelta(days=100), folders(tmp_path))["anonymous"] == 1


def test_what_is_going_on_or_to_come_is_never_touched(make: Factory, now: datetime, tmp_path: Path) -> None:
    make.office().bookers_kept_months = 1
    running = booked(somebody(make), now + DAY, now=now)
    assert make_old_anonymous(now + DAY + HOUR / 2, folders(tmp_path))["anonymous"] == 0
    assert make_old_anonymous(now, folders(tmp_path))["anonymous"] == 0
    assert running.organiser_id is not None


def test_an_office_may_keep_them_for_ever(make: Factory, now: datetime, tmp_path: Path) -> None:
    over(booked(somebody(make), now + DAY, now=now))
    make.office().bookers_kept_months = None
    db.session.commit()
    assert make_old_anonymous(now + 10 * LATER, folders(tmp_path))["anonymous"] == 0


def test_of_several_offices_the_first_that_says_so_counts(
    make: Factory, now: datetime, tmp_path: Path
) -> None:
    person = somebody(make)
    make.room("viken", "umea")
    make.office("umea").bookers_kept_months = None
    make.office("visby").bookers_kept_months = 1
    over(booked(person, now + DAY, now=now, resources=("tallen", "viken")))
    assert make_old_anonymous(now + timedelta(days=100), folders(tmp_path))["anonymous"] == 0
    assert make_old_anonymous(now + LATER, folders(tmp_path))["anonymous"] == 1


def test_what_one_turn_does_not_reach_the_next_does(
    make: Factory, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = somebody(make)
    for number in range(5):
        over(booked(person, now + DAY + number * HOUR, now=now))
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "MOST_BATCHES", 2)
    turns = [make_old_anonymous(now + LATER, folders(tmp_path))["anonymous"] for _ in range(3)]
    assert turns == [4, 1, 0]


def test_imported_bookings_go_too_and_are_known_again(make: Factory, now: datetime, tmp_path: Path) -> None:
    booking = over(booked(somebody(make), now + DAY, now=now))
    booking.imported_as, booking.import_hash = "7", "abc"
    db.session.commit()
    make_old_anonymous(now + LATER, folders(tmp_path))
    kept = db.session.scalars(select(Booking)).one()
    assert (kept.imported_as, kept.import_hash, kept.organiser_id) == ("7", "abc", None)


def test_old_mails_and_their_copies_go_but_not_those_with_reports(
    make: Factory, now: datetime, tmp_path: Path
) -> None:
    office = make.office()
    for key in ("invitation:1:0", "report:1:1", "approved:2:0:1"):
        put_mail(key, EMAIL, "s", "b", "sv", now, Beside(office_id=office.id))
    db.session.execute(update(OutboxMail).values(state="sent"))
    db.session.commit()
    copies = folders(tmp_path).mails
    copies.mkdir()
    (copies / f"{now:%Y%m%dT%H%M%SZ}-1.eml").write_text("To: x\n\nb")
    (copies / f"{now + LATER:%Y%m%dT%H%M%SZ}-2.eml").write_text("To: x\n\nb")
    assert make_old_anonymous(now + LATER, folders(tmp_path)) == {"anonymous": 0, "mails_forgotten": 2}
    assert db.session.scalars(select(OutboxMail.key)).all() == ["report:1:1"]
    assert [each.name[-5:] for each in copies.iterdir()] == ["2.eml"]


# Figures


@both
def test_the_worked_example_is_the_same_afterwards(app: Flask, make: Factory, tmp_path: Path) -> None:
    office = load_october()
    before = of(office)
    done = make_old_anonymous(NOVEMBER + LATER, folders(tmp_path))
    after = of(office)
    assert done["anonymous"] == 10
    assert after == before
    assert after["checksum"] == before["checksum"]


@pytest.mark.parametrize("seed", range(4))
def test_any_office_reports_the_same_afterwards(
    make: Factory, now: datetime, tmp_path: Path, seed: int
) -> None:
    chance = Random(seed)
    person, host = somebody(make), make.host()
    make.room("asken")
    for hour in chance.sample(range(200), 12):
        where = chance.sample(["tallen", "asken"], chance.randint(1, 2))
        made = booked(host, now + DAY + hour * HOUR, now=now, resources=where, override=True)
        made.organiser_id = person.id
        for date in made.dates:
            date.status = chance.choice(["confirmed", "checked_in", "no_show", "cancelled"])
            date.women, date.men = chance.choice([None, 0, 7]), chance.choice([None, 3])
    db.session.commit()
    before = report_for("stockholm", "2026-09", now=now + 60 * DAY, by=host)
    assert make_old_anonymous(now + LATER, folders(tmp_path))["anonymous"] == 12
    assert report_for("stockholm", "2026-09", now=now + 60 * DAY, by=host) == before


# The setting


def test_only_an_administrator_sets_it(make: Factory, now: datetime) -> None:
    office = make.office()
    assert office.bookers_kept_months == 24
    with pytest.raises(NotAllowed):
        keep_bookers(office, 12, by=make.host())
    admin = make.person("admin@example.org", role="admin")
    keep_bookers(office, 12, by=admin)
    assert db.session.get_one(Office, office.id).bookers_kept_months == 12
    keep_bookers(office, None, by=admin)
    assert db.session.get_one(Office, office.id).bookers_kept_months is None
    for wrong in (0, 241):
        with pytest.raises(Refused):
            keep_bookers(office, wrong, by=admin)


def test_what_is_due_and_what_was_done_is_told(make: Factory, now: datetime, tmp_path: Path) -> None:
    office = make.office()
    over(booked(somebody(make), now + DAY, now=now))
    assert (kept_at(office, 24, now).due, kept_at(office, 24, now + LATER).due) == (0, 1)
    make_old_anonymous(now + LATER, folders(tmp_path))
    told = kept_at(office, 24, now + LATER)
    assert (told.due, told.anonymous, told.last_at) == (0, 1, now + LATER)
    assert not db.session.scalars(select(BookingDate).where(BookingDate.organiser_id.is_not(None))).all()
