"""Hosts hear once when a company comes near its cap, and once when it is over it."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import AidPassing, Office, OutboxMail
from app.services.money.companies import declare, take_out
from app.services.money.decisions import decide_category
from app.services.money.passing import tell_of_caps
from app.services.money.terms import set_terms
from tests.databases import both
from tests.factories import HOUR, Factory
from tests.services.money_rows import counting, terms, value
from tests.services.report_rows import store, used

MORNING = datetime(2026, 9, 2, 8, 0, tzinfo=UTC)


def told() -> list[str]:
    return list(db.session.scalars(select(OutboxMail.subject).order_by(OutboxMail.id)))


def bodies() -> dict[str, str]:
    """By recipient, the last mail to them."""
    mails = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id))
    return {each.recipient: each.body.replace("\N{NO-BREAK SPACE}", " ") for each in mails}


def umea_counts_too(make: Factory, now: datetime, **other: object) -> Office:
    """Björken in Umeå at 100 kr an hour, towards the same cap."""
    umea = make.office("umea")
    host, room = make.host("umea@example.org", office=umea), make.room("bjorken", office="umea")
    set_terms(umea, terms(**other), by=host, now=now)
    value(room, 100, by=host, now=now)
    decide_category(umea, make.category().id, True, None, "Gratis.", by=host, now=now)
    return umea


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
    assert "Från Stockholm: 200 kr.\n\nBokningarna bakom:\n" in text
    assert "Från andra" not in text
    assert "våra andra kontor" not in text
    assert "http://localhost/host/stockholm/money/companies/granit" in text


@both
def test_what_several_offices_gave_is_one_mail_to_each_of_their_hosts(
    app: Flask, make: Factory, now: datetime
) -> None:
    office, everywhere = counting(make, now, cap=40_000)
    make.host("stockholm@example.org", office=office)
    umea_counts_too(make, now, cap=40_000)
    store(used(make, MORNING, MORNING + HOUR))
    store(used(make, MORNING, MORNING + HOUR, room="bjorken"))
    declare(
        office,
        make.organisation(),
        granted_on=now.date(),
        amount=2_500,
        granter="Vinnova",
        note="",
        by=everywhere,
        now=now,
    )
    assert tell_of_caps(now) == 3
    assert tell_of_caps(now + timedelta(days=1)) == 0
    found = bodies()
    assert sorted(found) == ["host@example.org", "stockholm@example.org", "umea@example.org"]
    assert set(told()) == {"Granit AB har fått 81,2 % av sitt tak"}
    declared = "Från andra, enligt företagets egen uppgift: 25 kr.\n"
    assert f"Från Stockholm: 200 kr.\nFrån Umea: 100 kr.\n{declared}\n" in found["host@example.org"]
    own = f"Från Stockholm: 200 kr.\nFrån våra andra kontor: 100 kr.\n{declared}\n"
    assert own in found["stockholm@example.org"]
    assert "money/companies" in found["stockholm@example.org"]
    assert "/umea/" not in found["stockholm@example.org"]
    assert f"Från Umea: 100 kr.\nFrån våra andra kontor: 200 kr.\n{declared}\n" in found["umea@example.org"]
    for place in ("Stockholm", "Umea"):
        link = f"{place}: http://localhost/host/{place.lower()}/money/companies/granit\n"
        assert link in found["host@example.org"]


@both
def test_an_office_that_gives_something_later_tells_its_own_hosts_alone(
    app: Flask, make: Factory, now: datetime
) -> None:
    counting(make, now, cap=25_000)
    store(used(make, MORNING, MORNING + HOUR))
    umea_counts_too(make, now, cap=25_000)
    assert tell_of_caps(now) == 1
    store(used(make, MORNING, MORNING + HOUR / 10, room="bjorken"))
    assert tell_of_caps(now) == 1
    assert {*bodies()} == {"host@example.org", "umea@example.org"}
    store(used(make, MORNING + HOUR, MORNING + 2 * HOUR, room="bjorken"))
    assert tell_of_caps(now) == 2  # over it is another event
    assert len(told()) == 4


@both
def test_offices_with_other_caps_pass_them_apart(app: Flask, make: Factory, now: datetime) -> None:
    counting(make, now, cap=30_000)
    umea_counts_too(make, now, cap=37_000)
    store(used(make, MORNING, MORNING + HOUR))
    store(used(make, MORNING, MORNING + HOUR, room="bjorken"))
    assert tell_of_caps(now) == 3
    texts = bodies()
    assert "taket för stöd av mindre betydelse, 370 kr" in texts["umea@example.org"]
    assert sorted(told()) == ["Granit AB har fått 100,0 % av sitt tak"] + 2 * [
        "Granit AB har fått 81,0 % av sitt tak"
    ]
