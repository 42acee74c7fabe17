"""What other people's programs read from our feeds equals what was booked, to the minute."""

from pathlib import Path

import pytest
from flask import Flask

from tests.calendars.published import NOW, Published, downloads, publish
from tests.calendars.samples import feed, scenarios
from tests.factories import Factory
from tests.interop.calendars.evolution import by_evolution
from tests.interop.calendars.programs import by_ical_js, by_khal, by_libical
from tests.interop.calendars.thunderbird import by_thunderbird

KHAL_READS = ("mine", "office", "room", "busy")  # in half a minute, if it were all
_published: list[Published] = []


@pytest.fixture
def published(app: Flask) -> Published:
    """Made by the first test that needs it: bytes, which outlive the database."""
    if not _published:
        _published.append(publish(Factory(NOW)))
    return _published[0]


def test_libical(published: Published) -> None:
    for name, ics, expected in published:
        assert by_libical(ics) == expected, name


def test_ical_js(published: Published) -> None:
    for name, ics, expected in published:
        assert by_ical_js(ics) == expected, name


def test_vdirsyncer_and_khal(published: Published, tmp_path: Path) -> None:
    read = by_khal({name: published.feeds[name] for name in KHAL_READS}, tmp_path)
    for name in KHAL_READS:
        assert read[name] == published.expected[name], name


def test_evolution(published: Published, tmp_path: Path) -> None:
    assert by_evolution(published.feeds["mine"], tmp_path) == published.expected["mine"]


def test_thunderbird(published: Published, tmp_path: Path) -> None:
    assert by_thunderbird(published.feeds["mine"], tmp_path) == published.expected["mine"]


def test_what_is_handed_out_one_by_one(app: Flask) -> None:
    for ics, expected in downloads(Factory(NOW)):
        assert by_libical(ics) == expected


def test_what_no_booking_has_yet_but_the_library_can_write() -> None:
    every = scenarios()
    ics = feed(*(scenario.event for scenario in every))
    expected = sorted(span for scenario in every for span in scenario.expected)
    assert by_libical(ics) == expected
    assert by_ical_js(ics) == expected
