"""What each company has received beside its cap, the register, and what hosts are told ahead."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.domain.errors import NotAllowed, NotFound, Refused
from app.domain.interval import Interval
from app.domain.money import MOST_PER_HOUR
from app.domain.period import Period
from app.extensions import db
from app.models import AidElsewhere, Organisation
from app.services.bookings import book
from app.services.money.ahead import ahead_of, ahead_of_wish
from app.services.money.companies import (
    Company,
    declare,
    set_company,
    take_out,
    undertaking_of,
)
from app.services.money.decisions import decide_category
from app.services.money.received import account_of, received, received_by
from app.services.money.register import as_json, register
from app.services.money.terms import add_rate, set_terms
from app.services.money.uses import sum_of, values_at
from app.services.money.values import set_values
from tests.databases import both
from tests.factories import HOUR, TEN, Factory, wish
from tests.services.money_rows import RATE, counting, terms, value
from tests.services.report_rows import store, used

TODAY = date(2026, 9, 7)
SEPTEMBER = Period.parse("2026-09")
MORNING = datetime(2026, 9, 2, 8, 0, tzinfo=UTC)  # a Wednesday, 10:00


@both
def test_what_a_company_received_is_counted_in_the_currency_of_the_cap(
    app: Flask, make: Factory, now: datetime
) -> None:
    office, host = counting(make, now, cap=30_000_000, cap_currency="EUR")
    store(used(make, MORNING, MORNING + HOUR), used(make, TEN - 7 * timedelta(days=1), TEN - 165 * HOUR))
    add_rate(office, date(2026, 9, 2), 10_000_000, "ECB", by=host, now=now)
    (found,) = received(office, TODAY).companies
    assert found.here_own == 200_00 + 600_00
    by_day = {each.day: each.amount for each in found.uses}
    assert by_day == {date(2026, 9, 1): 600_00, date(2026, 9, 2): 200_00}
    assert found.here == round(600_00 * 1_000_000 / RATE) + 20_00
    assert found.standing.share == found.here / 30_000_000


def test_without_a_rate_it_is_told_and_in_no_sum(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    set_terms(office, terms(cap_currency="EUR"), by=host, now=now)
    store(used(make, MORNING, MORNING + HOUR))
    found = received(office, TODAY)
    assert found.lacks_rate
    assert (found.companies[0].here_own, found.companies[0].here) == (200_00, 0)


@both
def test_only_the_last_three_years_count(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    first = datetime(
        2023, 9, 8, 8, 0, tzinfo=UTC
    )  # the first of the three years that end on 7 September 2026
    store(used(make, first, first + HOUR), used(make, first - 24 * HOUR, first - 22 * HOUR))
    organisation = make.organisation()
    for day in (date(2023, 9, 7), date(2023, 9, 8), TODAY):
        _declare(office, organisation, day, 5_000, host, now)
    (found,) = received(office, TODAY).companies
    assert found.here == 200_00
    assert [each.granted_on for each in found.declared] == [date(2023, 9, 8), TODAY]
    assert found.total == 200_00 + 10_000


def _declare(
    office: object, organisation: Organisation, day: date, amount: int, by: object, now: datetime
) -> AidElsewhere:
    return declare(
        office, organisation, granted_on=day, amount=amount, granter="Vinnova", note="", by=by, now=now
    )


@both
def test_what_other_offices_gave_counts_towards_the_same_cap(
    app: Flask, make: Factory, now: datetime
) -> None:
    office, host = counting(make, now)
    there = make.room("bjorken", office="umea")
    value(there, 100, by=host, now=now)
    store(used(make, MORNING, MORNING + HOUR), used(make, MORNING, MORNING + HOUR, room="bjorken"))
    (found,) = received(office, TODAY).companies
    assert (found.here, found.other_offices) == (200_00, 0)  # Umeå has said nothing yet
    set_terms(there.office, terms(), by=host, now=now)
    decide_category(there.office, make.category().id, True, None, "Gratis.", by=host, now=now)
    (found,) = received(office, TODAY).companies
    assert (found.here, found.other_offices, found.total) == (200_00, 100_00, 300_00)
    assert [each.booking_id for each in found.uses] == [values_at(office, SEPTEMBER)[0].booking_id]


def _number(organisation: Organisation, number: str) -> None:
    organisation.organisation_number = number
    db.session.commit()


@both
def test_organisations_with_one_number_or_one_undertaking_share_a_cap(
    app: Flask, make: Factory, now: datetime
) -> None:
    office, host = counting(make, now)
    _number(make.organisation(), "556000-0001")
    branch = make.organisation("granit-norr", organisation_number="5560000001")
    sister = make.organisation("skiffer")
    set_company(office, sister, Company(undertaking="Bergkoncernen"), by=host, now=now)
    start = MORNING
    for slug in ("granit", "granit-norr", "skiffer"):
        store(used(make, start, start + HOUR, organisation_id=make.organisation(slug).id))
        start += HOUR
    by_name = {each.undertaking.name: each.here for each in received(office, TODAY).companies}
    assert by_name == {"Granit AB": 400_00, "Bergkoncernen": 200_00}
    set_company(office, branch, Company(undertaking="bergkoncernen"), by=host, now=now)
    assert undertaking_of(sister).ids == {sister.id, branch.id}


@both
def test_a_company_may_have_a_cap_of_its_own_with_a_reason(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    store(used(make, MORNING, MORNING + HOUR))
    granit = make.organisation()
    with pytest.raises(Refused) as wrong:
        set_company(office, granit, Company(cap=25_000), by=host, now=now)
    assert [each.code for each in wrong.value.refusals] == ["reason_missing"]
    set_company(office, granit, Company(cap=25_000, reason="Jordbruk."), by=host, now=now)
    (found,) = received(office, TODAY).companies
    assert (found.cap, found.standing.level) == (25_000, "near")
    assert received_by(office, undertaking_of(granit), TODAY).cap == 25_000


@both
def test_a_cap_in_another_currency_is_left_to_the_office_that_said_it(
    app: Flask, make: Factory, now: datetime
) -> None:
    office, host = counting(make, now)
    umea, granit = make.office("umea"), make.organisation()
    set_company(office, granit, Company(cap=25_000, reason="Jordbruk."), by=host, now=now)
    set_company(umea, granit, Company(sector="01.11", reason="Jordbruk."), by=host, now=now)
    assert undertaking_of(granit).cap("SEK") == 25_000
    set_terms(umea, terms(cap_currency="EUR"), by=host, now=now)
    set_company(umea, granit, Company(sector="01.13", reason="Jordbruk."), by=host, now=now)
    assert undertaking_of(granit).cap("SEK") == 25_000
    set_company(office, granit, Company(), by=host, now=now)
    assert undertaking_of(granit).cap("SEK") is None


@both
def test_all_that_was_declared_can_be_read_of_one(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    granit = make.organisation()
    counted, older = (_declare(office, granit, day, 500, host, now) for day in (TODAY, date(2020, 1, 1)))
    set_terms(office, terms(cap_currency="EUR"), by=host, now=now)
    other = _declare(office, granit, TODAY, 700, host, now)
    set_terms(office, terms(), by=host, now=now)
    found = account_of(office, undertaking_of(granit), TODAY).of(undertaking_of(granit))
    assert (found.declared, found.not_counted, found.total) == ([counted], [older, other], 500)
    (listed,) = received(office, TODAY).companies
    assert listed.not_counted == [other]


@both
def test_what_was_declared_by_mistake_is_taken_out_and_kept(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    granit = make.organisation()
    row = _declare(office, granit, TODAY, 900_000, host, now)
    assert received(office, TODAY).companies[0].standing.level == "near"
    take_out(office, granit, row.id, by=host, now=now)
    assert received(office, TODAY).companies == []
    assert db.session.get(AidElsewhere, row.id).removed_by_id == host.id
    with pytest.raises(NotFound):
        take_out(office, granit, row.id, by=host, now=now)


def test_what_is_declared_has_to_make_sense(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    with pytest.raises(Refused) as wrong:
        declare(
            office,
            make.organisation(),
            granted_on=date(2026, 9, 8),
            amount=0,
            granter="",
            note="",
            by=host,
            now=now,
        )
    assert {each.code for each in wrong.value.refusals} == {"amount_wrong", "words_missing", "granted_ahead"}


def test_terms_have_to_make_sense(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    with pytest.raises(Refused) as wrong:
        set_terms(office, terms(currency="kr", cap=-1, granter=" "), by=host, now=now)
    assert {each.field for each in wrong.value.refusals} == {"currency", "cap", "granter"}
    with pytest.raises(Refused) as nothing:
        set_terms(office, terms(cap=0), by=host, now=now)
    assert [each.code for each in nothing.value.refusals] == ["amount_wrong"]
    with pytest.raises(Refused) as needless:
        add_rate(office, TODAY, RATE, "ECB", by=host, now=now)
    assert [each.code for each in needless.value.refusals] == ["rate_needless"]
    set_terms(office, terms(cap_currency="EUR"), by=host, now=now)
    with pytest.raises(Refused) as zero:
        add_rate(office, TODAY, 0, "", by=host, now=now)
    assert {each.code for each in zero.value.refusals} == {"rate_wrong", "words_missing"}


def test_values_have_to_make_sense(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now)
    with pytest.raises(Refused) as wrong:
        set_values(office, [], -1, None, by=host, now=now)
    assert {each.code for each in wrong.value.refusals} == {"nothing_chosen", "value_wrong"}
    room = make.room().id
    with pytest.raises(Refused):
        set_values(office, [room], MOST_PER_HOUR + 1, None, by=host, now=now)
    assert set_values(office, [room], MOST_PER_HOUR, None, by=host, now=now) == 1
    assert set_values(office, [room], 0, None, by=host, now=now) == 1  # free of charge
    with pytest.raises(NotFound):
        set_values(office, [make.room("bjorken", office="umea").id], 100, None, by=host, now=now)
    with pytest.raises(NotAllowed):
        set_values(office, [make.room().id], 100, None, by=make.person(), now=now)


@both
def test_the_register_has_an_entry_for_each_company_and_day(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now, cap_currency="EUR")
    _number(make.organisation(), "556000-0001")
    set_company(office, make.organisation(), Company(sector="62.01"), by=host, now=now)
    store(
        used(make, MORNING, MORNING + HOUR),
        used(make, MORNING + HOUR, MORNING + 2 * HOUR),
        used(make, TEN, TEN + HOUR, organisation_id=make.organisation("skiffer").id),
    )
    found = register(office, SEPTEMBER, by=host, today=SEPTEMBER.last)
    first, second = found.entries
    assert (first.day, first.amount, first.sector, len(first.bookings)) == (
        date(2026, 9, 2),
        400_00,
        "62.01",
        2,
    )
    assert first.converted == 2 * round(200_00 * 1_000_000 / RATE)
    assert (second.name, second.organisation_number) == ("Skiffer AB", "")
    assert found.unnumbered == ["Skiffer AB"]
    until_now = register(office, SEPTEMBER, by=host, today=first.day)
    assert until_now.entries == [each for each in found.entries if each.day <= first.day]
    assert not register(office, SEPTEMBER, by=host, today=first.day - timedelta(days=1)).entries
    told = as_json(found)
    assert told["granter"] == "Region Västerbotten"
    assert told["entries"][0]["amount"] == 400.0
    assert told["entries"][0]["granted_on"] == "2026-09-02"
    with pytest.raises(NotAllowed):
        register(office, SEPTEMBER, by=make.person(), today=SEPTEMBER.last)
    with pytest.raises(Refused):
        register(make.office("umea"), SEPTEMBER, by=host, today=SEPTEMBER.last)


@both
def test_the_register_adds_up_to_what_companies_received(app: Flask, make: Factory, now: datetime) -> None:
    office, host = counting(make, now, cap_currency="EUR")
    for number in range(5):
        start = MORNING + number * HOUR
        store(used(make, start, start + timedelta(minutes=7 * number + 1)))
    entries = register(office, SEPTEMBER, by=host, today=SEPTEMBER.last).entries
    (company,) = received(office, date(2026, 9, 30)).companies
    assert sum(each.amount for each in entries) == company.here_own == sum_of(company.uses)
    assert sum(each.converted for each in entries) == company.here


@both
def test_a_host_is_told_where_a_booking_would_bring_a_company(
    app: Flask, make: Factory, now: datetime
) -> None:
    office, host = counting(make, now, cap=100_000)
    store(used(make, MORNING, MORNING + 3 * HOUR))
    held = [(_interval(TEN, 1), [make.room()])]
    granit = make.organisation()
    ahead = ahead_of_wish(office, granit, held, by=host)
    assert (ahead.standing.received, ahead.standing.level, ahead.worth_saying) == (80_000, "near", True)
    assert ahead_of_wish(office, granit, held, by=make.person()) is None
    region = make.organisation("regionen", "region")
    assert ahead_of_wish(office, region, held, by=host) is None
    booking = book(wish(TEN), by=host, now=now)
    there = ahead_of(booking, office, by=host)
    assert (there.day, there.standing.received) == (date(2026, 9, 8), 80_000)
    assert ahead_of(booking, office, by=make.person()) is None


def _interval(start: datetime, hours: int) -> Interval:
    return Interval(start, start + hours * HOUR)
