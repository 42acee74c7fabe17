"""The host's queue of requests."""

import re
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Booking, OutboxMail, Person, ResourcePart
from app.services import bookings
from app.services.bookings import Wish
from app.services.waiting import wait
from tests.conftest import Clock
from tests.factories import HOUR, TEN, Factory
from tests.web.accounts import add_account, sign_in

QUEUE = "/host/stockholm/requests"


@pytest.fixture
def member(make: Factory) -> Person:
    make.room("hall", name="Storstugan", approval=True)
    return make.person(name="Moa", language="en")


@pytest.fixture
def host(make: Factory, member: Person, client: FlaskClient) -> Person:
    person = add_account(make, role="host", language="en")
    sign_in(client)
    return person


def ask(by: Person, now: datetime, start: datetime = TEN, recurrence: str | None = None) -> Booking:
    wish = Wish(("hall",), start, start + HOUR, "Launch", "granit", "meeting", recurrence)
    return bookings.book(wish, by=by, now=now)


def send(client: FlaskClient, booking: Booking, decision: str, dates: list[int], **more: str) -> int:
    data = {"decision": decision, "date": [str(each) for each in dates], **more}
    return client.post(f"{QUEUE}/{booking.id}", data=data).status_code


def test_the_count_stands_in_the_navigation_of_hosts_alone(
    make: Factory, member: Person, host: Person, client: FlaskClient, clock: Clock
) -> None:
    assert 'class="count' not in client.get("/").text
    ask(member, clock.at, recurrence="FREQ=WEEKLY;COUNT=3")
    counted = re.compile(r'class="count figures">1<span class="hush"> request waits')
    for path in ("/", "/bookings", "/host", QUEUE):
        assert counted.search(client.get(path).text), path
    client.post("/sign-out")
    assert 'class="count' not in client.get("/").text


def test_the_queue_tells_who_asks_for_what_and_who_else_wants_it(
    make: Factory, member: Person, host: Person, client: FlaskClient, clock: Clock
) -> None:
    assert "Nothing waits for your answer." in client.get(QUEUE).text
    ask(member, clock.at, TEN + 24 * HOUR)
    first = ask(member, clock.at)
    for slug in ("skog", "berg"):
        other = make.person(f"{slug}@example.org", organisation=slug)
        wait(Wish(("hall",), TEN, TEN + HOUR, "x", slug, "meeting"), by=other, now=clock.at)
    page = client.get(QUEUE).text
    assert page.index(f'id="request-{first.id}"') < page.index("Wednesday 9 September")
    assert "Storstugan · Granit AB · Moa · Meeting" in page
    assert "2 others want this time: Skog AB, Berg AB" in page
    assert "Answer before Tuesday 8 September 10:00" in page


def test_one_decision_on_the_chosen_dates(
    member: Person, host: Person, client: FlaskClient, clock: Clock
) -> None:
    booking = ask(member, clock.at, recurrence="FREQ=WEEKLY;COUNT=3")
    ids = [date.id for date in booking.dates]
    assert send(client, booking, "approve", ids[:2]) == 303
    assert "2 dates approved." in client.get(QUEUE).text
    assert [date.status for date in booking.dates] == ["confirmed", "confirmed", "requested"]
    assert send(client, booking, "decline", ids[2:], reason="The floor is <b>waxed</b>.") == 303
    assert [mail.subject for mail in db.session.scalars(select(OutboxMail).order_by(OutboxMail.id))] == [
        "Approved: Launch",
        "Declined: Launch",
    ]
    page = client.get(f"/bookings/{booking.id}?date_id={ids[2]}").text
    assert "Declined: The floor is &lt;b&gt;waxed&lt;/b&gt;." in page, "in the history"


def test_the_booker_reads_the_reason(
    make: Factory, member: Person, host: Person, client: FlaskClient, clock: Clock
) -> None:
    mine = add_account(make, "moa@example.org", language="en")
    booking = ask(mine, clock.at)
    send(client, booking, "decline", [booking.dates[0].id], reason="The floor is waxed.")
    client.post("/sign-out")
    sign_in(client, "moa@example.org")
    page = client.get(f"/bookings/{booking.id}").text
    assert "The host could not give you this time: The floor is waxed." in page
    assert "What has happened" not in page


def test_what_goes_wrong_is_told_at_the_request(
    member: Person, host: Person, client: FlaskClient, clock: Clock
) -> None:
    booking = ask(member, clock.at)
    ids = [booking.dates[0].id]
    for decision, dates in (("approve", []), ("maybe", ids)):
        assert send(client, booking, decision, dates) == 422
    assert send(client, booking, "approve", [999]) == 404
    send(client, booking, "approve", ids)
    answer = client.post(f"{QUEUE}/{booking.id}", data={"decision": "decline", "date": ids})
    assert answer.status_code == 409
    assert "This booking does not await approval: it is confirmed." in answer.text


