"""Files that leave with a mail: made from the frozen report, the same to the byte whenever they are made."""

import hashlib
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.period import Period
from app.domain.suppression import FEWEST
from app.extensions import db
from app.jobs import attachments
from app.jobs.table import monthly_reports, send_mail
from app.models import Booking, OutboxMail, Person, Project, ReportSent
from app.reports import FORMATS
from app.services.deliveries.schedules import ScheduleWish, set_schedule
from app.services.people import add_person
from app.services.snapshots import freeze
from app.wording.deliveries import files_of
from tests.databases import both
from tests.reports.october import NOVEMBER, load_project

LOADED = NOVEMBER - timedelta(days=13)


@pytest.fixture
def project(app: Flask) -> Project:
    """Everything is attached: for a funder without the annex, and for an address without an account."""
    _, project = load_project(LOADED)
    host = person("host@example.org", "host", "regionen")
    person("f@example.org", "funder", "kommunen", language="en")
    give(project, host)
    return project


def person(email: str, role: str, organisation: str, **more: str) -> Person:
    return add_person(email, role=role, organisation=organisation, now=LOADED, **more)


def give(project: Project, host: Person) -> None:
    wish = ScheduleWish("month", None, FORMATS, False, True, ["diariet@example.org"], True)
    set_schedule(project, "kommunen", wish, by=host, now=LOADED)


def written(app: Flask) -> dict[str, EmailMessage]:
    """The mails in the folder, by recipient."""
    folder = Path(app.config["MAIL_FOLDER"])
    parsed = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.glob("*.eml")]
    return {str(each["To"]): each for each in parsed if isinstance(each, EmailMessage)}


def content_of(part: EmailMessage) -> bytes:
    found = part.get_payload(decode=True)
    assert isinstance(found, bytes)
    return found


@both
def test_files_are_attached_and_their_checksums_noted(app: Flask, project: Project) -> None:
    assert monthly_reports(NOVEMBER, False) == {"reports": 1, "mails": 2}
    send_mail(NOVEMBER, False)
    mails = written(app)
    assert set(mails) == {"f@example.org", "diariet@example.org"}
    for address, mail in mails.items():
        (sent,) = db.session.scalars(select(ReportSent).filter_by(recipient=address))
        files = [*mail.iter_attachments()]
        assert next(each.get_content_type() for each in files) == "application/pdf"
        assert sorted(sent.checksums) == sorted(FORMATS)
        found = {hashlib.sha256(content_of(each)).hexdigest() for each in files}
        assert found == set(sent.checksums.values())
    names = [each.get_filename() for each in mails["diariet@example.org"].iter_attachments()]
    assert names[0] == "oktober-2026-10-revision-1-public.pdf"
    body = mails["diariet@example.org"].get_body()
    assert body
    assert "http" not in body.get_content()


@both
def test_nobody_gets_more_than_is_theirs(app: Flask, project: Project) -> None:
    monthly_reports(NOVEMBER, False)
    for mail in db.session.scalars(select(OutboxMail)):
        files = files_of(mail)
        assert "by_organisation" in files["json"].content.decode()
        for form in ("json", "csv", "excel-csv"):
            assert b"xempelbolaget" not in files[form].content
        if mail.recipient == "diariet@example.org":
            small = [
                f'"{sex}": {number},'.encode() for sex in ("women", "men") for number in range(1, FEWEST)
            ]
            assert not any(each in files["json"].content for each in small)


def test_a_file_is_the_same_to_the_byte_whatever_happened_since(app: Flask, project: Project) -> None:
    monthly_reports(NOVEMBER, False)
    mail = db.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).first()
    assert mail
    before = {form: file.content for form, file in files_of(mail).items()}
    db.session.query(Booking).filter_by(imported_as="1").one().dates[0].women = 40
    db.session.commit()
    assert {form: file.content for form, file in files_of(mail).items()} == before
    later = freeze(project.office, project, Period.parse("2026-10"), now=NOVEMBER + timedelta(days=1))
    assert later.revision == 2  # which a file fetched on the pages would say from now on
    assert {form: file.content for form, file in files_of(mail).items()} == before


def test_files_too_large_for_a_mail_are_told_to_the_host(
    app: Flask, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_BYTES", 1000)
    monthly_reports(NOVEMBER, False)
    assert send_mail(NOVEMBER, False)["dead"] == 2
    states = {(mail.state, mail.office_id) for mail in db.session.scalars(select(OutboxMail))}
    assert states == {("dead", project.office_id)}
    assert written(app) == {}
