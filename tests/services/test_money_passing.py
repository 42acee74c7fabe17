"""Hosts hear once when a company comes near its cap, and once when it is over it."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import AidPassing, OutboxMail
from app.services.money.companies import declare, take_out
from app.services.money.passing import tell_of_caps
from tests.databases import both
from tests.factories import HOUR, Factory
from tests.services.money_rows import counting
from tests.services.report_rows import store, used

MORNING = datetime(2026, 9, 2, 8, 0, tzinfo=UTC)


def told() -> list[str]:
    return list(db.session.scalars(select(OutboxMail.subject).order_by(OutboxMail.id)))


@both
def test_each_passing_is_told_once(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now, cap=100_000)
    store(used(make, MORNING, MORNING + 3 * HOUR))
    assert tell_of_caps(now) == 0
    store(used(make, MORNING + 3 * HOUR, MORNING + 4 * HOUR))
    assert tell_of_caps(now) == 1
    assert tell_of_caps(now + timedelta(days=1)) == 0
    granit = make.organisation()
    row = declare(
        office, granit, granted_on=now.date(), amount=20_001, granter="Vinnova", note="", by=host, now=now
    )
    assert tell_of_caps(now) == 1
    assert told() == ["Granit AB har fått 80,0 % av sitt tak", "Granit AB har fått mer än sitt tak"]
    take_out(office, granit, row.id, by=host, now=now)
    assert tell_of_caps(now) == 0
    declare(
        office, granit, granted_on=now.date(), amount=20_001, granter="Vinnova", note="", by=host, now=now
    )
    assert tell_of_caps(now) == 1  # over it a second time; near it, it was all the while
    levels = [(each.level, each.ended_at is None) for each in db.session.scalars(select(AidPassing))]
    assert sorted(levels) == [("near", True), ("over", False), ("over", True)]


@both
def test_who_is_over_at_once_is_told_of_in_one_mail(app: Flask, make: Factory, now: datetime) -> None:
    counting(make, now, cap=10_000)
    store(used(make, MORNING, MORNING + HOUR))
    assert tell_of_caps(now) == 1
    assert told() == ["Granit AB har fått mer än sitt tak"]


def test_who_has_received_nothing_here_is_not_told_of(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    declare(
        office,
        make.organisation(),
        granted_on=now.date(),
        amount=1_000_000,
        granter="Vinnova",
        note="",
        by=host,
        now=now,
    )
    assert tell_of_caps(now) == 0


def test_what_falls_out_of_the_three_years_ends_the_passing(app: Flask, make: Factory, now: datetime) -> None:
    counting(make, now, cap=25_000)
    store(used(make, MORNING, MORNING + HOUR))
    assert tell_of_caps(now) == 1
    later = now.replace(year=2029)
    tell_of_caps(later)
    assert [each.ended_at for each in db.session.scalars(select(AidPassing))] == [later]


def test_the_letter_says_what_is_left_and_where_to_look(app: Flask, make: Factory, now: datetime) -> None:
    counting(make, now, cap=25_000)
    store(used(make, MORNING, MORNING + HOUR))
    tell_of_caps(now)
    (body,) = db.session.scalars(select(OutboxMail.body))
    text = body.replace("\N{NO-BREAK SPACE}", " ")
    assert "Det är 80,0 % av taket för stöd av mindre betydelse, 250 kr; 50 kr återstår." in text
    assert "Från Stockholm: 200 kr. Från andra: 0 kr." in text
    assert "http://localhost/host/stockholm/money/companies/granit" in text
