"""What a report for the public leaves out, and that nobody can work it out from what such reports print."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.period import Period
from app.extensions import db
from app.models import BookingDate, Closure, Office, Project
from app.reports import FORMATS, as_json
from app.services.reports import project_named, report, report_together
from app.services.reports.public import SEXES, UNTOLD, for_public, is_for_public, public_version
from app.services.snapshots import content_of, freeze
from app.wording.report.files import report_file
from tests.factories import Factory
from tests.reports.october import NOVEMBER, load_october, load_project
from tests.reports.read_back import texts_of

OCTOBER = Period.parse("2026-10")
COUNTS = st.sampled_from([0, 0, 1, 1, 2, 4, 5, 6, 12]) | st.integers(0, 40)
LINES = st.lists(st.tuples(COUNTS, COUNTS, COUNTS, st.integers(1, 3)), min_size=1, max_size=5)
TARGETS = """
[[targets]]
project = "kontoret"
indicator = "visits"
target = 20

[[targets]]
project = "kontoret"
indicator = "share_women"
target = 0.5

[[targets]]
project = "kontoret"
indicator = "seat_fill"
target = 0.5

[[targets]]
project = "kontoret"
indicator = "unique_companies"
target = 1
"""


def a_report(lines: list[tuple[int, int, int, int]]) -> dict[str, Any]:
    """A month with those head counts and numbers of organisations, category by category."""
    groups = [
        {
            **dict(zip((*SEXES, "organisations"), heads, strict=True)),
            "used_hours": 10.0 - number,
            "bookings": 3,
        }
        for number, heads in enumerate(lines)
    ]
    women, men, other = (sum(line[sex] for line in groups) for sex in SEXES)
    both = women + men
    shares = {"share_women": women / both if both else None, "share_men": men / both if both else None}
    return {
        "audience": "full",
        "office": "oktober",
        "period": {"from": "2026-10-01", "to": "2026-11-01"},
        "checksum": "c" * 64,
        "headline": {"counts": "seats", "value": 0.25},
        "totals": {"utilisation": 0.5, "persons_hours": 3.0, "occupancy": 0.5, "seat_fill": 0.25},
        "by_category": [{"category": f"c{at}", **line} for at, line in enumerate(groups)],
        "by_activity": [{"activity": f"a{at}", **line} for at, line in enumerate(groups)],
        "by_municipality": [{"municipality": f"m{at}", **line} for at, line in enumerate(groups)],
        "by_organisation": [{"organisation": "granit", "name": "Granit & Son AB", "women": 1}],
        "by_funder": [{"organisation": "granit", "name": "Granit & Son AB", "women": 1}],
        "attendance": {"women": women, "men": men, "other": other, **shares, "counted": 4, "missing": 1},
        "compared": [{"compared": "project_to_date", "bookings": 4, "women": women, "seat_fill": 0.5}],
        "companies": {"in_period": 1, "new_in_period": 1, "in_project": 9},
        "targets": [
            {"indicator": each, "outcome": 0.5, "to_date": 0.5, "status": "met"}
            for each in ("visits", "share_women", "seat_fill", "unique_companies", "utilisation")
        ],
        "quality": {"suppressed_cells": 0, "head_counts_missing": 1, "closures": 2},
        "changes": [
            {"figure": "by_category.c1.women", "before": 3, "after": 4, "because": ["Granit & Son AB"]},
            {"figure": "by_category.c1.organisations", "before": 3, "after": 4},
            {"figure": "totals.persons_hours", "before": 3, "after": 4},
            {"figure": "by_organisation.granit.used_hours", "before": 3, "after": 4},
            {"figure": "totals.used_hours", "before": 30, "after": 31, "because": ["Granit & Son AB"]},
        ],
        "aid": [{"organisation": "granit", "value": 100}],
    }


def public(lines: list[tuple[int, int, int, int]]) -> dict[str, Any]:
    full = a_report(lines)
    return public_version(full, full)


def numbers_of_persons(value: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Every figure about persons, wherever it stands."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            if name in UNTOLD and each is not None and not isinstance(each, bool):
                yield f"{where}.{name}", each
            yield from numbers_of_persons(each, f"{where}.{name}")
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from numbers_of_persons(each, f"{where}[{at}]")


# One report


@given(LINES)
def test_no_small_number_of_persons_stands_anywhere(lines: list[tuple[int, int, int, int]]) -> None:
    for where, number in numbers_of_persons(public(lines)):
        assert where.startswith((".attendance.", ".by_category[")), where
        assert number == 0 or number >= 5 or ".share_" in where, where


@settings(max_examples=60, deadline=None)
@given(LINES, st.sampled_from(SEXES), st.data())
def test_other_numbers_would_print_the_same(
    lines: list[tuple[int, int, int, int]], sex: str, data: st.DataObject
) -> None:
    """Whoever knows this program finds for each hidden small cell two other numbers that print the same."""
    seen, at = public(lines), SEXES.index(sex)
    for number, line in enumerate(lines):
        if not 0 < line[at] < 5 or seen["attendance"][sex] is None:
            continue
        others = [other for other in (1, 2, 3, 4) if other != line[at]]
        alike = [other for other in others if seen in variants(lines, number, at, other)]
        assert len(alike) >= 2, (line[at], alike)


def variants(
    lines: list[tuple[int, int, int, int]], number: int, at: int, other: int
) -> Iterator[dict[str, Any]]:
    """Reports in which that cell is another number and one or two others make up for it."""
    left = lines[number][at] - other
    places = [place for place in range(len(lines)) if place != number]
    for first in places:
        for second in places:
            for step in range(-abs(left) - 12, abs(left) + 13) if first != second else (0,):
                changed = [list(line) for line in lines]
                changed[number][at] = other
                changed[first][at] += left - step
                changed[second][at] += step
                if all(line[at] >= 0 for line in changed):
                    yield public([tuple(line) for line in changed])


@given(LINES)
def test_the_list_of_hidden_cells_says_nothing_by_its_order(lines: list[tuple[int, int, int, int]]) -> None:
    seen = public(lines)
    named = [line["cell"] for line in seen["suppressed"]]
    assert named == sorted(named)
    assert len(named) == len(set(named)) == seen["quality"]["suppressed_cells"]
    for line in seen["by_category"]:
        for sex in SEXES:
            assert (line[sex] is None) == (f"by_category.{line['category']}.{sex}" in named)


@given(LINES)
def test_what_follows_from_hidden_numbers_is_hidden_too(lines: list[tuple[int, int, int, int]]) -> None:
    seen = public(lines)
    visits, targets = seen["attendance"], {line["indicator"]: line for line in seen["targets"]}
    if visits["women"] is None or visits["men"] is None:
        assert visits["share_women"] is visits["share_men"] is targets["share_women"]["outcome"] is None
    if None in [visits[sex] for sex in SEXES]:
        assert targets["visits"]["outcome"] is None
    assert [targets[each]["status"] for each in ("visits", "seat_fill")] == ["open", "open"]
    assert all(targets[each]["to_date"] is None for each in ("visits", "share_women", "seat_fill"))


def test_no_organisation_and_nothing_unknown_is_told() -> None:
    full = a_report([(3, 9, 0, 1), (8, 7, 6, 2)])
    seen = public_version(full, full)
    assert "ranit" not in json.dumps(seen)
    assert [line["figure"] for line in seen["changes"]] == ["totals.used_hours"]
    assert seen["companies"] == {"in_period": None, "new_in_period": None, "in_project": 9}
    assert seen["headline"] == {"counts": "hours", "value": 0.5}
    assert seen["by_category"][0]["women"] is seen["by_category"][0]["men"] is None  # one organisation alone
    assert seen.keys() - full.keys() == {"tells_persons", "suppressed"}
    assert full == a_report([(3, 9, 0, 1), (8, 7, 6, 2)])  # the full one stays as it was


def test_the_checksum_is_of_what_is_published() -> None:
    few, more = a_report([(3, 9, 0, 2), (30, 70, 60, 2)]), a_report([(2, 9, 0, 2), (31, 70, 60, 2)])
    more["checksum"] = "d" * 64
    assert public_version(few, few) == public_version(more, more)
    assert public_version(few, few)["checksum"] != few["checksum"]
    assert public_version(few, few)["checksum"] != public_version(few, None)["checksum"]


# Reports beside each other


@pytest.fixture
def october(app: Flask) -> tuple[Office, Project]:
    return load_project(more=TARGETS)


def published(office: Office, project: Project, period: str) -> dict[str, Any]:
    return for_public(content_of(freeze(office, project, Period.parse(period), now=NOVEMBER)))


def test_persons_are_told_of_a_month_as_first_frozen_alone(october: tuple[Office, Project]) -> None:
    office, project = october
    assert not for_public(report(office, OCTOBER, now=NOVEMBER))["tells_persons"]
    first = published(office, project, "2026-10")
    assert first["tells_persons"]
    assert dict(numbers_of_persons(first))
    assert for_public(report(office, OCTOBER, now=NOVEMBER))["attendance"] == first["attendance"]


@pytest.mark.parametrize(
    "period", ["2026-Q4", "2026-H2", "2026", "2026-10-01..2027-04-01", "2026-11", "2026-10-05..2026-10-09"]
)
def test_no_other_period_tells_of_persons(october: tuple[Office, Project], period: str) -> None:
    office, project = october
    freeze(office, project, OCTOBER, now=NOVEMBER)
    found = for_public(report(office, Period.parse(period), now=NOVEMBER))
    assert not dict(numbers_of_persons(found))
    assert all(line["to_date"] is None for line in found["targets"] if line["indicator"] == "visits")


def test_a_later_month_tells_nothing_of_those_before_it(october: tuple[Office, Project]) -> None:
    """Project to date less one's own month less the project to date of an earlier report: gone."""
    office, project = october
    december = NOVEMBER + timedelta(days=31)
    freeze(office, project, OCTOBER, now=NOVEMBER)
    november = for_public(content_of(freeze(office, project, Period.parse("2026-11"), now=december)))
    assert {line["compared"] for line in november["compared"]} >= {"before", "project_to_date"}
    own = [where for where, _ in numbers_of_persons(november)]
    assert all(where.startswith((".attendance.", ".by_category[")) for where in own)


