"""The race of the schedulers, short: every kind of trouble once, on both databases."""

from pathlib import Path

import pytest

from bench import schedulers
from tests.races import new_database

MONTHS, SCHEDULERS = 5, 3


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_each_month_is_frozen_and_mailed_once_whatever_befalls_the_schedulers(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = "" if database == "sqlite" else new_database(request.getfixturevalue("postgres_url"))
    rows = {
        row.name.strip(): row for row in schedulers.measure(database, tmp_path / "x", url, MONTHS, SCHEDULERS)
    }
    judged = [row for row in rows.values() if row.target is not None]
    assert [(row.name, row.value) for row in judged if row.verdict != "held"] == []
    assert len(judged) == 4
    troubled = rows[f"{database}, {SCHEDULERS} schedulers, {MONTHS} months: reports lost"].note
    assert " 0 killed" not in troubled
    assert " 0 stopped" not in troubled
    assert rows["claims that had run out and wrote nothing"].value
