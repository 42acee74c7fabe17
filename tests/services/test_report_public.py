"""What a report for the public leaves out, and that it cannot be worked out from what it keeps."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.domain.period import Period
from app.reports import as_json
from app.services.reports import report
from app.services.reports.public import FEWEST, SEXES, for_public
from app.wording.report.files import report_file
from tests.reports.october import NOVEMBER, TARGETS, load_project

COUNTS = st.sampled_from([0, 0, 1, 2, 4, 5, 6, 12]) | st.integers(0, 40)
LINES = st.lists(st.tuples(COUNTS, COUNTS, COUNTS), min_size=1, max_size=6)


def a_report(lines: list[tuple[int, int, int]]) -> dict[str, Any]:
    """As few keys as suppression looks at."""
    by_category = [
        {"category": str(number), **dict(zip(SEXES, heads, strict=True))}
        for number, heads in enumerate(lines)
    ]
    women, men, other = (sum(line[sex] for line in by_category) for sex in SEXES)
    both = women + men
    return {
        "audience": "full",
        "headline": {"counts": "hours", "value": 0.5},
        "totals": {"persons_hours": 3.0, "occupancy": 0.5, "seat_fill": 0.25},
        "by_category": by_category,
        "by_organisation": [{"organisation": "granit", "name": "Granit & Son AB", "women": 1}],
        "attendance": {
            "women": women,
            "men": men,
            "other": other,
            "share_women": women / both if both else None,
            "share_men": men / both if both else None,
        },
        "targets": [{"indicator": "visits", "outcome": women + men + other, "to_date": women + men + other}],
        "quality": {"suppressed_cells": 0},
        "changes": [{"figure": "by_category.1.women", "before": 3, "after": 4}],
    }


@given(LINES)
def test_no_small_cell_is_shown_nor_can_be_worked_out(lines: list[tuple[int, int, int]]) -> None:
    full = a_report(lines)
    public = for_public(full)
    for sex in SEXES:
        shown = [line[sex] for line in public["by_category"]]
        assert not any(0 < number < FEWEST for number in shown if number is not None)
        total = public["attendance"][sex]
        assert total is None or not 0 < total < FEWEST
        hidden = [line[sex] for line, seen in zip(full["by_category"], shown, strict=True) if seen is None]
        if hidden and total is not None:  # the sum less those shown is the sum of those hidden
            assert len(hidden) > 1
            assert sum(hidden) >= FEWEST


@given(LINES)
def test_what_follows_from_hidden_heads_is_hidden_too(lines: list[tuple[int, int, int]]) -> None:
    public = for_public(a_report(lines))
    visits = public["attendance"]
    if visits["women"] is None or visits["men"] is None:
        assert visits["share_women"] is visits["share_men"] is None
        assert public["totals"]["persons_hours"] is public["totals"]["occupancy"] is None
    if any(visits[sex] is None for sex in SEXES):
        assert public["targets"][0]["outcome"] is public["targets"][0]["to_date"] is None


@given(LINES)
def test_every_hidden_cell_is_named_and_counted(lines: list[tuple[int, int, int]]) -> None:
    full = a_report(lines)
    public = for_public(full)
    named = {line["cell"] for line in public["suppressed"]}
    assert len(named) == len(public["suppressed"]) == public["quality"]["suppressed_cells"]
    for line in public["by_category"]:
        for sex in SEXES:
            assert (line[sex] is None) == (f"by_category.{line['category']}.{sex}" in named)
    assert full["by_category"] == a_report(lines)["by_category"]  # the full one stays as it was


def test_no_company_and_no_change_of_heads_is_told() -> None:
    text = json.dumps(for_public(a_report([(3, 9, 0), (8, 7, 6)])))
    assert "Granit" not in text
    assert "after" not in text


@pytest.mark.parametrize("form", ["json", "csv", "excel-csv", "xlsx", "pdf"])
def test_every_file_for_the_public_is_of_the_public_report(app: Flask, form: str) -> None:
    office, _ = load_project(more=TARGETS)
    found = for_public(report(office, Period.parse("2026-10"), now=NOVEMBER))
    assert found["by_organisation"] == found["by_funder"] == []
    assert hidden(found) == {
        "by_category.municipality.men",
        "by_category.company.women",
        "by_category.network.men",
        "by_category.network.women",
    }
    content = report_file(found, form, "sv", now=NOVEMBER)
    assert b"Exempelbolaget" not in content
    if form == "json":
        assert content == as_json(found)


def hidden(found: Mapping[str, Any]) -> set[str]:
    return {line["cell"] for line in found["suppressed"] if line["cell"].startswith("by_category")}