def test_a_revision_with_other_head_counts_tells_of_no_persons(october: tuple[Office, Project]) -> None:
    office, project = october
    first = published(office, project, "2026-10")
    date = db.session.query(BookingDate).filter(BookingDate.women.is_not(None)).first()
    date.women += 7
    db.session.commit()
    second = freeze(office, project, OCTOBER, now=NOVEMBER)
    assert second.revision == 2
    later = for_public(content_of(second))
    assert not later["tells_persons"]
    assert not dict(numbers_of_persons(later))
    assert later["changes"] == []
    assert first["tells_persons"]  # and stays as it was published
    again = for_public({**content_of(second), "revision": 1})
    assert not again["tells_persons"]


def test_a_revision_with_the_same_head_counts_tells_the_same(october: tuple[Office, Project]) -> None:
    office, project = october
    first = published(office, project, "2026-10")
    starts = NOVEMBER - timedelta(days=5, hours=-4)
    db.session.add(
        Closure(
            office_id=office.id,
            starts_at=starts,
            ends_at=starts + timedelta(hours=2),
            reason="Vatten",
            source="host",
            entered_at=NOVEMBER,
        )
    )
    db.session.commit()
    second = published(office, project, "2026-10")
    assert (second["revision"], second["tells_persons"]) == (2, True)
    assert second["attendance"] == first["attendance"]
    assert second["totals"] != first["totals"]


