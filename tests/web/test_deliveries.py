"""The host's page about reports on their way, and the funder's about all that were published."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.jobs import JOBS, run
from app.jobs.table import monthly_reports
from app.models import Office, OutboxMail, ReportDelivery, ReportHold
from app.services.deliveries.schedules import ScheduleWish, set_schedule
from app.services.people import add_person
from app.services.reports import project_named
from tests.conftest import Clock
from tests.factories import Factory
from tests.reports.october import NOVEMBER, load_project
from tests.web.accounts import PASSWORD, sign_in

LOADED = NOVEMBER - timedelta(days=13)
PAGE = "/host/oktober/reports"
FORM = f"{PAGE}/kontoret/kommunen"
OCTOBER = "/offices/oktober/reports/2026-10"
GOOD = {"active": "y", "every": "month", "language": "", "formats": ["pdf"], "attached": "", "annex": "y"}


@pytest.fixture
def office(clock: Clock) -> Office:
    clock.at = NOVEMBER - timedelta(days=2)
    return load_project(LOADED)[0]


def enter(client: FlaskClient, role: str, organisation: str = "kommunen") -> None:
    email = f"{role}@example.org"
    more = {"password": PASSWORD, "language": "en", "name": role.title()}
    add_person(email, role=role, organisation=organisation, now=LOADED, **more)
    sign_in(client, email)


def text_of(client: FlaskClient, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).replace("\N{NO-BREAK SPACE}", " ").split())


def without_annex(office: Office) -> None:
    host = add_person("other@example.org", role="host", organisation="regionen", now=LOADED)
    wish = ScheduleWish("month", None, ["pdf"], False, False, [], True)
    set_schedule(project_named(office, "kontoret"), "kommunen", wish, by=host, now=LOADED)


@pytest.mark.parametrize("path", [PAGE, FORM])
def test_it_is_for_hosts(client: FlaskClient, office: Office, path: str) -> None:
    enter(client, "funder")
    assert client.get(path).status_code == 403


def test_hosts_of_another_office_do_not_see_it(client: FlaskClient, office: Office, make: Factory) -> None:
    make.office("umea")
    more = {"password": PASSWORD, "office": "umea"}
    add_person("host@example.org", role="host", organisation="regionen", now=LOADED, **more)
    sign_in(client, "host@example.org")
    assert client.get(PAGE).status_code == 403
    answer = client.post(f"{PAGE}/hold", data={"project": "kontoret", "period": "2026-10", "reason": "x"})
    assert answer.status_code == 403


def test_the_page_tells_what_will_be_sent_and_what_is_missing(client: FlaskClient, office: Office) -> None:
    add_person("f@example.org", role="funder", organisation="kommunen", now=LOADED, name="Folke")
    enter(client, "host")
    text = text_of(client)
    for said in (
        "October 2026 Kontoret i oktober Sent soon Monday 2 November 2026, 06:00",
        "7.5% ",
        "Goes to 1 reader Folke f@example.org · Kommunen PDF, Excel as links, in Swedish, in full",
        "Every month: PDF, Excel as links",
        "No report has been frozen yet.",
    ):
        assert said in text, said
    assert "Reports to the funders" in text_of(client, "/host")


def test_holding_back_needs_a_reason_and_a_report_that_comes(client: FlaskClient, office: Office) -> None:
    enter(client, "host")
    told = {"project": "kontoret", "period": "2026-10", "key": "kontoret-2026-10", "reason": " "}
    refused = client.post(f"{PAGE}/hold", data=told)
    assert refused.status_code == 422
    assert "Say why: the other hosts read it." in refused.text
    for wrong, status in (
        ({"period": "2026-09"}, 404),
        ({"project": "nothing"}, 404),
        ({"period": "x"}, 404),
    ):
        data = {**told, "reason": "Varför", **wrong}
        assert client.post(f"{PAGE}/hold", data=data).status_code == status, wrong
    assert db.session.query(ReportHold).count() == 0


def test_held_back_and_released(client: FlaskClient, office: Office, clock: Clock) -> None:
    add_person("f@example.org", role="funder", organisation="kommunen", now=LOADED)
    enter(client, "host")
    told = {"project": "kontoret", "period": "2026-10", "reason": "Two head counts are missing"}
    assert client.post(f"{PAGE}/hold", data=told).status_code == 303
    clock.at = NOVEMBER
    assert monthly_reports(NOVEMBER, False) == {"reports": 0, "mails": 0}
    text = text_of(client)
    assert "Held back Monday 2 November 2026, 06:00" in text
    assert "Two head counts are missing 31 October 2026 · Host Release and send" in text
    frozen = client.post(f"{OCTOBER}/revisions", follow_redirects=True)
    assert "This report is held back: Two head counts are missing" in frozen.text
    (held,) = db.session.scalars(select(ReportHold))
    assert client.post(f"{PAGE}/holds/{held.id}/release").status_code == 303
    assert monthly_reports(NOVEMBER, False) == {"reports": 1, "mails": 1}
    text = text_of(client)
    assert "October 2026 Kontoret i oktober Frozen 2 November 2026, revision 1 Waits to be sent" in text
    too_late = client.post(f"{PAGE}/hold", data=told, follow_redirects=True)
    assert "This report has been sent already, so it cannot be held back." in too_late.text
    assert db.session.query(ReportHold).count() == 1
    run(JOBS["send-mail"], NOVEMBER)
    assert "Sent f@example.org 2 November 2026 06:30 · Kommunen · PDF, Excel as links" in text_of(client)


def test_everything_wrong_with_a_schedule_is_told_at_once(client: FlaskClient, office: Office) -> None:
    enter(client, "host")
    wrong = {"every": "day", "language": "fi", "formats": [], "addresses": "nobody\nf@example.org"}
    refused = client.post(FORM, data=wrong)
    assert refused.status_code == 422
    for said in (
        "Choose how often.",
        "Choose a language.",
        "Choose at least one kind of file.",
        "nobody is no e-mail address.",
    ):
        assert refused.text.count(said) == 2, said  # at the field, and above all
    assert "nobody\nf@example.org" in refused.text.replace("\r", "")
    assert db.session.query(ReportDelivery).count() == 0


def test_a_schedule_is_changed_by_its_form(client: FlaskClient, office: Office) -> None:
    enter(client, "host")
    more = {"every": "quarter", "language": "en", "attached": "yes", "addresses": "diariet@example.org"}
    assert client.post(FORM, data={**GOOD, **more}).status_code == 303
    text = text_of(client)
    assert "Every quarter: PDF attached Language: English" in text
    assert "diariet@example.org · the version for the public" in text
    page = client.get(FORM).text
    assert 'selected value="quarter"' in page
    assert "diariet@example.org" in page
    assert client.get(f"{PAGE}/kontoret/exempelbolaget").status_code == 404
    silent = {name: value for name, value in GOOD.items() if name != "active"}
    client.post(FORM, data=silent)
    assert "Gets nothing by mail" in text_of(client)


def test_send_again(client: FlaskClient, office: Office, clock: Clock) -> None:
    add_person("f@example.org", role="funder", organisation="kommunen", now=LOADED)
    enter(client, "host")
    clock.at = NOVEMBER
    monthly_reports(NOVEMBER, False)
    (address,) = set(re.findall(rf"{PAGE}/sent/\d+/again", client.get(PAGE).text))
    assert "It is sent again within a few minutes." in client.post(address, follow_redirects=True).text
    assert "It has been sent again already" in client.post(address, follow_redirects=True).text
    assert db.session.query(OutboxMail).count() == 2
    assert client.post(f"{PAGE}/sent/999/again").status_code == 404


# The funder's side


def test_a_funder_sees_the_month_that_runs_and_all_published_reports(
    client: FlaskClient, office: Office, clock: Clock
) -> None:
    enter(client, "funder")
    text = text_of(client, "/reports")
    assert "October 2026 As it stands now, and not final" in text
    assert "Utilisation 7.5%" in text
    assert "Published reports" not in text
    clock.at = NOVEMBER
    monthly_reports(NOVEMBER, False)
    text = text_of(client, "/reports")
    assert "Published reports Kontoret i oktober Period Frozen Files October 2026 2 Nov" in text
    for form in ("pdf", "xlsx", "excel-csv", "csv", "json"):
        address = f"{OCTOBER}.{form}?project=kontoret&amp;revision=1"
        assert address in client.get("/reports").text
        assert client.get(address.replace("&amp;", "&")).status_code == 200


def test_whoever_is_not_to_see_organisations_sees_none(client: FlaskClient, office: Office) -> None:
    enter(client, "funder")
    assert "Exempelbolaget" in text_of(client, OCTOBER)
    assert client.get(f"{OCTOBER}/bookings?organisation=exempelbolaget").status_code == 200
    without_annex(office)
    for path in (OCTOBER, f"{OCTOBER}.json", f"{OCTOBER}.csv", f"{OCTOBER}.excel-csv", f"{OCTOBER}/bookings"):
        assert "exempelbolaget" not in client.get(path).text.lower(), path
    assert client.get(f"{OCTOBER}/bookings?organisation=exempelbolaget").status_code == 404
