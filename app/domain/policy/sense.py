"""Whether a rule that an office makes says something, and one thing only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

MINUTES_PER_DAY = 24 * 60

# What a rule can set, and from where to where.
FLAGS = ("may_book", "approval")
NUMBERS: Mapping[str, tuple[int, int]] = {
    "notice_minutes": (0, 366 * MINUTES_PER_DAY),
    "max_days_ahead": (0, 3660),
    "min_minutes": (1, 31 * MINUTES_PER_DAY),
    "max_minutes": (1, 31 * MINUTES_PER_DAY),
    "at_once": (0, 10_000),
    "hours_per_month": (0, 100_000),
    "lapse_minutes": (0, 366 * MINUTES_PER_DAY),
    "release_minutes": (0, MINUTES_PER_DAY),
}
SETTINGS = (*FLAGS, *NUMBERS)


@dataclass(frozen=True, slots=True)
class Nonsense:
    """What is wrong with a rule: at which key, and what."""

    key: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


def nonsense(said: Mapping[str, object]) -> Iterator[Nonsense]:
    """All that contradicts itself in what a rule says, by key: settings, whom, of what and when."""
    if said.get("category") and said.get("organisation"):
        yield Nonsense("organisation", "rule_for_two")
    if all(said.get(setting) is None for setting in SETTINGS):
        yield Nonsense("", "rule_says_nothing")
    if said.get("at_once") is not None and said.get("resource"):
        yield Nonsense("at_once", "rule_of_office")
    shortest, longest = said.get("min_minutes"), said.get("max_minutes")
    if isinstance(shortest, int) and isinstance(longest, int) and longest < shortest:
        yield Nonsense("max_minutes", "below", {"other": "min_minutes"})
    starts, ends = said.get("starts"), said.get("ends")
    if isinstance(starts, datetime) and isinstance(ends, datetime) and ends <= starts:
        yield Nonsense("ends", "not_after", {"other": "starts"})
    notice, ahead = said.get("notice_minutes"), said.get("max_days_ahead")
    if isinstance(notice, int) and isinstance(ahead, int) and notice > ahead * MINUTES_PER_DAY:
        yield Nonsense("max_days_ahead", "below", {"other": "notice_minutes"})