def test_another_project_of_the_same_month_tells_no_other_numbers(app: Flask) -> None:
    office = load_october(more=PROJECTS)
    first, other = project_named(office, "a"), project_named(office, "b")
    assert published(office, first, "2026-10")["tells_persons"]
    assert not published(office, other, "2026-10")["tells_persons"]  # counts desks alone


def test_several_offices_together_tell_of_no_persons(october: tuple[Office, Project], make: Factory) -> None:
    office, project = october
    freeze(office, project, OCTOBER, now=NOVEMBER)
    make.room("granen", office="umea")
    offices = [office, db.session.query(Office).filter_by(slug="umea").one()]
    found = for_public(report_together(offices, OCTOBER, now=NOVEMBER))
    assert not dict(numbers_of_persons(found))


def test_whole_months_are_published_as_far_as_the_project_lasts(october: tuple[Office, Project]) -> None:
    _, project = october
    project.starts_on, project.ends_on = Period.parse("2026-10-12..2027-03-20").first, project.ends_on
    for period in ("2026-10", "2026-Q4", "2026", "2026-10-12..2026-11-01", "2026-10-12..2027-04-01"):
        assert is_for_public(Period.parse(period), project), period
    for period in ("2026-10-01..2026-10-31", "2026-10-13..2026-11-01", "2026-10-12..2026-10-13"):
        assert not is_for_public(Period.parse(period), project), period
    assert not is_for_public(Period.parse("2026-10-12..2026-11-01"), None)


