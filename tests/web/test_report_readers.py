"""Who reads how much of a report: every page, file, call and mail of it, for each kind of reader.

October is an earlier project's, November the present one's. A company used the office in October.
"""

import re
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from app.api import access
from app.domain.period import Period
from app.extensions import db
from app.jobs import JOBS, run
from app.jobs.table import monthly_reports
from app.models import Office, Person
from app.reports import FORMATS
from app.services.deliveries.schedules import ScheduleWish, schedule_of, set_schedule
from app.services.office_file import load_office
from app.services.people import add_person, new_token
from app.services.privacy import Folders, erase
from app.services.reports import project_named
from app.services.reports.readers import audience_of
from tests.conftest import Clock
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import DATA, NOVEMBER, load_october
from tests.web.accounts import PASSWORD, sign_in

LOADED = NOVEMBER - timedelta(days=13)
REPORTS = "/offices/oktober/reports"
NAMED = "exempelbolaget"
FULL, WITHOUT, PUBLIC = "full", "without_annex", "public"
# Whose people they are, and what they read: of October, of November, of both together.
READERS: Mapping[str, tuple[str, str, str]] = {
    "host": (FULL, FULL, FULL),
    "regionen": (FULL, FULL, FULL),  # runs both projects
    "kommunen": (FULL, FULL, FULL),  # pays for both
    "kraften": (WITHOUT, WITHOUT, WITHOUT),  # too, but the host has unticked them, in the present one alone
    "forr": (FULL, PUBLIC, PUBLIC),  # paid for the earlier one
    "sedan": (PUBLIC, FULL, PUBLIC),  # pays for the present one
    "granit": (PUBLIC, PUBLIC, PUBLIC),  # has nothing to do with either
}
PROJECTS = """
[[projects]]
slug = "forut"
name = "Kontoret förut"
host = "regionen"
starts = 2026-10-01
ends = 2026-11-01
funders = ["kommunen", "kraften", "forr"]

[[projects]]
slug = "kontoret"
name = "Kontoret nu"
host = "regionen"
starts = 2026-11-01
ends = 2027-11-01
funders = ["kommunen", "kraften", "sedan"]
"""
ORGANISATIONS = [each for each in READERS if each != "host"]
USUAL = ScheduleWish("month", None, ["pdf", "xlsx"], True, False, [], True)


def entry(slug: str) -> str:
    return f'[[organisations]]\nslug = "{slug}"\nname = "{slug.title()}"\ncategory = "municipality"\n\n'


@pytest.fixture
def office(app: Flask, make: Factory, clock: Clock) -> Office:
    for limit in (access.READS, access.WRITES):
        limit.forget()
    clock.at = NOVEMBER
    payers = "".join(entry(each) for each in ORGANISATIONS)
    place = load_october(LOADED, payers + PROJECTS)
    make.office("visby")
    for each in READERS:
        role, organisation = ("host", "regionen") if each == "host" else ("funder", each)
        more = {"language": "en", "password": PASSWORD}
        add_person(f"{each}@example.org", role=role, organisation=organisation, now=LOADED, **more)
    tick(place, "kontoret", "kraften", annex=False)
    return place


def person(of: str) -> Person:
    return db.session.scalars(select(Person).filter_by(email=f"{of}@example.org")).one()


def tick(office: Office, project: str, organisation: str, annex: bool, **more: object) -> None:
    values = {name: getattr(USUAL, name) for name in USUAL.__dataclass_fields__}
    wish = ScheduleWish(**{**values, "annex": annex, **more})
    set_schedule(project_named(office, project), organisation, wish, by=person("host"), now=LOADED)


def enter(client: FlaskClient, who: str) -> None:
    sign_in(client, f"{who}@example.org")


def read(data: bytes) -> str:
    """All that can be read in a file, also in the parts of a spreadsheet and in what is attached to a PDF."""
    parts = [data]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as file:
            parts = [file.read(name) for name in file.namelist()]
    if data.startswith(b"%PDF"):
        reader = PdfReader(BytesIO(data))
        attached = (part for found in reader.attachments.values() for part in found)
        parts = [*(page.extract_text().encode() for page in reader.pages), *attached]
    return b" ".join(parts).decode(errors="replace").casefold()


