"""What somebody can do who is refused by a rule, where that is not said by the rule itself."""

from collections.abc import Iterable

from flask_babel import lazy_gettext

from app.domain.errors import Refusal

_TIME = lazy_gettext("Choose another time below.")
_THING = lazy_gettext("Choose something else to book below.")
_HELPS = {
    **dict.fromkeys(
        (
            "in_past",
            "too_far_ahead",
            "too_little_notice",
            "too_many_at_once",
            "not_in_service",
            "outside_opening_hours",
            "closed",
            "blacked_out",
        ),
        _TIME,
    ),
    **dict.fromkeys(
        ("not_for_you", "pool_empty", "pool_too_small", "unknown_resource", "composite_in_a_loop"), _THING
    ),
    "too_short": lazy_gettext("Choose a longer time below."),
    "too_long": lazy_gettext("Choose a shorter time below."),
    "quota_spent": lazy_gettext(
        "Choose a shorter time or another month below, or ask the host for more hours."
    ),
}


def what_helps(refusals: Iterable[Refusal]) -> str | None:
    """What answers all of these rules; None where one says that itself, or they ask for different things."""
    helps = {_HELPS.get(each.code) for each in refusals}
    found = helps.pop() if len(helps) == 1 else None
    return None if found is None else str(found)
