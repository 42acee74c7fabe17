"""Targets are judged in the direction they were promised."""

import pytest

from app.models import Target
from app.services.reports.targets import _status


@pytest.mark.parametrize(
    ("indicator", "promised", "outcome", "is_over", "expected"),
    [
        ("utilisation", 0.70, 0.71, True, "met"),
        ("utilisation", 0.70, 0.71, False, "open"),
        ("bookings", 100, 100, False, "met"),
        ("bookings", 100, 99, False, "open"),
        ("utilisation", 0.70, 0.69, True, "not_met"),
        ("utilisation", 0.70, 0.69, False, "open"),
        ("no_show_rate", 0.05, 0.02, True, "met"),
        ("no_show_rate", 0.05, 0.02, False, "open"),
        ("no_show_rate", 0.05, 0.06, True, "not_met"),
        ("no_show_rate", 0.05, None, True, "open"),
        ("a free goal", None, 0.5, True, "open"),
    ],
)
def test_direction(
    indicator: str, promised: float | None, outcome: float | None, is_over: bool, expected: str
) -> None:
    target = Target(indicator=indicator, target=promised)
    assert _status(target, outcome, is_over, is_over) == expected
