"""Reports as they were published."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.errors import NotAllowed, NotFound, Refused
from app.domain.period import Period
from app.extensions import db
from app.models import Booking, Closure, OutboxMail, Person, ReportSnapshot, Role
from app.services import job_claims
from app.services.deliveries.recipients import Recipient, people_of
from app.services.deliveries.schedules import payers_of
from app.services.job_claims import ClaimLost, claim
from app.services.people import add_person
from app.services.reports import report
from app.services.snapshots import content_of, freeze, frozen, publish, revisions
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import NOVEMBER, load_project

OCTOBER = Period.parse("2026-10")
LATER = NOVEMBER + timedelta(days=3)


def write(snapshot: ReportSnapshot, to: Recipient) -> tuple[str, str]:
    return f"{to.language} {snapshot.revision}", "text\n"


def funder(email: str, organisation: str = "kommunen", **more: str) -> Person:
    return add_person(email, role="funder", organisation=organisation, now=NOVEMBER, **more)


def count_heads_anew(women: int) -> None:
    db.session.query(Booking).filter_by(imported_as="1").one().dates[0].women = women
    db.session.commit()


def mails() -> list[tuple[str, str]]:
    query = select(OutboxMail.recipient, OutboxMail.subject).order_by(
        OutboxMail.recipient, OutboxMail.subject
    )
    return [(recipient, subject) for recipient, subject in db.session.execute(query)]


@both
def test_a_frozen_report_is_the_live_one_of_its_moment(app: Flask) -> None:
    office, project = load_project()
    live = report(office, OCTOBER, now=NOVEMBER)
    snapshot = freeze(office, project, OCTOBER, now=NOVEMBER)
    db.session.expire_all()
    content = content_of(snapshot)
    assert list(content) == [*live, "changes", "causes"]  # also in this order, on both databases
    assert content == {
        **live,
        "revision": 1,
        "frozen_at": "2026-11-02T05:30:00+00:00",
        "changes": [],
        "causes": [],
    }
    assert (snapshot.checksum, snapshot.method, snapshot.frozen_by_id) == (live["checksum"], "1", None)


@both
def test_unchanged_bookings_give_no_new_revision(app: Flask) -> None:
    office, project = load_project()
    first = freeze(office, project, OCTOBER, now=NOVEMBER)
    assert freeze(office, project, OCTOBER, now=LATER).id == first.id
    assert [each.revision for each in revisions(office, OCTOBER, project)] == [1]


@both
def test_what_changes_becomes_the_next_revision_and_the_old_one_stays(app: Flask) -> None:
    office, project = load_project()
    freeze(office, project, OCTOBER, now=NOVEMBER)
    count_heads_anew(6)
    second = freeze(office, project, OCTOBER, now=LATER)
    assert second.revision == 2
    changes = {each["figure"]: (each["before"], each["after"]) for each in content_of(second)["changes"]}
    assert changes["attendance.women"] == (22, 24)
    assert changes["by_category.company.women"] == (9, 11)
    assert not any(figure.startswith(("totals.used", "by_resource")) for figure in changes)
    assert content_of(frozen(office, OCTOBER, project, 1))["attendance"]["women"] == 22
    assert content_of(frozen(office, OCTOBER, project))["attendance"]["women"] == 24


def test_a_closure_entered_afterwards_gives_a_new_revision(app: Flask) -> None:
    office, project = load_project()
    freeze(office, project, OCTOBER, now=NOVEMBER)
    start = datetime(2026, 10, 8, 6, tzinfo=UTC)  # nobody was there: only open time is lost
    db.session.add(
        Closure(
            office_id=office.id,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            source="host",
            entered_at=LATER,
        )
    )
    db.session.commit()
    second = freeze(office, project, OCTOBER, now=LATER)
    assert second.revision == 2
    assert {"figure": "totals.available_hours", "before": 281.0, "after": 280.0} in content_of(second)[
        "changes"
    ]


def test_erasing_a_title_gives_no_new_revision(app: Flask) -> None:
    office, project = load_project()
    freeze(office, project, OCTOBER, now=NOVEMBER)
    for booking in db.session.scalars(select(Booking)):
        booking.title, booking.organiser_id = "–", None
    db.session.commit()
    assert freeze(office, project, OCTOBER, now=LATER).revision == 1


def test_a_period_that_runs_is_not_frozen(app: Flask) -> None:
    office, project = load_project()
    with pytest.raises(Refused, match="period_not_over"):
        freeze(office, project, OCTOBER, now=datetime(2026, 10, 31, 22, 59, tzinfo=UTC))
    freeze(office, project, OCTOBER, now=datetime(2026, 10, 31, 23, tzinfo=UTC))  # midnight in Stockholm


def test_only_hosts_freeze(make: Factory) -> None:
    office, project = load_project()
    with pytest.raises(NotAllowed):
        freeze(office, project, OCTOBER, now=NOVEMBER, by=funder("f@example.org"))
    host = make.host()
    assert freeze(office, project, OCTOBER, now=NOVEMBER, by=host).frozen_by_id == host.id


def test_what_was_never_frozen_is_not_found(app: Flask) -> None:
    office, project = load_project()
    with pytest.raises(NotFound):
        frozen(office, OCTOBER, project)
    freeze(office, project, OCTOBER, now=NOVEMBER)
    with pytest.raises(NotFound):
        frozen(office, OCTOBER, project, 2)


# Mails


def test_funders_are_those_of_the_organisations_that_pay(make: Factory) -> None:
    _, project = load_project()
    funder("paying@example.org")
    funder("host-organisation@example.org", "regionen")
    funder("of-this-office@example.org", office="oktober")
    funder("other-organisation@example.org", "exempelbolaget")
    make.office("umea")
    funder("other-office@example.org", office="umea")
    add_person("member@example.org", role="member", organisation="kommunen", now=NOVEMBER)
    funder("gone@example.org").active = False
    db.session.commit()
    assert {
        payer.slug: [person.email for person in people_of(project, payer)] for payer in payers_of(project)
    } == {
        "regionen": ["host-organisation@example.org"],
        "kommunen": ["paying@example.org", "of-this-office@example.org"],
    }


@both
def test_every_funder_gets_one_mail_per_revision_in_their_language(app: Flask) -> None:
    office, project = load_project()
    funder("en@example.org", language="en")
    funder("none@example.org")  # no choice of their own: the office's language
    publish(office, project, OCTOBER, write, now=NOVEMBER)
    publish(office, project, OCTOBER, write, now=LATER)
    first = [("en@example.org", "en 1"), ("none@example.org", "sv 1")]
    assert mails() == first
    count_heads_anew(6)
    publish(office, project, OCTOBER, write, now=LATER)
    assert mails() == sorted([*first, ("en@example.org", "en 2"), ("none@example.org", "sv 2")])


@both
def test_report_mails_and_done_are_kept_together_or_not_at_all(app: Flask) -> None:
    office, project = load_project()
    funder("f@example.org")
    held = claim("monthly-reports", "kontoret/2026-10", now=NOVEMBER)
    assert held
    again = claim("monthly-reports", "kontoret/2026-10", now=NOVEMBER + job_claims.LEASE)
    assert again
    with pytest.raises(ClaimLost):  # it was too slow: another process has taken over
        publish(office, project, OCTOBER, write, now=NOVEMBER, held=held)
    assert (mails(), db.session.query(ReportSnapshot).count()) == ([], 0)
    publish(office, project, OCTOBER, write, now=NOVEMBER, held=again)
    assert (len(mails()), db.session.query(ReportSnapshot).count()) == (1, 1)
    assert claim("monthly-reports", "kontoret/2026-10", now=LATER) is None


def test_a_letter_that_cannot_be_written_leaves_nothing_behind(app: Flask) -> None:
    office, project = load_project()
    funder("f@example.org")

    def broken(snapshot: ReportSnapshot, to: Recipient) -> tuple[str, str]:
        raise RuntimeError("no template")

    with pytest.raises(RuntimeError):
        publish(office, project, OCTOBER, broken, now=NOVEMBER)
    assert db.session.query(ReportSnapshot).count() == 0
    assert db.session.query(Role).filter_by(role="funder").count() == 1
