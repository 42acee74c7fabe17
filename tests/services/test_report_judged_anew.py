"""A revision lists targets that are judged otherwise, and leads with the figures of the first page."""

from datetime import timedelta

from flask import Flask

from app.domain.period import Period
from app.extensions import db
from app.models import BookingDate
from app.services.reports.changes import changes
from app.services.reports.public import public_version
from app.services.reports.targets import judgement_of
from app.services.snapshots import freeze
from app.wording.report import laid_out
from tests.reports.october import NOVEMBER, TARGETS, load_project
from tests.services.report_rows import of

OCTOBER = Period.parse("2026-10")


def test_the_judgement_and_the_project_to_date_are_among_the_changes(app: Flask) -> None:
    office, project = load_project(more=TARGETS)
    first = of(office)
    lines = [
        {**line, "status": "met", "to_date": 0.8, "outcome": 0.8} if line["target"] == 0.70 else line
        for line in first["targets"]
    ]
    frozen = freeze(office, project, OCTOBER, now=NOVEMBER)
    frozen.content = {**frozen.content, "targets": lines}
    db.session.commit()
    counted = db.session.query(BookingDate).filter(BookingDate.women == 4).first()
    assert counted is not None
    counted.women = 14
    db.session.commit()
    snapshot = freeze(office, project, OCTOBER, now=NOVEMBER + timedelta(days=1))
    assert snapshot.revision == 2
    found = {each["figure"]: (each["before"], each["after"]) for each in snapshot.content["changes"]}
    assert found["targets.utilisation.judgement"] == ("met", "not_met")
    assert found["targets.utilisation.to_date"][0] == 0.8
    layout = laid_out(snapshot.content, "en", now=NOVEMBER)
    (told,) = (each for each in layout.remarks if each.about == "corrected")
    assert told.details[-1].startswith("Visits: 39 → 49; Share of women: ")
    assert told.details[-1].endswith("Utilisation: Judgement: Met → Not met.")
    (section,) = (each for each in layout.sections if each.key == "changes")
    rows = {row.key: [cell.text for cell in row.cells] for row in section.tables[0].rows}
    assert rows["targets.utilisation.to_date"] == ["Utilisation: Project to date", "80.0%", "7.5%"]
    assert [each["cause"] for each in snapshot.content["causes"]] == ["heads_corrected"]


def test_a_judgement_alone_makes_no_revision(app: Flask) -> None:
    office, _ = load_project(more=TARGETS)
    first = of(office)
    other = {**first, "targets": [{**line, "status": "met"} for line in first["targets"]]}
    assert changes(first, other) == []


def test_the_public_is_told_of_no_target_about_persons(app: Flask) -> None:
    office, _ = load_project(more=TARGETS)
    told = [
        {"figure": f"targets.{name}.to_date", "before": 1, "after": 2}
        for name in ("visits", "share_women", "unique_companies", "utilisation")
    ]
    found = public_version({**of(office), "changes": told}, None)
    assert [each["figure"] for each in found["changes"]] == ["targets.utilisation.to_date"]


def test_judgements_tell_of_what_they_are() -> None:
    line = {"indicator": "utilisation", "target": 0.5, "status": "met", "to_date": 0.6}
    assert judgement_of(line) == "met"
    assert judgement_of({**line, "to_date": 0.157}) == "met_in_period"
    assert judgement_of({**line, "status": "not_met"}) == "not_met_in_period"
    assert judgement_of({**line, "indicator": "visits"}) == "met_to_date"
    assert judgement_of({**line, "indicator": "Fler ska träffas", "status": "partly"}) == "partly"
