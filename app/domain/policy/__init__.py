"""The booking rules: one class each, one reason each; all that a wish breaks are told at once.

Map:
    rule    what a rule is
    dates   about one date on one resource: `broken`
    counts  about all that an organisation holds: `broken_counts`
    titles  what a title may be
    sense   whether what an office asks contradicts itself: `nonsense`
"""

from app.domain.policy.counts import COUNTING_RULES, AtOnce, MonthOfUse, broken_counts, most_at_once
from app.domain.policy.dates import RULES, STARTED_AT_MOST, Closed, EnoughNotice, Terms, Wish, broken
from app.domain.policy.sense import FLAGS, NUMBERS, SETTINGS, Nonsense, nonsense
from app.domain.policy.titles import TITLE_LENGTH, UNTITLED, title_refusals

__all__ = [
    "COUNTING_RULES",
    "FLAGS",
    "HOST_MAY_SET_ASIDE",
    "NUMBERS",
    "RULES",
    "SETTINGS",
    "STARTED_AT_MOST",
    "TITLE_LENGTH",
    "UNTITLED",
    "AtOnce",
    "Closed",
    "EnoughNotice",
    "MonthOfUse",
    "Nonsense",
    "Terms",
    "Wish",
    "broken",
    "broken_counts",
    "most_at_once",
    "nonsense",
    "title_refusals",
]

# The codes of the rules that an office made for itself: its host may book past them.
HOST_MAY_SET_ASIDE = frozenset(rule.code for rule in (*RULES, *COUNTING_RULES) if rule.host_may_set_aside)
