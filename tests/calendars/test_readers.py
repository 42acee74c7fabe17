"""What independent readers find equals what was booked, to the minute, over both clock changes."""

import icalendar
import pytest
import vobject

from calendars.event import occurrences, write_event
from calendars.feed import write_download
from calendars.lint import lint
from calendars.read import read
from tests.calendars.readers import by_recurring_ical_events, by_vobject
from tests.calendars.samples import Scenario, feed, scenarios

SCENARIOS = scenarios()
each_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=str)


@each_scenario
def test_readers_agree_with_the_bookings(scenario: Scenario) -> None:
    ics = feed(scenario.event)
    expected = sorted(scenario.expected)
    assert by_recurring_ical_events(ics) == expected
    assert by_vobject(ics, exact=True) == expected
    assert by_vobject(ics, exact=False) == expected


@each_scenario
def test_own_count_agrees_with_the_bookings(scenario: Scenario) -> None:
    assert occurrences(scenario.event) == sorted(scenario.expected)


@each_scenario
def test_own_reader_agrees_with_the_bookings(scenario: Scenario) -> None:
    found = sorted(span for event in read(feed(scenario.event)) for span in occurrences(event))
    assert found == sorted(scenario.expected)


@each_scenario
def test_what_is_written_lints_clean(scenario: Scenario) -> None:
    assert lint(feed(scenario.event), kind="feed") == []
    assert lint(write_download(scenario.event), kind="download") == []


@each_scenario
def test_what_was_read_can_be_written_again(scenario: Scenario) -> None:
    again = feed(*read(feed(scenario.event)))
    assert by_recurring_ical_events(again) == sorted(scenario.expected)


def test_all_in_one_feed() -> None:
    ics = feed(*(scenario.event for scenario in SCENARIOS))
    expected = sorted(span for scenario in SCENARIOS for span in scenario.expected)
    assert lint(ics, kind="feed") == []
    assert by_recurring_ical_events(ics) == expected
    assert by_vobject(ics, exact=False) == expected


@pytest.mark.parametrize("scenario", [s for s in SCENARIOS if s.event.description], ids=str)
def test_text_is_read_back(scenario: Scenario) -> None:
    ics = feed(scenario.event, name=scenario.event.summary)
    expected = "\n".join(scenario.event.summary.splitlines())
    by_library = icalendar.Calendar.from_ical(ics).walk("VEVENT")[0]
    by_other = vobject.readOne(ics.decode()).vevent
    for name in ("summary", "location", "description"):
        assert str(by_library[name]) == expected
        assert by_other.contents[name][0].value == expected
    assert read(ics)[0].categories == (expected, "två")


@each_scenario
def test_equal_events_are_equal_bytes(scenario: Scenario) -> None:
    again = next(s for s in scenarios() if s.name == scenario.name)
    assert write_event(again.event) == write_event(scenario.event)
