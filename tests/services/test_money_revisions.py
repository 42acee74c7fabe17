"""Money alone makes a revision, and is named where a frozen report is counted again."""

import json
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import update

from app.domain.period import Period
from app.extensions import db
from app.models import Booking, Category, Office, Organisation, Person, Project, ReportSnapshot
from app.services.money.companies import Company, declare, set_company
from app.services.money.decisions import decide_booking, decide_category
from app.services.money.terms import set_terms
from app.services.money.values import set_values
from app.services.reports.aid import COUNTED_MONEY
from app.services.reports.public import for_public, without_annex
from app.services.reports.verification import Verification, verify
from app.services.snapshots import content_of, freeze, frozen, pending
from app.wording.report.changes import changes_table, correction
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import NOVEMBER, load_project
from tests.services.money_rows import terms

OCTOBER = Period.parse("2026-10")
LATER = NOVEMBER + timedelta(days=20)
Counted = tuple[Office, Project, Person]


@pytest.fixture
def counted(app: Flask, make: Factory) -> Counted:
    """October of the worked example at 100 kr an hour, frozen; companies receive aid."""
    office, project = load_project()
    host = make.host("money@example.org")
    set_terms(office, terms(), by=host, now=NOVEMBER)
    value(make, office, host, 100, at=NOVEMBER)
    decide_category(office, category("company"), True, None, "Gratis.", by=host, now=NOVEMBER)
    freeze(office, project, OCTOBER, now=NOVEMBER)
    return office, project, host


def value(make: Factory, office: Office, host: Person, kronor: int, *, at: datetime) -> None:
    rooms = [make.room(slug).id for slug in ("a", "b")]
    set_values(office, rooms, kronor * 100, None, "Fel hyra.", by=host, now=at)


def category(slug: str) -> int:
    return db.session.query(Category).filter_by(slug=slug).one().id


def again(counted: Counted, revision: int | None = None) -> Verification:
    return verify(counted[0], OCTOBER, counted[1], revision, now=LATER)


def refrozen(counted: Counted) -> ReportSnapshot:
    return freeze(counted[0], counted[1], OCTOBER, now=LATER)


def told(changes: object) -> dict[str, tuple[object, object]]:
    assert isinstance(changes, list)
    return {each["figure"]: (each["before"], each["after"]) for each in changes}


def company() -> Organisation:
    return db.session.query(Organisation).filter_by(slug="exempelbolaget").one()


@both
def test_nothing_has_changed(app: Flask, counted: Counted) -> None:
    found = again(counted)
    assert (found.holds, found.money, found.money_kept) == (True, [], found.money_now)
    assert refrozen(counted).revision == 1
    assert COUNTED_MONEY not in content_of(frozen(counted[0], OCTOBER, counted[1]))


@both
def test_another_value_for_days_that_are_over(app: Flask, make: Factory, counted: Counted) -> None:
    office, project, host = counted
    value(make, office, host, 150, at=LATER)
    found = again(counted)
    assert (found.same_data, found.figures_hold, found.same_money, found.holds) == (True, True, False, False)
    before, after = told(found.money)["aid_total.value"]
    assert after == before * 1.5
    assert pending(office, project, OCTOBER, now=LATER).is_new
    old = json.dumps(content_of(frozen(office, OCTOBER, project, 1)), sort_keys=True)
    second = content_of(refrozen(counted))
    assert second["revision"] == 2
    changed = told(second["changes"])
    assert changed["aid_total.value"] == (before, after)
    assert {each.partition(".")[0] for each in changed} == {"aid", "aid_total"}
    assert changed["aid.exempelbolaget.share_of_cap"]  # what follows from it
    assert [each["cause"] for each in second["causes"]] == ["revalued"]
    assert json.dumps(content_of(frozen(office, OCTOBER, project, 1)), sort_keys=True) == old
    assert again(counted).holds
    assert not again(counted, 1).holds


@both
def test_another_decision_about_a_category(app: Flask, counted: Counted) -> None:
    office, _, host = counted
    decide_category(office, category("company"), False, date(2026, 10, 1), "Hyra.", by=host, now=LATER)
    found = again(counted)
    assert not found.holds
    assert told(found.money)["aid.exempelbolaget.aid"][1] == 0
    assert "aid_total.value" not in told(found.money)
    assert [each["cause"] for each in refrozen(counted).content["causes"]] == ["decided"]


@both
def test_another_decision_about_one_booking(app: Flask, counted: Counted) -> None:
    office, _, host = counted
    booking = db.session.query(Booking).filter_by(organisation_id=company().id).order_by(Booking.id).first()
    decide_booking(office, booking.id, False, "Full hyra.", by=host, now=LATER)
    assert "aid.exempelbolaget.aid" in told(again(counted).money)
    assert refrozen(counted).content["causes"] == [{"cause": "decided", "count": 1}]


@both
def test_another_cap(app: Flask, counted: Counted) -> None:
    office, _, host = counted
    set_terms(office, terms(cap=2_000_000), by=host, now=LATER)
    assert told(again(counted).money) == {"aid.exempelbolaget.cap": (10_000.0, 20_000.0)}
    second = refrozen(counted).content
    assert second["causes"] == [{"cause": "caps", "count": 1}]
    assert "aid.exempelbolaget.share_of_cap" in told(second["changes"])
    own = Company(cap=300_000, reason="Jordbruk")
    set_company(office, company(), own, by=host, now=LATER)
    assert refrozen(counted).revision == 3