# Every format


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("form", FORMATS)
def test_no_file_for_the_public_holds_what_is_hidden(
    october: tuple[Office, Project], form: str, told: bool
) -> None:
    """Canaries: numbers of persons that nothing else in the report comes to."""
    office, project = october
    full = content_of(freeze(office, project, OCTOBER, now=NOVEMBER))
    heads = iter((7001, 7003, 4, 7013, 7017, 7019, 7027, 7039, 7043))
    for line, alone in zip(full["by_category"], (1, 2, 3), strict=True):
        line |= {sex: next(heads) for sex in SEXES} | {"organisations": alone}
    full["attendance"] |= {sex: sum(line[sex] for line in full["by_category"]) for sex in SEXES}
    full["attendance"] |= {"counted": 7103, "missing": 7109}
    full["totals"] |= {"persons_hours": 7121.0, "occupancy": 71.27, "seat_fill": 71.29}
    full["quality"] |= {"head_counts_missing": 7129, "head_counts_missing_share": 71.51}
    for section in ("by_activity", "by_municipality", "compared"):
        for line in full[section]:
            line |= dict.fromkeys(SEXES, 7151) | {"organisations": 7159, "seat_fill": 71.77}
    for line in full["targets"]:
        if line["indicator"] in ("visits", "seat_fill"):
            line |= {"outcome": 7187.0, "to_date": 7193.0}
    seen = public_version(full, full if told else None)
    text = texts_of(report_file(seen, form, "sv", now=NOVEMBER), form)
    shown = {str(number) for _, number in numbers_of_persons(seen) if number >= 5}
    assert bool(shown) is told
    for canary in CANARIES - shown:
        assert not re.search(rf"(?<![\d.]){re.escape(canary)}(?!\d)", text), (form, canary)
    assert "Exempelbolaget" not in text
    assert full["checksum"] not in text
    if form == "json":
        assert text == as_json(seen).decode()


CANARIES = {"7001", "7003", "7013", "7017", "7019", "7027", "7039", "7043", "7103", "7109", "7121", "7127"}
CANARIES |= {"71.27", "71.29", "7129", "71.51", "7151", "7159", "71.77", "7187", "7193", "7 187", "7 193"}
PROJECTS = """
[[organisations]]
slug = "regionen"
name = "Regionen"
category = "region"

[[projects]]
slug = "a"
name = "A"
host = "regionen"
starts = 2026-10-01
ends = 2027-04-01

[[projects]]
slug = "b"
name = "B"
host = "regionen"
starts = 2026-10-01
ends = 2027-04-01
kinds = ["desk"]
"""
