"""Every rule refuses what it should, lets the rest be, and all broken rules are named at once."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.interval import Interval
from app.domain.policy import Closed, Terms, Wish, broken, title_refusals

NOW = datetime(2026, 9, 7, 7, 0, tzinfo=UTC)
MONDAY = Interval(datetime(2026, 9, 7, 6, 0, tzinfo=UTC), datetime(2026, 9, 7, 15, 0, tzinfo=UTC))
TUESDAY = Interval(MONDAY.start + timedelta(days=1), MONDAY.end + timedelta(days=1))


def terms(**other: object) -> Terms:
    settings: dict[str, object] = {
        "name": "Tallen",
        "timezone": "Europe/Stockholm",
        "min_length": timedelta(minutes=15),
        "max_length": timedelta(hours=9),
        "days_ahead": 365,
        "hours": [MONDAY, TUESDAY],
        **other,
    }
    return Terms(**settings)


def codes(start: datetime, minutes: float, of: Terms | None = None) -> list[str]:
    wish = Wish(start, start + timedelta(minutes=minutes), NOW)
    return [refusal.code for refusal in broken(wish, of or terms())]


def test_a_good_wish_breaks_nothing() -> None:
    assert codes(NOW, 60) == []


def test_the_running_quarter_can_still_be_booked_but_no_more() -> None:
    assert codes(NOW - timedelta(minutes=15), 30) == []
    assert codes(NOW - timedelta(minutes=16), 30) == ["in_past"]


@pytest.mark.parametrize("minutes", [0, -30])
def test_an_end_at_or_before_the_start_hides_the_rest(minutes: int) -> None:
    assert codes(NOW - timedelta(days=3), minutes) == ["end_before_start"]


def test_lengths_are_inclusive() -> None:
    assert codes(NOW, 15) == []
    assert codes(NOW, 14) == ["too_short"]
    assert codes(MONDAY.start + timedelta(days=1), 9 * 60) == []
    assert codes(NOW, 31, terms(max_length=timedelta(minutes=30))) == ["too_long"]


def test_opening_hours_hold_the_whole_time() -> None:
    assert codes(TUESDAY.start - timedelta(minutes=15), 30) == ["outside_opening_hours"]
    assert codes(TUESDAY.end - timedelta(minutes=15), 30) == ["outside_opening_hours"]
    assert codes(TUESDAY.end - timedelta(minutes=15), 15) == []


def test_hours_that_meet_are_one_stretch() -> None:
    noon = MONDAY.start + timedelta(hours=4)
    halves = [Interval(MONDAY.start, noon), Interval(noon, MONDAY.end)]
    assert codes(noon - timedelta(minutes=30), 60, terms(hours=halves)) == []


def test_a_closure_gives_its_reason() -> None:
    closure = Closed(Interval(NOW + timedelta(hours=1), NOW + timedelta(hours=2)), "Vattenläcka")
    wish = Wish(NOW + timedelta(minutes=30), NOW + timedelta(minutes=90), NOW)
    (refusal,) = broken(wish, terms(closures=[closure]))
    assert (refusal.code, refusal.params["reason"]) == ("closed", "Vattenläcka")
    assert codes(NOW, 60, terms(closures=[closure])) == []


def test_out_of_service() -> None:
    service = Interval(TUESDAY.start, TUESDAY.end)
    assert codes(NOW, 60, terms(service=service)) == ["not_in_service"]
    assert codes(TUESDAY.start, 60, terms(service=service)) == []


def test_too_far_ahead() -> None:
    assert codes(TUESDAY.start, 60, terms(days_ahead=0)) == ["too_far_ahead"]
    assert codes(TUESDAY.start, 60, terms(days_ahead=1)) == []


def test_all_broken_rules_are_named_at_once() -> None:
    night = TUESDAY.start - timedelta(hours=5)
    found = codes(night, 60 * 40, terms(days_ahead=0, service=MONDAY))
    assert set(found) == {"too_far_ahead", "too_long", "not_in_service", "outside_opening_hours"}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Frukostmöte 🎉", []),
        ("å" * 300, []),
        ("", ["title_missing"]),
        ("   ", ["title_missing"]),
        ("a\nb", ["title_line_break"]),
        ("a\r\nBCC: x", ["title_line_break"]),
        ("a\u2028b", ["title_line_break"]),
        ("a\x00b", ["title_line_break"]),
        ("x" * 10_000, ["title_too_long"]),
        ("x\n" * 400, ["title_line_break", "title_too_long"]),
    ],
)
def test_titles(title: str, expected: list[str]) -> None:
    assert [refusal.code for refusal in title_refusals(title)] == expected