def see(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return read(answer.data)


def holds(text: str, reads: str, path: str) -> None:
    """Names the company for those alone who read all of it."""
    assert (NAMED in text) is (reads == FULL), path


@both
@pytest.mark.parametrize("who", READERS)
def test_every_page_and_file_and_call_of_a_report(client: FlaskClient, office: Office, who: str) -> None:
    october, _, together = READERS[who]
    monthly_reports(NOVEMBER, False)
    enter(client, who)
    for query in ("", "?project=forut", "?project=forut&revision=1"):
        holds(see(client, f"{REPORTS}/2026-10{query}"), october, query)
        for form in FORMATS:
            path = f"{REPORTS}/2026-10.{form}{query}"
            holds(see(client, path), october, path)
        told = client.get(f"{REPORTS}/2026-10.json{query}").json
        assert told["audience"] == ("public" if october == PUBLIC else "full")
        assert (told["by_funder"] == []) is (october == PUBLIC)
        status = client.get(f"{REPORTS}/2026-10/bookings{query}").status_code
        assert status == (403 if october == PUBLIC else 200), query
    expected = {FULL: 200, WITHOUT: 404, PUBLIC: 403}[october]
    assert client.get(f"{REPORTS}/2026-10/bookings?organisation={NAMED}").status_code == expected
    headers = {"Authorization": f"Bearer {new_token(f'{who}@example.org', NOVEMBER)}"}
    for period, reads in (("2026-10", october), ("2026-Q4", together)):
        call = f"/api/v1/utilisation?office=oktober&period={period}"
        holds(client.get(call, headers=headers).text, reads, call)
    for path in (f"{REPORTS}/2026-Q4", f"{REPORTS}/2026-Q4.json", f"{REPORTS}/2026-Q4.pdf"):
        holds(see(client, path), together, path)
    both_offices = FULL if who == "host" else PUBLIC  # in Visby nobody pays for anything
    for path in ("/offices/oktober+visby/reports/2026-10", "/offices/visby+oktober/reports/2026-10.json"):
        holds(see(client, path), both_offices, path)
    holds(see(client, f"{REPORTS}/2026-10?audience=public"), PUBLIC, "public")
    assert client.get(f"{REPORTS}/2026-10/bookings?audience=full").status_code == 422


@both
@pytest.mark.parametrize("who", READERS)
def test_all_links_of_the_list_lead_somewhere_and_the_present_month_is_theirs(
    client: FlaskClient, office: Office, who: str
) -> None:
    monthly_reports(NOVEMBER, False)
    enter(client, who)
    listed = client.get("/reports").text
    paths = {
        each.replace("&amp;", "&") for each in re.findall(r'href="(/offices/[^"]+/reports/[^"]+)"', listed)
    }
    assert any("revision=1" in each for each in paths)
    for path in sorted(each for each in paths if not re.search(r"\.(pdf|xlsx|excel-csv)", each)):
        assert client.get(path).status_code == 200, path
    november = READERS[who][1]
    assert ("version for the public" in listed) is (november == PUBLIC)
    assert (f"{REPORTS}/2026-11/bookings" in listed) is (november != PUBLIC)


@both
def test_they_are_told_why_and_who_could_change_it(client: FlaskClient, office: Office) -> None:
    enter(client, "granit")
    page = client.get(f"{REPORTS}/2026-10").text
    assert "your organisation neither runs nor pays for a project of Oktoberkontoret" in page
    assert "ask its hosts" in page
    assert "For those who run and pay" not in page
    days = client.get(f"{REPORTS}/2026-10-05..2026-10-12")
    assert days.status_code == 422
    assert "That is made of whole months only" in days.text
    call = "/api/v1/utilisation?office=oktober&period=2026-10-05..2026-10-12"
    headers = {"Authorization": f"Bearer {new_token('granit@example.org', NOVEMBER)}"}
    refused = client.get(call, headers=headers)
    assert (refused.status_code, NAMED in refused.text) == (422, False)
    enter(client, "kraften")
    assert "as the hosts have chosen for your organisation" in client.get(f"{REPORTS}/2026-10").text
    enter(client, "kommunen")
    page = client.get(f"{REPORTS}/2026-10").text
    assert "as the hosts have chosen" not in page
    assert "ask its hosts" not in page


@both
def test_every_mail_of_a_report(app: Flask, office: Office) -> None:
    for each in ("kommunen", "kraften", "forr", "regionen"):
        tick(office, "forut", each, annex=each != "kraften", attached=True, formats=list(FORMATS))
    tick(office, "forut", "forr", annex=True, attached=True, addresses=["diariet@example.org"])
    monthly_reports(NOVEMBER, False)
    run(JOBS["send-mail"], NOVEMBER)
    folder = Path(app.config["MAIL_FOLDER"])
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.glob("*.eml")]
    reads = {f"{each}@example.org": READERS[each][0] for each in ("kommunen", "kraften", "forr", "regionen")}
    reads["diariet@example.org"] = PUBLIC
    assert sorted(str(mail["To"]) for mail in mails) == sorted(reads)
    for mail in mails:
        assert isinstance(mail, EmailMessage)
        to, parts = str(mail["To"]), [*mail.iter_attachments()]
        assert parts, to
        for part in parts:
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            holds(read(content), reads[to], f"{to} {part.get_filename()}")


