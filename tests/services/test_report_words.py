"""Two sentences of the host's own: beside the figures, in whatever revision they were published with."""

import json
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader

from app.domain.errors import NotAllowed, Refused, Stale
from app.domain.period import Period
from app.models import Office, Person, Project
from app.services.people import add_person
from app.services.reports import report
from app.services.reports.public import for_public
from app.services.reports.verification import verify
from app.services.reports.words import words_of, write_words
from app.services.snapshots import content_of, freeze, frozen
from app.wording.report import laid_out
from app.wording.report.files import report_file
from tests.databases import both
from tests.factories import Factory
from tests.reports.october import NOVEMBER, load_project

OCTOBER = Period.parse("2026-10")
LATER = NOVEMBER + timedelta(days=3)
SV = "Breddmötet i Sörmland fyllde huset. Fler kom än någonsin."
EN = "The big meeting filled the house."


@pytest.fixture
def kept(app: Flask) -> tuple[Office, Project]:
    return load_project()


@pytest.fixture
def host(kept: tuple[Office, Project]) -> Person:
    return add_person("host@example.org", role="host", organisation="regionen", now=NOVEMBER)


@both
def test_words_stand_in_the_live_report_and_in_what_is_frozen(
    kept: tuple[Office, Project], host: Person
) -> None:
    office, project = kept
    assert report(office, OCTOBER, now=NOVEMBER)["words"] is None
    assert write_words(project, OCTOBER, {"sv": f" {SV}\n", "en": EN}, version=0, by=host, now=NOVEMBER)
    assert report(office, OCTOBER, now=NOVEMBER)["words"] == {"sv": SV, "en": EN}
    assert content_of(freeze(office, project, OCTOBER, now=NOVEMBER))["words"] == {"sv": SV, "en": EN}
    assert report(office, Period.parse("2026-11"), now=NOVEMBER)["words"] is None
    assert for_public(report(office, OCTOBER, now=NOVEMBER))["words"] == {"sv": SV, "en": EN}


@both
def test_other_words_make_a_revision_that_tells_what_differs_and_the_old_one_stays(
    kept: tuple[Office, Project], host: Person
) -> None:
    office, project = kept
    write_words(project, OCTOBER, {"sv": SV}, version=0, by=host, now=NOVEMBER)
    first = freeze(office, project, OCTOBER, now=NOVEMBER)
    assert freeze(office, project, OCTOBER, now=LATER).id == first.id
    write_words(project, OCTOBER, {"sv": "Lugnt.", "en": "Quiet."}, version=1, by=host, now=LATER)
    assert content_of(frozen(office, OCTOBER, project))["words"] == {"sv": SV}
    second = freeze(office, project, OCTOBER, now=LATER)
    assert second.revision == 2
    assert content_of(second)["changes"] == [
        {"figure": "words.sv", "before": SV, "after": "Lugnt."},
        {"figure": "words.en", "before": None, "after": "Quiet."},
    ]
    assert content_of(frozen(office, OCTOBER, project, 1))["words"] == {"sv": SV}
    assert second.checksum == first.checksum  # of the figures alone
    write_words(project, OCTOBER, {}, version=2, by=host, now=LATER)
    assert words_of(project, OCTOBER) is None
    assert verify(office, OCTOBER, project, now=LATER).holds  # words are no figures


def test_who_writes_and_how_much(kept: tuple[Office, Project], host: Person, make: Factory) -> None:
    project = kept[1]
    with pytest.raises(NotAllowed):
        write_words(project, OCTOBER, {"sv": SV}, version=0, by=make.person(), now=NOVEMBER)
    with pytest.raises(Refused) as refused:
        write_words(project, OCTOBER, {"sv": "x" * 601, "en": EN}, version=0, by=host, now=NOVEMBER)
    assert [(each.code, each.field) for each in refused.value.refusals] == [("words_too_long", "sv")]
    assert not write_words(project, OCTOBER, {"sv": " "}, version=0, by=host, now=NOVEMBER)
    assert words_of(project, OCTOBER) is None


@both
def test_nobodys_words_are_overwritten_unseen(kept: tuple[Office, Project], host: Person) -> None:
    project = kept[1]
    assert write_words(project, OCTOBER, {"sv": SV}, version=0, by=host, now=NOVEMBER)
    assert not write_words(project, OCTOBER, {"sv": SV}, version=1, by=host, now=LATER)
    for version in (0, 2):
        with pytest.raises(Stale):
            write_words(project, OCTOBER, {"sv": "Mine."}, version=version, by=host, now=LATER)
    assert words_of(project, OCTOBER) == {"sv": SV}


@pytest.mark.parametrize(
    ("words", "language", "spoken", "text"),
    [
        ({"sv": SV, "en": EN}, "sv", "sv", SV),
        ({"sv": SV, "en": EN}, "en", "en", EN),
        ({"sv": SV}, "en", "sv", SV),
        ({"en": EN}, "sv", "en", EN),
    ],
)
def test_readers_get_their_own_language_or_the_one_there_is(
    kept: tuple[Office, Project], words: dict[str, str], language: str, spoken: str, text: str
) -> None:
    found = {**report(kept[0], OCTOBER, now=NOVEMBER), "words": words}
    layout = laid_out(found, language, now=NOVEMBER)
    assert (layout.words, layout.words_language) == ([text], spoken)


def test_every_file_has_them(kept: tuple[Office, Project], host: Person) -> None:
    office, project = kept
    nasty = "=1+1 #emph[Hej] <b>fett</b> *stjärna*"
    write_words(project, OCTOBER, {"sv": nasty}, version=0, by=host, now=NOVEMBER)
    freeze(office, project, OCTOBER, now=NOVEMBER)
    write_words(project, OCTOBER, {"sv": SV}, version=1, by=host, now=LATER)
    found = content_of(freeze(office, project, OCTOBER, now=LATER))
    files = {form: report_file(found, form, "sv", now=LATER) for form in ("json", "csv", "xlsx", "pdf")}
    assert json.loads(files["json"])["words"] == {"sv": SV}
    assert f"words,,sv,{SV}" in files["csv"].decode()
    first = load_workbook(BytesIO(files["xlsx"])).worksheets[0]
    assert SV in [cell.value for cell in first["A"]]
    pdf = " ".join(" ".join(each.extract_text() for each in PdfReader(BytesIO(files["pdf"])).pages).split())
    assert SV in pdf
    assert "Värdens egna ord på svenska" in pdf
    assert nasty.split()[1] in pdf  # what they were, as text, in the list of changes