def test_another_currency(app: Flask, counted: Counted) -> None:
    office, _, host = counted
    set_terms(office, terms(currency="EUR", cap_currency="EUR"), by=host, now=LATER)
    assert told(again(counted).money)["aid_terms.currency"] == ("SEK", "EUR")
    assert [each["cause"] for each in refrozen(counted).content["causes"]] == ["currency"]


def test_what_a_company_had_elsewhere_makes_no_revision_and_is_told(app: Flask, counted: Counted) -> None:
    office, _, host = counted
    declare(
        office,
        company(),
        granted_on=date(2026, 5, 5),
        amount=100_000,
        granter="Exempelverket",
        note="",
        by=host,
        now=LATER,
    )
    found = again(counted)
    assert (found.holds, found.money) == (True, [])
    assert {each["figure"] for each in found.beside} >= {"aid.exempelbolaget.received"}
    assert refrozen(counted).revision == 1


def test_the_first_values_of_days_that_are_over(app: Flask, make: Factory) -> None:
    office, project = load_project()
    freeze(office, project, OCTOBER, now=NOVEMBER)
    host = make.host("money@example.org")
    value(make, office, host, 100, at=LATER)
    found = verify(office, OCTOBER, project, now=LATER)
    assert told(found.money)["aid_total.value"][0] == 0
    assert not found.holds
    assert freeze(office, project, OCTOBER, now=LATER).revision == 2


def test_reports_of_a_version_that_knew_of_no_money(app: Flask, make: Factory, counted: Counted) -> None:
    office, _, host = counted
    old = dict(frozen(office, OCTOBER, counted[1]).content)
    for name in (COUNTED_MONEY, "aid", "aid_terms"):
        del old[name]
    db.session.execute(update(ReportSnapshot).values(content=old))
    db.session.commit()
    assert (again(counted).holds, again(counted).money_kept) == (True, None)
    assert refrozen(counted).revision == 1
    value(make, office, host, 150, at=LATER)
    assert again(counted).holds


def test_a_version_that_kept_the_annex_alone_is_compared_by_it(
    app: Flask, make: Factory, counted: Counted
) -> None:
    old = dict(frozen(counted[0], OCTOBER, counted[1]).content)
    del old[COUNTED_MONEY]
    db.session.execute(update(ReportSnapshot).values(content=old))
    db.session.commit()
    assert again(counted).holds
    value(make, counted[0], counted[2], 150, at=LATER)
    assert not again(counted).holds
    assert refrozen(counted).revision == 2


def test_a_version_that_did_not_tell_hours_without_a_value_apart_is_compared_by_amounts(
    app: Flask, make: Factory, counted: Counted
) -> None:
    old = dict(frozen(counted[0], OCTOBER, counted[1]).content)
    del old[COUNTED_MONEY]
    for line in old["aid"]:
        del line["zero_hours"], line["unvalued_hours"]
        line["valued_hours"] += 1  # those of a use that was worth something counted whole
    db.session.execute(update(ReportSnapshot).values(content=old))
    db.session.commit()
    assert again(counted).holds
    assert refrozen(counted).revision == 1
    value(make, counted[0], counted[2], 150, at=LATER)
    changed = {figure.rpartition(".")[2] for figure in told(again(counted).money)}
    assert changed == {"value", "aid"}
    assert refrozen(counted).revision == 2


def test_an_annex_altered_by_hand_is_told_from_other_data(app: Flask, counted: Counted) -> None:
    content = frozen(counted[0], OCTOBER, counted[1]).content
    lines = [{**line, "value": 1.0} for line in content["aid"]]
    db.session.execute(update(ReportSnapshot).values(content={**content, "aid": lines}))
    db.session.commit()
    found = again(counted)
    assert (found.same_money, found.holds) == (True, False)
    assert told(found.money)["aid.exempelbolaget.value"][0] == 1.0


def test_a_cancelled_booking_is_no_cause_of_money(app: Flask, counted: Counted) -> None:
    db.session.query(Booking).filter_by(organisation_id=company().id).order_by(Booking.id).first().dates[
        0
    ].status = "cancelled"
    db.session.commit()
    second = refrozen(counted).content
    assert {each["cause"] for each in second["causes"]} == {"cancelled", "hours"}
    assert "aid_total.value" in told(second["changes"])


def test_it_is_said_in_both_languages_to_those_who_may_read_it(
    app: Flask, make: Factory, counted: Counted
) -> None:
    value(make, counted[0], counted[2], 150, at=LATER)
    second = content_of(refrozen(counted))
    for language, cause, total in (
        ("en", "worth another amount", "All organisations: Value, SEK: "),
        ("sv", "värda ett annat belopp", "Alla organisationer: Värde, SEK: "),
    ):
        with app.test_request_context(), force_locale(language):
            remark, table = correction(second), changes_table(second)
        assert remark is not None
        lines = " ".join(remark.details)
        assert cause in lines
        assert total in lines
        assert table is not None
        assert any("SEK" in row.cells[0].text for row in table.tables[0].rows)
    for less in (without_annex(second), for_public(second)):
        assert less["changes"] == []
        assert not less.get("causes")
        assert "aid_total" not in json.dumps(less)
