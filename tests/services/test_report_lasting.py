"""What is renamed, moved, retired or merged after a report was frozen: the figures stay."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.period import Period
from app.extensions import db
from app.models import Office, Organisation, Project
from app.services.office_file import load_office
from app.services.offices import office_named
from app.services.reports import Report
from app.services.reports.verification import verify
from app.services.snapshots import content_of, freeze, frozen
from tests.databases import both
from tests.reports.october import DATA, NOVEMBER, PROJECT, load_project
from tests.services.report_rows import of

OCTOBER = Period.parse("2026-10")
LATER = NOVEMBER + timedelta(days=3)
SECTIONS = ("totals", "attendance", "no_shows", "by_resource", "by_hour", "checksum")
NUMBER, BOTH = "556000-0001", ("exempelbolaget", "nybolaget")
SUCCESSOR = f"""
[[organisations]]
slug = "nybolaget"
name = "Nybolaget AB"
category = "network"
organisation_number = "{NUMBER}"
"""


@pytest.fixture
def october(app: Flask) -> tuple[Office, Project]:
    office, project = load_project()
    freeze(office, project, OCTOBER, now=NOVEMBER)
    return office, project


def changed(*changes: tuple[str, str], more: str = "") -> Office:
    """The office's file is loaded anew, with these words in the place of others."""
    text = (DATA / "october-2026.toml").read_text("utf-8") + PROJECT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    load_office(text + more, now=LATER)
    return office_named("oktober")


def same_figures(before: Report, after: Report) -> bool:
    return all(before[section] == after[section] for section in SECTIONS)


def lines(found: Report, section: str = "by_category", key: str = "category") -> dict[str, float]:
    return {line[key]: line["used_hours"] for line in found[section]}


def still_holds(office: Office, project: Project) -> bool:
    """The frozen report counted again, and no revision where it is frozen again."""
    holds = verify(office, OCTOBER, project, now=LATER).holds
    return holds and freeze(office, project, OCTOBER, now=LATER).revision == 1


def company_names(found: Report) -> dict[str, str]:
    return next(line["names"] for line in found["by_category"] if line["category"] == "company")


@both
def test_a_renamed_category_has_its_new_name_where_it_is_live_and_its_old_one_where_it_is_frozen(
    october: tuple[Office, Project],
) -> None:
    office, project = october
    before = of(office)
    after = of(
        changed(('name = { sv = "Företag", en = "Companies" }', 'name = { sv = "Bolag", en = "Firms" }'))
    )
    assert company_names(after) == {"sv": "Bolag", "en": "Firms"}
    assert company_names(content_of(frozen(office, OCTOBER, project))) == {"sv": "Företag", "en": "Companies"}
    assert same_figures(before, after)
    assert lines(before) == lines(after)
    assert still_holds(office, project)


def test_an_organisation_of_another_category_moves_no_past_figure(october: tuple[Office, Project]) -> None:
    office, project = october
    before = of(office)
    moved = 'name = "Exempelbolaget AB"\ncategory = '
    after = of(changed((f'{moved}"company"', f'{moved}"network"')))
    assert lines(before) == lines(after)
    assert before["companies"] == after["companies"]
    assert still_holds(office, project)


@both
def test_a_category_that_is_no_more_keeps_what_was_booked_in_it(october: tuple[Office, Project]) -> None:
    office, project = october
    before = of(office)
    gone = '[[categories]]\nslug = "company"\nname = { sv = "Företag", en = "Companies" }\n'
    new = gone.replace('"company"', '"firm"')
    after = of(changed((gone, new), ('category = "company"', 'category = "firm"')))
    assert lines(before)["company"] == 12
    assert lines(before) == lines(after)
    assert company_names(after) == {"sv": "Företag", "en": "Companies"}
    assert still_holds(office, project)


@both
def test_a_merged_organisation_keeps_its_past_and_is_one_company_with_its_successor(
    october: tuple[Office, Project],
) -> None:
    office, project = october
    before = of(office)
    number = f'name = "Exempelbolaget AB"\norganisation_number = "{NUMBER}"'
    after = of(changed(('name = "Exempelbolaget AB"', number), more=SUCCESSOR))
    gone = '[[organisations]]\nslug = "exempelbolaget"\nname = "Exempelbolaget AB"\ncategory = "company"\n'
    retired = of(changed((gone, ""), more=SUCCESSOR))
    for found in (after, retired):
        assert same_figures(before, found)
        assert lines(found, "by_organisation", "organisation") == lines(
            before, "by_organisation", "organisation"
        )
        assert found["companies"]["in_project"] == 1
    numbers = db.session.scalars(select(Organisation.organisation_number).where(Organisation.slug.in_(BOTH)))
    assert {*numbers} == {NUMBER}  # so they go on being one
    assert still_holds(office, project)


def test_before_the_office_existed_nothing_was_used_and_what_was_not_in_service_was_not_open(
    october: tuple[Office, Project],
) -> None:
    found = of(october[0], "1999-05")
    assert lines(found, "by_resource", "resource") == {"a": 0}  # the other one is in service from 2026 on
    assert (found["totals"]["used_hours"], found["totals"]["bookings"], found["totals"]["utilisation"]) == (
        0,
        0,
        0,
    )
    assert (found["project"], found["by_category"], found["trend"]) == (None, [], [])
    opened = changed(
        ('kind = "room"\ncapacity = 10', 'kind = "room"\ncapacity = 10\nactive_from = 2026-10-01')
    )
    before = of(opened, "1999-05")
    assert before["by_resource"] == []
    assert {
        before["totals"][name] for name in ("utilisation", "booked_share", "day_frequency", "seat_fill")
    } == {None}
    assert before["headline"]["value"] is None