def test_only_hosts_of_the_office_decide(
    make: Factory, member: Person, host: Person, client: FlaskClient, clock: Clock
) -> None:
    booking = ask(member, clock.at)
    host.roles[0].office_id = make.office("umea").id
    db.session.commit()
    assert client.get(QUEUE).status_code == 403
    assert send(client, booking, "approve", [booking.dates[0].id]) == 403
    assert 'class="count' not in client.get("/").text
    # By the office that one hosts, a booking elsewhere is not decided either.
    answer = client.post(
        f"/host/umea/requests/{booking.id}", data={"decision": "approve", "date": booking.dates[0].id}
    )
    assert answer.status_code == 403
    assert booking.dates[0].status == "requested"


def test_each_office_answers_for_its_own_part(
    make: Factory, member: Person, host: Person, client: FlaskClient, clock: Clock
) -> None:
    make.room("salen", "umea", approval=True)
    host.roles[0].office_id = make.office("stockholm").id
    db.session.commit()
    asked = Wish(("hall", "salen"), TEN, TEN + HOUR, "Launch", "granit", "meeting")
    booking = bookings.book(asked, by=member, now=clock.at)
    assert "It is confirmed when Umea has said yes too." in client.get(QUEUE).text
    data = {"decision": "approve", "date": [str(booking.dates[0].id)]}
    page = client.post(f"{QUEUE}/{booking.id}", data=data, follow_redirects=True).text
    assert "Approved here. Now it waits for Umea." in page
    assert "Nothing waits for your answer." in page
    assert "Approved here, not yet elsewhere" in page
    assert "Waits for Umea" in page
    told = "The hosts at Stockholm have said yes. Waits for those at Umea; the time is held meanwhile."
    shown = client.get(f"/bookings/{booking.id}").text
    assert told in shown
    assert "Approved by Stockholm; waits for Umea" in shown
    day = client.get("/host/stockholm/2026-09-08").text
    assert 'value="decline"' not in day or 'value="approve"' not in day


def test_who_hosts_both_offices_is_told_that_one_answer_counts_for_both(
    make: Factory, member: Person, host: Person, client: FlaskClient, clock: Clock
) -> None:
    make.room("salen", "umea", approval=True)
    asked = Wish(("hall", "salen"), TEN, TEN + HOUR, "Launch", "granit", "meeting")
    booking = bookings.book(asked, by=member, now=clock.at)
    page = client.get(QUEUE).text
    assert "Your answer counts for all of your offices in it: Stockholm, Umea." in page
    assert "It is confirmed when" not in page
    data = {"decision": "approve", "date": [str(booking.dates[0].id)]}
    client.post(f"{QUEUE}/{booking.id}", data=data)
    assert booking.dates[0].status == "confirmed"
    assert "Approved by Stockholm, Umea" in client.get(f"/bookings/{booking.id}").text


def test_a_request_for_next_year_is_told_with_its_year(
    member: Person, host: Person, client: FlaskClient, clock: Clock
) -> None:
    ask(member, clock.at, TEN.replace(year=2027, month=1, day=12))
    page = client.get(QUEUE).text
    assert "Tuesday 12 January 2027" in page
    assert "Answer before Tuesday 12 January 2027 " in page


def test_each_date_says_its_own_room_where_they_differ(
    make: Factory, member: Person, host: Person, client: FlaskClient, clock: Clock
) -> None:
    both = make.room("both", name="Asken och Eken", approval=True)
    parts = [make.room("asken"), make.room("eken")]
    db.session.add_all([ResourcePart(whole_id=both.id, part_id=part.id) for part in parts])
    db.session.commit()
    second = TEN + 7 * 24 * HOUR
    bookings.book(Wish(("both",), second, second + HOUR, "X", "granit", "meeting"), by=host, now=clock.at)
    series = Wish(
        ("both",), TEN, TEN + HOUR, "Launch", "granit", "meeting", "FREQ=WEEKLY;COUNT=3", move=True, people=1
    )
    bookings.book(series, by=member, now=clock.at)
    page = client.get(QUEUE).text
    assert page.count("</span> · Asken och Eken</span>") == 2
    assert page.count("</span> · Storstugan</span>") == 1
    assert '<p class="small muted">Granit AB · Moa · Meeting</p>' in page
    ask(member, clock.at, TEN + 3 * HOUR, recurrence="FREQ=WEEKLY;COUNT=2")
    assert "Storstugan · Granit AB · Moa · Meeting" in client.get(QUEUE).text


def test_the_page_of_a_request_leads_its_host_to_the_answer(
    member: Person, host: Person, client: FlaskClient, clock: Clock
) -> None:
    booking = ask(member, clock.at)
    link = f'href="{QUEUE}#request-{booking.id}"'
    assert link in client.get(f"/bookings/{booking.id}").text
    assert f'id="request-{booking.id}"' in client.get(QUEUE).text
    send(client, booking, "approve", [booking.dates[0].id])
    assert link not in client.get(f"/bookings/{booking.id}").text


def test_who_asks_is_not_led_to_the_answer(
    make: Factory, member: Person, client: FlaskClient, clock: Clock
) -> None:
    booking = ask(add_account(make, "asks@example.org"), clock.at)
    sign_in(client, "asks@example.org")
    told = client.get(f"/bookings/{booking.id}").text
    assert "Awaits approval" in told or "Väntar" in told
    assert "/requests" not in told
