"""A host says what holds: makes, changes and ends rules, closes for a time, sees what is left of quotas."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Booking, BookingRule, Closure, Office, OutboxMail, Person
from app.services import bookings
from app.services.bookings import Wish
from tests.databases import statements
from tests.factories import HOUR, TEN, Factory
from tests.web.accounts import EMAIL, add_account, sign_in

RULES = "/host/stockholm/rules"
EMPTY = {"whom": "", "resource": "", "may_book": "", "approval": ""}  # as a browser sends it


@pytest.fixture
def office(make: Factory) -> Office:
    make.room("tallen")
    return make.office()


def rules() -> list[BookingRule]:
    return list(db.session.scalars(select(BookingRule).filter_by(retired=False).order_by(BookingRule.id)))


def closures() -> list[Closure]:
    return list(db.session.scalars(select(Closure).where(Closure.retired_at.is_(None))))


def booked(by: Person, now: datetime, title: str = "Board meeting") -> int:
    wish = Wish(("tallen",), TEN, TEN + HOUR, title, "granit", "meeting")
    return bookings.book(wish, by=by, now=now).id


def test_a_rule_is_made_with_what_was_filled_in_and_nothing_else(
    make: Factory, host: Person, client: FlaskClient
) -> None:
    given = {
        "whom": "organisation:granit",
        "resource": "tallen",
        "may_book": "yes",
        "notice": "1.5",
        "hours_per_month": "40",
        "release_minutes": "0",
        "reason": "As agreed",
    }
    answer = client.post(f"{RULES}/new", data={**EMPTY, **given}, follow_redirects=True)
    assert answer.status_code == 200
    (rule,) = rules()
    assert (rule.organisation_id, rule.resource_id) == (
        make.organisation("granit").id,
        make.room("tallen").id,
    )
    assert (rule.may_book, rule.approval, rule.notice_minutes) == (True, None, 90)
    assert (rule.hours_per_month, rule.release_minutes, rule.min_minutes) == (40, 0, None)
    assert (rule.source, rule.reason, rule.starts_at, rule.ends_at) == ("host", "As agreed", None, None)
    html = answer.text.replace("\N{NO-BREAK SPACE}", " ")
    for said in ("Granit AB", "Booked at least 1 h 30 min ahead", "40 h a month for one organisation"):
        assert said in html


def test_times_are_the_offices(host: Person, client: FlaskClient) -> None:
    """A blackout over the nights in which the clocks go forward and back in 2027."""
    for starts, ends in (
        ("2027-03-28T00:00", "2027-03-29T00:00"),
        ("2027-10-31T02:30", "2027-10-31T02:45"),
    ):
        client.post(f"{RULES}/new", data={**EMPTY, "may_book": "no", "starts": starts, "ends": ends})
    spring, autumn = rules()
    assert (spring.starts_at, spring.ends_at) == (
        datetime(2027, 3, 27, 23, tzinfo=UTC),
        datetime(2027, 3, 28, 22, tzinfo=UTC),
    )
    # An hour that comes twice: from the first time until the second.
    assert (autumn.starts_at, autumn.ends_at) == (
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 1, 45, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "This rule says nothing yet."),
        ({"notice": "soon"}, "valid decimal"),
        ({"notice": "-1"}, "Give a number from 0 to 8,784."),
        ({"min_minutes": "0"}, "Give a number from 1 to 44,640."),
        ({"min_minutes": "60", "max_minutes": "30"}, "Nothing could be booked like this"),
        ({"at_once": "2", "resource": "tallen"}, "counted in the whole office"),
        ({"may_book": "no", "starts": "2027-01-02T10:00", "ends": "2027-01-02T09:00"}, "must end after"),
        ({"may_book": "no", "starts": "2027-03-28T02:30"}, "The clocks go forward that night"),
        ({"may_book": "no", "starts": "tomorrow"}, "valid datetime"),
        ({"may_book": "no", "starts": "0001-01-01T00:00"}, "between 1990 and 2100"),
        ({"may_book": "no", "reason": "x" * 301}, "at most 300 characters"),
        ({"may_book": "no", "resource": "elsewhere"}, "Not a valid choice"),
        ({"may_book": "no", "whom": "category:kings"}, "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(
    host: Person, client: FlaskClient, given: dict[str, str], said: str
) -> None:
    answer = client.post(f"{RULES}/new", data={**EMPTY, "lapse_minutes": "", **given})
    assert answer.status_code == 422
    assert said in answer.text
    for name, value in given.items():
        if name in ("notice", "min_minutes", "starts", "reason"):
            assert f'value="{value}"' in answer.text
    assert rules() == []


def test_all_that_is_wrong_is_told_at_once(host: Person, client: FlaskClient) -> None:
    given = {
        "min_minutes": "60",
        "max_minutes": "30",
        "at_once": "many",
        "hours_per_month": "999999",
        "starts": "2027-03-28T02:30",
        "ends": "tomorrow",
        "reason": "x" * 301,
    }
    answer = client.post(f"{RULES}/new", data={**EMPTY, **given})
    assert answer.status_code == 422
    for said in (
        "Nothing could be booked like this",
        "Not a valid integer",
        "Give a number from 0 to 100,000.",
        "The clocks go forward that night",
        "Not a valid datetime",
        "at most 300 characters",
    ):
        assert answer.text.count(said) == 2, said  # at the field, and at the top
    assert "This rule says nothing yet" not in answer.text
    for value in given.values():
        assert f'value="{value}"' in answer.text
    assert rules() == []


def test_a_change_is_another_rule_and_the_former_is_kept(
    make: Factory, host: Person, client: FlaskClient
) -> None:
    client.post(f"{RULES}/new", data={**EMPTY, "whom": "category:company", "notice": "24", "approval": "yes"})
    (former,) = rules()
    html = client.get(f"{RULES}/{former.id}").text
    assert '<option selected value="category:company">' in html
    assert 'value="24"' in html
    client.post(f"{RULES}/{former.id}", data={**EMPTY, "whom": "category:company", "notice": "48"})
    (rule,) = rules()
    assert (rule.notice_minutes, rule.approval) == (48 * 60, None)
    assert db.session.get_one(BookingRule, former.id).retired
    # Who still has the former before them is told.
    late = client.post(f"{RULES}/{former.id}", data={**EMPTY, "notice": "1"})
    assert late.status_code == 422
    assert "Somebody else changed this meanwhile." in late.text
    assert [each.notice_minutes for each in rules()] == [48 * 60]


def test_an_ended_rule_holds_no_more(host: Person, client: FlaskClient) -> None:
    client.post(f"{RULES}/new", data={**EMPTY, "notice": "24"})
    (rule,) = rules()
    question = client.get(f"{RULES}/{rule.id}/end").text
    assert "End the rule?" in question
    assert "Everybody · The whole office" in question
    assert len(rules()) == 1, "asked first"
    for _ in range(2):  # twice is once
        assert client.post(f"{RULES}/{rule.id}/end").status_code == 303
    assert rules() == []
    assert client.get(f"{RULES}/{rule.id}").status_code == 302


def test_what_the_file_says_is_shown_and_changed_there(
    make: Factory, office: Office, host: Person, client: FlaskClient
) -> None:
    make.room("salen", max_minutes=90)
    rule = make.rule(source="file", max_days_ahead=30)
    html = client.get(RULES).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Can be booked 30 days ahead" in html
    assert "Longest booking: 1 h 30 min" in html
    assert html.count("From the office&#39;s file") == 2
    assert client.post(f"{RULES}/{rule.id}/end").status_code == 422
    assert not db.session.get_one(BookingRule, rule.id).retired


CLOSURE = {"resource": "", "starts": "2026-09-08T09:00", "ends": "2026-09-08T12:00", "reason": "Power cut"}


def test_a_closure_shows_what_is_booked_before_anything_is_done(
    make: Factory, office: Office, host: Person, client: FlaskClient, now: datetime
) -> None:
    booking = booked(make.person("guest@example.org"), now)
    date = db.session.get_one(Booking, booking).dates[0]
    asked = client.post(f"{RULES}/closures", data=CLOSURE)
    assert asked.status_code == 200
    assert "One booking lies in this time" in asked.text
    assert f'name="cancel" value="{date.id}" checked' in asked.text
    assert 'value="Power cut"' in asked.text
    assert (closures(), date.status) == ([], "confirmed")
    # What somebody booked meanwhile is shown too before anything is done.
    wish = Wish(("tallen",), TEN + HOUR, TEN + 2 * HOUR, "Late", "granit", "meeting")
    late = bookings.book(wish, by=host, now=now).dates[0]
    given = {**CLOSURE, "booked": "cancel", "seen": [str(date.id)], "cancel": [str(date.id)]}
    assert "2 bookings lie in this time" in client.post(f"{RULES}/closures", data=given).text
    assert closures() == []
    given["seen"] = [str(date.id), str(late.id)]
    done = client.post(f"{RULES}/closures", data=given, follow_redirects=True).text
    assert "Closed. One booking is cancelled; whoever booked it gets a mail." in done
    assert len(closures()) == 1
    assert (date.status, late.status) == ("cancelled", "confirmed")
    history = client.get(f"/bookings/{booking}").text
    assert "Cancelled, since it is closed then: Power cut" in history
    (mail,) = db.session.scalars(select(OutboxMail).where(OutboxMail.recipient == "guest@example.org"))
    assert "Power cut" in mail.body


def test_what_is_booked_then_is_read_at_once(
    make: Factory, office: Office, host: Person, client: FlaskClient, now: datetime
) -> None:
    def asked_for() -> int:
        with statements() as asked:
            assert client.post(f"{RULES}/closures", data=CLOSURE).status_code == 200
        return len(asked)

    rooms = [make.room(f"rum-{number}") for number in range(6)]
    many = []
    for number, room in enumerate(rooms):
        wish = Wish((room.slug,), TEN, TEN + HOUR, f"Möte {number}", "granit", "meeting")
        bookings.book(wish, by=make.person(f"guest-{number}@example.org"), now=now)
        many.append(asked_for())
    assert many[-1] <= many[1]


def test_a_closure_keeps_what_is_booked_and_names_it(
    office: Office, host: Person, client: FlaskClient, now: datetime
) -> None:
    booking = booked(host, now)
    date = db.session.get_one(Booking, booking).dates[0]
    given = {**CLOSURE, "booked": "stay", "seen": str(date.id), "cancel": str(date.id)}
    html = client.post(f"{RULES}/closures", data=given, follow_redirects=True).text
    (closure,) = closures()
    assert (closure.source, closure.resource_id, closure.entered_at) == ("host", None, now)
    assert (closure.starts_at, closure.ends_at) == (TEN - HOUR, TEN + 2 * HOUR)
    assert "1 booking lies in this time and stays:" in html
    assert f'href="/bookings/{booking}"' in html
    assert db.session.get_one(Booking, booking).dates[0].status == "confirmed"
    assert "Open again?" in client.get(f"{RULES}/closures/{closure.id}/end").text
    assert len(closures()) == 1, "asked first"
    client.post(f"{RULES}/closures/{closure.id}/end")
    assert closures() == []
    former = client.get(f"{RULES}/closures").text
    assert "entered 7 September 2026, opened again 7 September 2026" in former


def test_a_closure_that_stands_already_is_named_before_what_is_booked(
    host: Person, client: FlaskClient, now: datetime
) -> None:
    date = db.session.get_one(Booking, booked(host, now)).dates[0]
    client.post(f"{RULES}/closures", data={**CLOSURE, "booked": "stay", "seen": str(date.id)})
    again = client.post(f"{RULES}/closures", data={**CLOSURE, "reason": "Painting"})
    assert again.status_code == 422
    html = again.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Stockholm is closed Tuesday 8 September 09:00–12:00: Power cut. That is entered already" in html
    assert "One booking lies in this time" not in html
    assert len(closures()) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"starts": "2026-09-08T09:00"}, "Give a date and a time."),
        ({"starts": "2026-09-08T09:00", "ends": "2026-09-08T09:00"}, "The end must come after the start."),
        ({"starts": "2027-03-28T02:30", "ends": "2027-03-28T04:00"}, "The clocks go forward that night"),
        ({"starts": "2027-03-28T02:30", "ends": "", "reason": "x" * 301}, "at most 300 characters"),
        ({"starts": "2027-03-28T02:30", "ends": "", "reason": "x" * 301}, "Give a date and a time."),
    ],
)
def test_a_closure_that_is_none(host: Person, client: FlaskClient, given: dict[str, str], said: str) -> None:
    answer = client.post(f"{RULES}/closures", data={"resource": "tallen", **given})
    assert answer.status_code == 422
    assert said in answer.text
    assert closures() == []


def test_what_is_left_of_a_quota(host: Person, client: FlaskClient, now: datetime) -> None:
    booked(host, now)
    client.post(f"{RULES}/new", data={**EMPTY, "whom": "organisation:granit", "hours_per_month": "3"})
    html = client.get(RULES).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Hours, September 2026" in html
    assert '<td class="number">3 h</td><td class="number">1 h</td><td class="number">2 h</td>' in html


def test_it_is_for_the_hosts_of_the_office(make: Factory, office: Office, client: FlaskClient) -> None:
    rule = make.rule(notice_minutes=60)
    umea = make.office("umea")
    make.organisation("granit")
    make.host("umea@example.org", office=umea)
    add_account(make, role="member")
    sign_in(client, EMAIL)
    assert client.get(RULES).status_code == 403
    assert client.post(f"{RULES}/new", data={**EMPTY, "notice": "1"}).status_code == 403
    assert client.post(f"{RULES}/{rule.id}/end").status_code == 403
    assert len(rules()) == 1


def test_a_host_of_another_office_has_no_say(make: Factory, office: Office, client: FlaskClient) -> None:
    rule = make.rule(notice_minutes=60)
    closure = Closure(
        office_id=office.id, starts_at=TEN, ends_at=TEN + HOUR, source="host", entered_at=make.now
    )
    db.session.add(closure)
    db.session.commit()
    person = add_account(make, role="host")
    person.roles[0].office_id = make.office("umea").id
    db.session.commit()
    sign_in(client)
    assert client.get("/host/umea/rules").status_code == 200
    for path in (f"{rule.id}/end", f"closures/{closure.id}/end"):
        for place in ("stockholm", "umea"):
            assert client.post(f"/host/{place}/rules/{path}").status_code in (403, 404)
    assert (len(rules()), len(closures())) == (1, 1)
