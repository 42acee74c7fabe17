"""The letters about reports as they reach their readers, word for word, like those in test_letters."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.domain.period import Period
from app.extensions import db
from app.models import Booking, Office, Project
from app.services.deliveries.ahead import previews
from app.services.deliveries.holds import hold
from app.services.deliveries.recipients import Recipient
from app.services.people import add_person
from app.services.snapshots import freeze
from app.wording.deliveries import held_letter, preview_letter
from app.wording.report_letter import report_letter
from tests.reports.october import NOVEMBER, load_project

KEPT = Path(__file__).parent / "letters"
LOADED = NOVEMBER - timedelta(days=13)
OCTOBER = Period.parse("2026-10")
Loaded = tuple[Office, Project]


@pytest.fixture
def loaded(app: Flask) -> Loaded:
    return load_project(LOADED)


def kept(name: str, language: str, letter: tuple[str, str]) -> None:
    subject, body = letter
    assert f"Subject: {subject}\n\n{body}" == (KEPT / f"{name}.{language}.txt").read_text("utf-8")
    assert "\n\n\n" not in body
    assert body.strip() == body[:-1]


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("kind", ["linked", "attached", "public"])
def test_to_who_gets_the_report(loaded: Loaded, kind: str, language: str) -> None:
    office, project = loaded
    snapshot = freeze(office, project, OCTOBER, now=NOVEMBER)
    reader = add_person("f@example.org", role="funder", organisation="kommunen", now=LOADED)
    to = Recipient(
        address="f@example.org",
        organisation=project.funders[0],
        person=None if kind == "public" else reader,
        language=language,
        formats=("pdf", "excel-csv"),
        audience="public" if kind == "public" else "full",
        attached=kind != "linked",
    )
    subject, body = report_letter(snapshot, to)
    assert (snapshot.checksum in body) == (kind != "public")  # the version for the public has its own
    kept(f"report-{kind}", language, (subject, re.sub(r"[0-9a-f]{64}", "CHECKSUM", body)))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_to_who_gets_a_corrected_report(loaded: Loaded, language: str) -> None:
    office, project = loaded
    freeze(office, project, OCTOBER, now=NOVEMBER)
    date = db.session.query(Booking).filter_by(imported_as="3").one().dates[0]
    date.status = "cancelled"
    db.session.commit()
    snapshot = freeze(office, project, OCTOBER, now=NOVEMBER + timedelta(days=1))
    to = Recipient(
        address="f@example.org",
        organisation=project.funders[0],
        person=add_person("f@example.org", role="funder", organisation="kommunen", now=LOADED),
        language=language,
        formats=("pdf",),
        audience="full",
        attached=False,
    )
    subject, body = report_letter(snapshot, to)
    kept("report-corrected", language, (subject, re.sub(r"[0-9a-f]{64}", "CHECKSUM", body)))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_to_hosts_about_what_will_be_sent(loaded: Loaded, language: str) -> None:
    office, _ = loaded
    shown = previews(office, NOVEMBER - timedelta(days=3))[:1]
    kept("report-preview", language, preview_letter(office, shown, language))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_to_hosts_about_what_they_hold_back(loaded: Loaded, language: str) -> None:
    office, project = loaded
    host = add_person("host@example.org", role="host", organisation="regionen", now=LOADED)
    held = hold(project, OCTOBER, "Antal saknas <den 3>", by=host, now=LOADED)
    kept("report-held", language, held_letter(office, [held], language))
