"""A host freezes a report by hand: what they are told before, and who gets a mail."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.jobs.table import monthly_reports
from app.models import BookingDate, OutboxMail, ReportSnapshot
from app.services.deliveries.schedules import ScheduleWish, set_schedule
from app.services.people import add_person
from app.services.reports import project_named
from tests.conftest import Clock
from tests.factories import Factory
from tests.reports.october import NOVEMBER, load_project
from tests.web.accounts import PASSWORD, sign_in

REPORT = "/offices/oktober/reports/2026-10"
PAGE = f"{REPORT}/revisions"
LOADED = NOVEMBER - timedelta(days=13)
BEFORE = NOVEMBER - timedelta(hours=5)  # half past one in the night before it is due
MONTHLY, QUARTERLY = "m@example.org", "q@example.org"


@pytest.fixture
def host(client: FlaskClient, clock: Clock) -> FlaskClient:
    """The region reads every month, the municipality every quarter; signed in is a host."""
    clock.at = NOVEMBER
    office = load_project(LOADED)[0]
    add_person(MONTHLY, role="funder", organisation="regionen", name="Mona", now=LOADED)
    add_person(QUARTERLY, role="funder", organisation="kommunen", name="Qvist", now=LOADED)
    more = {"password": PASSWORD, "language": "en", "name": "Host"}
    person = add_person("host@example.org", role="host", organisation="regionen", now=LOADED, **more)
    wish = ScheduleWish("quarter", "en", ["pdf"], True, True, [], True)
    set_schedule(project_named(office, "kontoret"), "kommunen", wish, by=person, now=LOADED)
    sign_in(client, "host@example.org")
    return client


def text_of(client: FlaskClient, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    main = answer.text.split("<main")[1]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("\N{NO-BREAK SPACE}", " ").split())


def boxes(client: FlaskClient, path: str = PAGE) -> dict[str, str]:
    """Of every reader whether they are chosen, or cannot be."""
    found = re.findall(r'name="to" value="([^"]+)"([^>]*)>', client.get(path).text)
    return {address: how.strip() for address, how in found}


def mails() -> list[str]:
    return sorted(
        db.session.scalars(select(OutboxMail.recipient).where(OutboxMail.key.startswith("report:")))
    )


def press(client: FlaskClient, *to: str, send: bool = True, path: str = PAGE) -> str:
    """What is told when it is done."""
    data = {"to": [*to]} | ({"send": "now"} if send else {})
    answer = client.post(path, data=data)
    assert answer.status_code == 303, answer.text
    return text_of(client, answer.location)


def count_anew(women: int) -> None:
    db.session.query(BookingDate).filter(BookingDate.women == 7).update({"women": women})
    db.session.commit()


def test_it_tells_what_it_comes_to_and_who_gets_it(host: FlaskClient, clock: Clock) -> None:
    clock.at = BEFORE
    assert f'href="{PAGE}?project=kontoret"' in host.get(REPORT).text
    text = text_of(host)
    assert "October 2026: freeze the report?" in text
    assert "It becomes revision 1" in text
    assert "By itself it is sent Monday 2 November 2026, 06:00" in text
    assert "Mona m@example.org · Regionen PDF, Excel as links" in text
    assert "Qvist q@example.org · Kommunen PDF attached, in English" in text
    assert "gets other periods by schedule" in text
    assert boxes(host) == {MONTHLY: "checked", QUARTERLY: ""}
    assert db.session.query(ReportSnapshot).count() == 0


def test_freezing_alone_sends_nothing_and_the_schedule_sends_it_once(host: FlaskClient, clock: Clock) -> None:
    clock.at = BEFORE
    assert "Frozen as revision 1. Nobody gets a mail now." in press(host, MONTHLY, send=False)
    assert mails() == []
    assert "Nothing has changed since revision 1, so no other is made." in text_of(host)
    clock.at = NOVEMBER
    assert monthly_reports(NOVEMBER, False) == {"reports": 0, "mails": 1}
    assert mails() == [MONTHLY]
    assert db.session.query(ReportSnapshot).count() == 1


def test_who_got_it_by_hand_gets_no_second_mail_when_it_is_due(host: FlaskClient, clock: Clock) -> None:
    clock.at = BEFORE
    assert "Frozen as revision 1. 1 reader gets a mail." in press(host, MONTHLY)
    assert boxes(host) == {MONTHLY: "disabled", QUARTERLY: ""}
    assert "has got it already" in text_of(host)
    clock.at = NOVEMBER
    assert monthly_reports(NOVEMBER, False) == {"reports": 0, "mails": 0}
    assert mails() == [MONTHLY]


def test_a_change_before_it_is_due_is_sent_to_all(host: FlaskClient, clock: Clock) -> None:
    clock.at = BEFORE
    press(host, MONTHLY)
    count_anew(9)
    clock.at = NOVEMBER
    assert monthly_reports(NOVEMBER, False) == {"reports": 1, "mails": 1}
    assert mails() == [MONTHLY, MONTHLY]


def test_a_correction_goes_to_whom_the_host_chooses(host: FlaskClient) -> None:
    monthly_reports(NOVEMBER, False)
    count_anew(9)
    text = text_of(host)
    assert "It becomes revision 2 and says what it changed" in text
    assert "Nothing more is sent of this period by itself." in text
    assert "has revision 1" in text
    assert "Frozen as revision 2. Nobody gets a mail now." in press(host, send=False)
    assert monthly_reports(NOVEMBER + timedelta(days=1), False) == {"reports": 0, "mails": 0}
    assert mails() == [MONTHLY]
    assert boxes(host) == {MONTHLY: "checked", QUARTERLY: ""}
    assert "1 reader gets a mail with revision 2." in press(host, MONTHLY)
    assert "2 readers" not in press(host, MONTHLY, QUARTERLY)  # one of them has it
    assert mails() == [MONTHLY, MONTHLY, QUARTERLY]


def test_a_period_is_for_those_whose_schedule_has_it(host: FlaskClient, clock: Clock) -> None:
    clock.at = NOVEMBER.replace(year=2027, month=1, day=12)
    sign_in(host, "host@example.org")
    quarter = "/offices/oktober/reports/2026-Q4/revisions"
    assert boxes(host, quarter) == {QUARTERLY: "checked", MONTHLY: ""}
    assert "sent by itself to those who get it by schedule" in text_of(host, quarter)
    any_days = "/offices/oktober/reports/2026-10-05..2026-10-12/revisions"
    assert boxes(host, any_days) == {MONTHLY: "", QUARTERLY: ""}
    assert "Nothing more is sent of this period by itself." in text_of(host, any_days)


def test_to_send_somebody_must_be_chosen(host: FlaskClient) -> None:
    answer = host.post(PAGE, data={"send": "now"})
    assert answer.status_code == 422
    assert "Choose who gets it." in answer.text
    press(host, "stranger@example.org")
    assert mails() == []  # nobody but readers of the project


def test_what_is_held_back_is_released_first(host: FlaskClient) -> None:
    told = {"project": "kontoret", "period": "2026-10", "reason": "Heads lack"}
    host.post("/host/oktober/reports/hold", data=told)
    text = text_of(host)
    assert "This report is held back: Heads lack" in text
    assert "Freeze only" not in text
    assert "This report is held back: Heads lack" in press(host, send=False)
    assert db.session.query(ReportSnapshot).count() == 0


def test_nobody_to_send_to(client: FlaskClient, clock: Clock) -> None:
    clock.at = NOVEMBER
    load_project(LOADED)
    more = {"password": PASSWORD, "language": "en"}
    add_person("host@example.org", role="host", organisation="regionen", now=LOADED, **more)
    sign_in(client, "host@example.org")
    text = text_of(client)
    assert "Nobody gets reports of this project by mail." in text
    assert "send" not in text.lower().split("by mail.")[1]
    assert "Frozen as revision 1. Nobody gets a mail now." in press(client, send=False)


def test_hosts_of_another_office_do_not_freeze(host: FlaskClient, make: Factory) -> None:
    make.office("umea")
    assert host.get("/offices/umea/reports/2026-10/revisions").status_code in (403, 404)
    assert host.get("/offices/oktober/reports/2026-13/revisions").status_code == 404
    assert host.get(f"{PAGE}?project=nothing").status_code == 404


def test_a_period_that_runs_is_not_frozen(host: FlaskClient) -> None:
    answer = host.get("/offices/oktober/reports/2026-11/revisions", follow_redirects=True)
    assert "cannot be frozen" in answer.text
