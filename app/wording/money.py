"""What is said of money and aid: why something is refused, where a company stands, the letter to hosts."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.domain.money import MOST_PER_HOUR, WARNED_AT, Standing
from app.services.money.ahead import Ahead
from app.wording.formats import date_plain, money, number, percent

LEVELS = {
    "below": lazy_gettext("below its cap"),
    "near": lazy_gettext("near its cap"),
    "over": lazy_gettext("over its cap"),
    "open": lazy_gettext("no cap said"),
}
REFUSALS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "amount_wrong": lambda p: _(
        "Write an amount above zero with at most two decimals, such as 1250 or 249.50."
    ),
    "value_wrong": lambda p: _(
        "Write an amount from 0, which is free of charge, to %(most)s with at most two decimals, such as"
        " 249.50.",
        most=number(MOST_PER_HOUR // 100),
    ),
    "rate_wrong": lambda p: _("Give the rate as a number above zero, such as 11.2345."),
    "rate_needless": lambda p: _("Values and cap are in one currency, so no rate is needed."),
    "currency_wrong": lambda p: _("Give the currency by its three capital letters, such as SEK or EUR."),
    "sector_wrong": lambda p: _(
        "Write the sector as NACE has it: two digits, a point and up to two more, such as 62.10."
    ),
    "words_missing": lambda p: _("This has to be filled in."),
    "reason_missing": lambda p: _("Say why: it has to be found again later."),
    "answer_missing": lambda p: _("Say whether it is aid."),
    "nothing_chosen": lambda p: _("Choose at least one."),
    "terms_missing": lambda p: _("Say first by which cap and in which currency the office counts."),
    "granted_ahead": lambda p: _("Aid from elsewhere was granted today or earlier."),
}


def share_said(standing: Standing) -> str:
    """82 %: rounded down, so that nobody is told 100 % who is below."""
    share = standing.share
    return percent(None) if share is None else percent(int(share * 1000) / 1000, 1)


def say_ahead(ahead: Ahead | None) -> str | None:
    """What a host is told at a booking that brings a company near its cap, or over it; None at others."""
    if ahead is None or not ahead.worth_saying:
        return None
    facts = {
        "company": ahead.undertaking.name,
        "total": money(ahead.standing.received, ahead.terms.cap_currency, 0),
        "cap": money(ahead.standing.cap, ahead.terms.cap_currency, 0),
        "share": share_said(ahead.standing),
        "day": date_plain(ahead.day),
    }
    if ahead.standing.level == "over":
        return _(
            "With this, %(company)s has received %(total)s in the three years up to %(day)s: more than its"
            " cap of %(cap)s.",
            **facts,
        )
    return _(
        "With this, %(company)s has received %(total)s in the three years up to %(day)s: %(share)s of its cap"
        " of %(cap)s.",
        **facts,
    )


def warned_at() -> str:
    """80 %"""
    return percent(WARNED_AT / 100)
