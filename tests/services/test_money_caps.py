"""Another cap: who it brings to another level is told, why is asked, and what was said is kept."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.errors import NotAllowed, Refused
from app.extensions import db
from app.models import AidCap, AidTerms, Office, Person
from app.services.money.cap_effect import CapEffect, effect_of_company, effect_of_terms
from app.services.money.caps import caps_of, own_caps_of
from app.services.money.companies import Company, set_company
from app.services.money.entering import enter_company, enter_terms
from tests.databases import both
from tests.factories import HOUR, Factory
from tests.services.money_rows import counting, terms
from tests.services.report_rows import store, used

AUGUST = datetime(2026, 8, 8, 8, 0, tzinfo=UTC)
Counted = tuple[Office, Person]


@pytest.fixture
def counted(app: Flask, make: Factory, now: datetime) -> Counted:
    """Granit received 400 kr of 10 000."""
    office, host = counting(make, now)
    store(used(make, AUGUST, AUGUST + 2 * HOUR))
    return office, host


def levels(effect: CapEffect | None) -> list[tuple[str, str, str]]:
    assert effect is not None
    return [(each.undertaking.name, each.before.level, each.after.level) for each in effect.passing]


@both
def test_who_comes_to_another_level_by_the_offices_cap(counted: Counted, now: datetime) -> None:
    office, _ = counted
    assert levels(effect_of_terms(office, terms(cap=500_00), now=now)) == [("Granit AB", "below", "near")]
    assert levels(effect_of_terms(office, terms(cap=399_00), now=now)) == [("Granit AB", "below", "over")]
    assert levels(effect_of_terms(office, terms(cap=501_00), now=now)) == []
    assert effect_of_terms(office, terms(granter="Staden"), now=now) is None
    assert effect_of_terms(office, terms(cap=-1), now=now) is None
    assert db.session.scalars(select(AidTerms)).one().cap == 1_000_000  # nothing is kept


@both
def test_a_cap_in_another_currency_without_a_rate(counted: Counted, now: datetime) -> None:
    office, _ = counted
    found = effect_of_terms(office, terms(cap=500_00, cap_currency="EUR"), now=now)
    assert found is not None
    assert (found.caps, found.currencies) == ((1_000_000, 500_00), ("SEK", "EUR"))
    assert levels(found) == []


@both
def test_who_comes_to_another_level_by_a_cap_of_its_own(
    counted: Counted, make: Factory, now: datetime
) -> None:
    office, host = counted
    granit = make.organisation()
    own = Company(cap=450_00, reason="Jordbruk.")
    assert levels(effect_of_company(office, granit, own, now=now)) == [("Granit AB", "below", "near")]
    assert effect_of_company(office, granit, Company(sector="62.10"), now=now) is None
    assert effect_of_company(office, granit, Company(cap=450_00), now=now) is None  # refused: no reason
    set_company(office, granit, own, by=host, now=now)
    found = effect_of_company(office, granit, Company(), now=now)
    assert levels(found) == [("Granit AB", "near", "below")]
    assert found is not None
    assert found.caps == (450_00, 1_000_000)


@both
def test_a_changed_cap_asks_why_and_is_kept(counted: Counted, make: Factory, now: datetime) -> None:
    office, host = counted
    with pytest.raises(Refused) as refused:
        enter_terms(office, terms(cap=500_00), " ", by=host, now=now)
    assert [each.code for each in refused.value.refusals] == ["reason_missing"]
    enter_terms(office, terms(cap=500_00), "Ny förordning.", by=host, now=now)
    enter_terms(office, terms(cap=500_00, granter="Staden"), "", by=host, now=now)
    first, second = caps_of(office)
    assert (first.before, first.before_currency, first.cap, first.currency) == (None, None, 1_000_000, "SEK")
    assert (second.before, second.cap, second.reason) == (1_000_000, 500_00, "Ny förordning.")
    assert (second.entered_at, second.by) == (now, host)
    with pytest.raises(NotAllowed):
        enter_terms(office, terms(), "Därför.", by=make.person("nils@example.com"), now=now)


@both
def test_a_cap_of_its_own_is_kept_and_taken_back_with_a_reason(
    counted: Counted, make: Factory, now: datetime
) -> None:
    office, host = counted
    granit = make.organisation()
    enter_company(office, granit, Company(cap=450_00, reason="Jordbruk."), by=host, now=now)
    enter_company(office, granit, Company(cap=450_00, reason="Jordbruk.", sector="01.11"), by=host, now=now)
    with pytest.raises(Refused):
        enter_company(office, granit, Company(), by=host, now=now)
    enter_company(office, granit, Company(reason="Fel."), by=host, now=now)
    said = [(each.before, each.cap, each.currency, each.reason) for each in own_caps_of(granit)]
    assert said == [(None, 450_00, "SEK", "Jordbruk."), (450_00, None, None, "Fel.")]
    assert len(caps_of(office)) == 1
    assert len(db.session.scalars(select(AidCap)).all()) == 3
