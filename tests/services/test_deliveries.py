"""Schedules of the funders, what is held back, what was sent to whom, and the mails to hosts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.errors import NotAllowed, NotFound, Refused
from app.domain.period import Period
from app.extensions import db
from app.models import Office, OutboxMail, Person, Project, ReportHold, ReportSent, ReportSnapshot
from app.services.deliveries.ahead import previews
from app.services.deliveries.holds import hold, open_holds, release
from app.services.deliveries.published import published_at
from app.services.deliveries.recipients import Recipient, recipients_of
from app.services.deliveries.reminders import tell_hosts_ahead, tell_of_held
from app.services.deliveries.schedules import (
    Schedule,
    ScheduleWish,
    payers_of,
    refusals_of,
    schedules_of,
    set_schedule,
)
from app.services.deliveries.sent import deliveries_of, note_files, send_again
from app.services.job_claims import claim, finish_turn
from app.services.people import add_person
from app.services.privacy import export
from app.services.reports import report, report_for
from app.services.reports.monthly import JOB, due_reports
from app.services.reports.readers import as_seen_by, audience_of
from app.services.snapshots import ReportHeld, publish
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import NOVEMBER, load_project

LOADED = NOVEMBER - timedelta(days=13)  # 20 October
OCTOBER = Period.parse("2026-10")
DAY = timedelta(days=1)
USUAL = ScheduleWish("month", None, ["pdf", "xlsx"], True, False, [], True)


def write(snapshot: ReportSnapshot, to: Recipient) -> tuple[str, str]:
    return f"{to.language} {snapshot.revision}", "text\n"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def person(email: str, role: str = "funder", organisation: str = "kommunen", **more: str) -> Person:
    return add_person(email, role=role, organisation=organisation, now=LOADED, **more)


def wish(**more: object) -> ScheduleWish:
    values = {name: getattr(USUAL, name) for name in USUAL.__dataclass_fields__}
    return ScheduleWish(**{**values, **more})


@pytest.fixture
def host(make: Factory) -> Person:
    load_project(LOADED)
    return person("host@example.org", "host", "regionen", language="en")


def place() -> tuple[Office, Project]:
    project = db.session.scalars(select(Project).filter_by(slug="kontoret")).one()
    return project.office, project


def give(host: Person, organisation: str = "kommunen", now: datetime = LOADED, **more: object) -> Schedule:
    return set_schedule(place()[1], organisation, wish(**more), by=host, now=now)


def due(now: datetime) -> list[str]:
    return [each.key for each in due_reports(now)]


def mails() -> list[tuple[str, str]]:
    query = select(OutboxMail.recipient, OutboxMail.subject).order_by(OutboxMail.id)
    return [(recipient, subject) for recipient, subject in db.session.execute(query)]


# Schedules


@both
def test_without_a_word_everybody_gets_the_usual(app: Flask) -> None:
    _, project = load_project(LOADED)
    assert [each.slug for each in payers_of(project)] == ["regionen", "kommunen"]
    for each in schedules_of(project):
        assert (each.every, each.language, each.formats) == ("month", None, ("pdf", "xlsx"))
        assert (each.annex, each.attached, each.addresses, each.active) == (True, False, (), True)


@both
def test_a_schedule_is_kept_and_changed(host: Person) -> None:
    more = {"addresses": ["Diariet@Example.org", "diariet@example.org"], "formats": ["json", "pdf"]}
    made = give(host, every="quarter", language="en", annex=False, attached=True, **more)
    assert (made.every, made.language, made.annex, made.attached) == ("quarter", "en", False, True)
    assert made.formats == ("pdf", "json")  # in one order
    assert len(made.addresses) == 1
    assert made.since_at == LOADED
    assert give(host, every="quarter", now=NOVEMBER).since_at == LOADED
    assert give(host, every="year", now=NOVEMBER).since_at == NOVEMBER


def test_everything_that_is_wrong_is_told_at_once(host: Person) -> None:
    wrong = wish(every="day", language="fi", formats=["docx"], addresses=["nobody", "a@example.org", "x@"])
    told = [(refusal.code, refusal.field) for refusal in refusals_of(wrong)]
    assert told == [
        ("delivery_every", "every"),
        ("delivery_language", "language"),
        ("delivery_formats", "formats"),
        ("delivery_address", "addresses"),
        ("delivery_address", "addresses"),
    ]
    with pytest.raises(Refused):
        set_schedule(place()[1], "kommunen", wrong, by=host, now=LOADED)
    many = wish(addresses=[f"a{number}@example.org" for number in range(11)])
    assert [refusal.code for refusal in refusals_of(many)] == ["delivery_addresses"]


def test_only_hosts_set_schedules_and_only_of_who_pays(host: Person) -> None:
    with pytest.raises(NotAllowed):
        set_schedule(place()[1], "kommunen", USUAL, by=person("f@example.org"), now=LOADED)
    with pytest.raises(NotFound):
        give(host, "exempelbolaget")


@both
def test_who_gets_what(host: Person) -> None:
    person("a@example.org", language="en")
    person("b@example.org", organisation="regionen")
    give(host, every="quarter", annex=False, addresses=["diariet@example.org", "a@example.org"])
    found = {each.address: each for each in recipients_of(place()[1], OCTOBER)}
    assert {address: each.audience for address, each in found.items()} == {
        "a@example.org": "without_annex",  # with an account: once, by the schedule of theirs
        "b@example.org": "full",
        "diariet@example.org": "public",
    }
    assert found["a@example.org"].language == "en"
    assert found["diariet@example.org"].language == "sv"
    assert found["diariet@example.org"].attached  # they cannot sign in
    assert [each.address for each in recipients_of(place()[1], OCTOBER, "month")] == ["b@example.org"]
    give(host, active=False, addresses=["diariet@example.org"])
    assert [each.address for each in recipients_of(place()[1], OCTOBER)] == ["b@example.org"]


# Periods


@both
def test_a_quarter_is_frozen_besides_the_months_and_sent_to_whom_it_is_for(host: Person) -> None:
    office, project = place()
    person("monthly@example.org", organisation="regionen")
    person("quarterly@example.org")
    give(host, every="quarter")
    january = at("2027-01-04T06:00+01:00")
    assert due(january) == [
        "kontoret/2026-10",
        "kontoret/2026-11",
        "kontoret/2026-12",
        "kontoret/2026-Q4",
    ]
    for each in due_reports(january):
        publish(office, project, each.period, write, now=january, every=each.every)
    assert [recipient for recipient, _ in mails()] == ["monthly@example.org"] * 3 + ["quarterly@example.org"]
    assert [each.period.label for each in published_at(office)][-1] == "2026-10"
    assert "2026-Q4" in [each.period.label for each in published_at(office)]


@pytest.mark.parametrize(("every", "key"), [("half", "kontoret/2026-H2"), ("year", "kontoret/2026")])
def test_longer_periods_too(host: Person, every: str, key: str) -> None:
    give(host, every=every)
    assert key not in due(at("2027-01-01T05:59+01:00"))
    assert key in due(at("2027-01-01T06:00+01:00"))


def test_no_period_from_before_is_sent_afterwards(host: Person) -> None:
    give(host, every="quarter", now=at("2027-02-01T12:00+01:00"))
    assert not [key for key in due(at("2027-03-15T12:00+01:00")) if "Q" in key]
    assert "kontoret/2027-Q1" in due(at("2027-04-01T06:00+02:00"))


# Who may see which organisations there were


def test_the_annex_is_for_those_whose_schedule_has_it(host: Person) -> None:
    office, project = place()
    reader, other = person("a@example.org"), person("b@example.org", organisation="regionen")
    give(host, annex=False)
    assert audience_of(reader, [office], OCTOBER, project) == "without_annex"
    assert audience_of(reader, [office], OCTOBER) == "without_annex"
    assert audience_of(other, [office], OCTOBER, project) == "full"
    assert audience_of(host, [office], OCTOBER, project) == "full"
    assert report_for("oktober", "2026-10", now=NOVEMBER, by=other)["by_organisation"]
    assert report_for("oktober", "2026-10", now=NOVEMBER, by=reader)["by_organisation"] == []


def test_no_version_without_the_annex_names_an_organisation(host: Person) -> None:
    office, _ = place()
    content = {
        **report(office, OCTOBER, now=NOVEMBER),
        "changes": [
            {"figure": "by_organisation.exempelbolaget.used_hours", "before": 1, "after": 2},
            {"figure": "totals.used_hours", "before": 1, "after": 2},
        ],
    }
    assert "exempelbolaget" in str(as_seen_by("full", content))
    for audience in ("without_annex", "public"):
        seen = as_seen_by(audience, content)
        assert "exempelbolaget" not in str(seen).lower()
        assert [each["figure"] for each in seen["changes"]] == ["totals.used_hours"]


# Holding back


@both
def test_what_is_held_back_is_sent_when_it_is_released(host: Person) -> None:
    office, project = place()
    person("f@example.org")
    held = hold(project, OCTOBER, " Antal saknas ", by=host, now=LOADED)
    assert held.reason == "Antal saknas"
    assert hold(project, OCTOBER, "", by=host, now=LOADED).id == held.id  # pressed twice
    assert due(NOVEMBER) == []
    with pytest.raises(ReportHeld):
        publish(office, project, OCTOBER, write, now=NOVEMBER, every="month")
    assert db.session.query(ReportSnapshot).count() == 0
    released = release(held.id, by=host, now=NOVEMBER + DAY)
    assert released.released_at == NOVEMBER + DAY
    assert due(NOVEMBER + DAY) == ["kontoret/2026-10"]
    assert publish(office, project, OCTOBER, write, now=NOVEMBER + DAY, every="month").mails == 1
    assert open_holds(office) == []


@both
def test_a_hold_is_for_what_comes_and_says_why(host: Person) -> None:
    _, project = place()
    for reason, code in (("  ", "hold_reason"), ("x" * 301, "hold_reason_long")):
        with pytest.raises(Refused, match=code):
            hold(project, OCTOBER, reason, by=host, now=LOADED)
    with pytest.raises(NotFound):
        hold(project, Period.parse("2026-09"), "Varför", by=host, now=LOADED)
    with pytest.raises(NotAllowed):
        hold(project, OCTOBER, "Varför", by=person("f@example.org"), now=LOADED)
    mine = claim(JOB, "kontoret/2026-10", now=NOVEMBER)
    assert mine
    finish_turn(mine, now=NOVEMBER)
    with pytest.raises(NotFound):  # it is sent, so it comes no more
        hold(project, OCTOBER, "Varför", by=host, now=NOVEMBER)
    assert db.session.query(ReportHold).count() == 0


def test_only_hosts_release(host: Person) -> None:
    held = hold(place()[1], OCTOBER, "Varför", by=host, now=LOADED)
    with pytest.raises(NotAllowed):
        release(held.id, by=person("f@example.org"), now=NOVEMBER)
    with pytest.raises(NotFound):
        release(held.id + 1, by=host, now=NOVEMBER)


# What was sent


@both
def test_what_was_sent_is_noted_and_can_be_sent_again(host: Person) -> None:
    office, project = place()
    reader = person("f@example.org")
    give(host, attached=True, formats=["pdf", "json"])
    publish(office, project, OCTOBER, write, now=NOVEMBER, every="month")
    (snapshot,) = published_at(office)
    (first,) = deliveries_of([snapshot.id])[snapshot.id]
    assert (first.sent.recipient, first.sent.person_id, first.state) == (reader.email, reader.id, "waiting")
    assert (first.sent.formats, first.sent.attached, first.sent.at) == (["pdf", "json"], True, NOVEMBER)
    note_files(first.sent.mail_key, {"pdf": "a" * 64})
    assert send_again(first.sent.id, office, write, by=host, now=NOVEMBER + DAY)
    assert not send_again(first.sent.id, office, write, by=host, now=NOVEMBER + DAY)  # pressed twice
    again, first = deliveries_of([snapshot.id])[snapshot.id]
    assert (again.sent.by_id, again.sent.checksums) == (host.id, {})
    assert first.sent.checksums == {"pdf": "a" * 64}
    assert len(mails()) == 2
    db.session.query(OutboxMail).delete()
    db.session.commit()
    assert [each.state for each in deliveries_of([snapshot.id])[snapshot.id]] == [None, None]


def test_nothing_is_sent_again_to_who_gets_no_reports_any_more(host: Person, make: Factory) -> None:
    office, project = place()
    reader = person("f@example.org")
    publish(office, project, OCTOBER, write, now=NOVEMBER)
    (row,) = db.session.scalars(select(ReportSent))
    with pytest.raises(NotFound):
        send_again(row.id, make.office("umea"), write, by=host, now=NOVEMBER)
    with pytest.raises(NotAllowed):
        send_again(row.id, office, write, by=reader, now=NOVEMBER)
    reader.active = False
    db.session.commit()
    with pytest.raises(Refused, match="report_reader_gone"):
        send_again(row.id, office, write, by=host, now=NOVEMBER)


# The mails to hosts


def letter(office: Office, some: Sequence[object], language: str) -> tuple[str, str]:
    return f"{office.slug} {language} {len(some)}", "text\n"


@both
def test_hosts_are_told_once_three_days_before(host: Person) -> None:
    give(host, every="month")
    # Monday 2 November is the first working day: three days before is Friday.
    assert tell_hosts_ahead(letter, at("2026-10-30T05:59+01:00")) == 0
    assert tell_hosts_ahead(letter, at("2026-10-30T06:00+01:00")) == 1
    assert tell_hosts_ahead(letter, at("2026-11-01T12:00+01:00")) == 0
    assert mails() == [("host@example.org", "oktober en 1")]
    assert tell_hosts_ahead(letter, at("2026-11-02T06:00+01:00")) == 0  # it is being sent


def test_never_on_a_weekend(host: Person) -> None:
    # Tuesday 1 December: three days before is a Saturday, so they are told on Friday.
    mine = claim(JOB, "kontoret/2026-10", now=NOVEMBER)
    assert mine
    finish_turn(mine, now=NOVEMBER)
    assert tell_hosts_ahead(letter, at("2026-11-27T05:59+01:00")) == 0
    assert tell_hosts_ahead(letter, at("2026-11-27T06:00+01:00")) == 1


@both
def test_hosts_are_reminded_once_a_week_of_what_they_hold_back(host: Person) -> None:
    held = hold(place()[1], OCTOBER, "Varför", by=host, now=LOADED)
    assert tell_of_held(letter, LOADED + 8 * DAY) == 0  # not due before November
    assert [tell_of_held(letter, NOVEMBER + days * DAY) for days in (1, 2, 7, 8, 9)] == [1, 0, 0, 1, 0]
    release(held.id, by=host, now=NOVEMBER + 10 * DAY)
    assert tell_of_held(letter, NOVEMBER + 30 * DAY) == 0


def test_a_preview_has_the_figures_as_they_stand_and_names_what_is_missing(host: Person) -> None:
    office, project = place()
    person("f@example.org")
    give(host, "regionen", every="year")
    found = previews(office, at("2026-10-31T12:00+01:00"))
    month, year = found
    assert (month.report.period, month.report.due_at) == (OCTOBER, at("2026-11-02T06:00+01:00"))
    assert month.content["totals"]["used_hours"] == 21.0
    assert month.missing == month.content["quality"]["head_counts_missing"] == len(month.uncounted)
    assert [each.address for each in month.recipients] == ["f@example.org"]
    assert (year.report.period.label, year.content, year.missing) == (
        "2026-Q4",
        {},
        0,
    )  # what the project has of it
    hold(project, OCTOBER, "Varför", by=host, now=NOVEMBER)
    assert [each.hold.reason for each in previews(office, NOVEMBER) if each.hold] == ["Varför"]


def test_whoever_takes_their_data_along_sees_no_other_readers_address(host: Person) -> None:
    give(host, addresses=[host.email, "diariet@example.org"])
    (told,) = export(host, now=NOVEMBER)["report_delivery"]
    assert told["addresses"] == [host.email]