@both
def test_one_tick_is_for_all_projects_of_the_office(office: Office) -> None:
    october = Period.parse("2026-10")
    forut, now_ = (project_named(office, each) for each in ("forut", "kontoret"))
    for project in (forut, now_):
        assert schedule_of(project, "kraften").annex is False
    tick(office, "forut", "kraften", annex=True)
    assert schedule_of(now_, "kraften").annex is True
    assert audience_of(person("kraften"), [office], october) == FULL
    tick(office, "forut", "kraften", annex=False)
    tick(office, "kontoret", "kommunen", annex=False)
    assert audience_of(person("kraften"), [office], october) == WITHOUT
    assert audience_of(person("kommunen"), [office], october, forut) == WITHOUT


@both
@pytest.mark.parametrize(
    ("period", "project", "reads"),
    [
        ("2026-10", None, FULL),
        ("2026-10", "forut", FULL),
        ("2026-10", "kontoret", FULL),  # it is not in its time: what holds is whose October is
        ("2026-11", "forut", PUBLIC),  # naming a project of theirs opens no time of another
        ("2026-09", None, PUBLIC),  # nobody's
        ("2026-09-30..2026-10-02", None, PUBLIC),  # a day of it is nobody's
        ("2026-10-31..2026-11-02", None, PUBLIC),
    ],
)
def test_what_the_period_belongs_to_decides(
    office: Office, period: str, project: str | None, reads: str
) -> None:
    named = project_named(office, project) if project else None
    assert audience_of(person("forr"), [office], Period.parse(period), named) == reads


@both
def test_whoever_is_nobody_here_reads_what_the_public_does(office: Office, make: Factory) -> None:
    october = Period.parse("2026-10")
    assert audience_of(None, [office], october) == PUBLIC
    assert audience_of(person("kommunen"), [], october) == PUBLIC
    member = make.person("m@example.org", organisation="kommunen")
    elsewhere = make.person("e@example.org", "funder", "kommunen", make.office("visby"))
    for each in (member, elsewhere):
        assert audience_of(each, [office], october) == PUBLIC
    payer = person("kommunen")
    payer.active = False
    assert audience_of(payer, [office], october) == PUBLIC


@both
def test_who_pays_no_more_reads_no_more(office: Office) -> None:
    text = (DATA / "october-2026.toml").read_text("utf-8")
    payers = "".join(entry(each) for each in ORGANISATIONS)
    load_office(text + payers + PROJECTS.replace('"kraften", "forr"]', '"kraften"]'), now=NOVEMBER)
    assert audience_of(person("forr"), [office], Period.parse("2026-10")) == PUBLIC


def test_hosts_find_earlier_projects_and_no_button_for_the_erased(
    client: FlaskClient, office: Office, clock: Clock, tmp_path: Path
) -> None:
    monthly_reports(NOVEMBER, False)
    enter(client, "host")
    page = "/host/oktober/reports"
    assert "Earlier projects" not in client.get(page).text
    before = len(re.findall(r"/sent/\d+/again", client.get(page).text))
    told = {"hand_over_to": None, "write": lambda *_: ("", ""), "folders": Folders(tmp_path, tmp_path)}
    erase(person("forr").id, **told, by=None, now=NOVEMBER)
    text = client.get(page).text
    assert len(re.findall(r"/sent/\d+/again", text)) == before - 1
    assert "Somebody who was erased" in text
    clock.at = NOVEMBER + timedelta(days=420)
    enter(client, "host")
    text = client.get(page).text
    earlier = text[text.index("Earlier projects") :]
    assert f'href="{page}/forut/kraften"' in earlier
    assert "Does not see which organisations used the office" in earlier
    project_named(office, "forut").retired = True
    db.session.commit()
    assert f'href="{page}/forut/kraften"' in client.get(page).text


def test_an_address_at_which_nothing_can_arrive(client: FlaskClient, office: Office) -> None:
    enter(client, "host")
    said = {"active": "y", "every": "month", "language": "", "formats": ["pdf"], "addresses": "a@x"}
    answer = client.post("/host/oktober/reports/kontoret/kommunen", data=said)
    assert answer.status_code == 422
    assert "a@x ends without a domain such as .se, so no mail can arrive there." in answer.text
