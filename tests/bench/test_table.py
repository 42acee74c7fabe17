"""Verdicts say what was measured and nothing kinder."""

import pytest

from bench.table import Measured, ratio, table


@pytest.mark.parametrize(
    ("value", "target", "verdict"), [(4.0, 4.0, "held"), (4.01, 4.0, "MISSED"), (4.0, None, "")]
)
def test_verdicts(value: float, target: float | None, verdict: str) -> None:
    assert Measured("board", value, "× hello", target).verdict == verdict


def test_one_disturbed_round_does_not_decide() -> None:
    measured = ratio("board", [3.0, 3.1, 40.0, 3.2, 2.9], "× hello", 4)
    assert (measured.value, measured.verdict) == (3.1, "held")
    assert "half of the rounds" in measured.note


def test_the_table_has_a_row_for_each() -> None:
    rows = table(
        [Measured("board", 5.2, "× hello", 4, "why"), Measured("hello", 2036.4, "a second")]
    ).splitlines()
    assert len(rows) == 4
    assert [cell.strip() for cell in rows[2].strip("|").split("|")] == [
        "board",
        "5.20 × hello",
        "4 × hello",
        "MISSED",
        "why",
    ]
    assert "2036 a second" in rows[3]
