"""What stands on the pages about money, in words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext

from app.domain.localtime import local_date, zone
from app.domain.money import RATE_UNIT, WARNED_AT, Held, Since, history
from app.domain.utilisation import in_hours
from app.models import (
    AidCap,
    AidDecision,
    AidElsewhere,
    AidTerms,
    Booking,
    ExchangeRate,
    Office,
    ResourceValue,
)
from app.services.money.decisions import Decisions
from app.services.money.received import Received
from app.services.money.terms import currency_by, currency_of, exchange_of
from app.services.money.uses import Use, sum_of
from app.services.offices import categories
from app.wording.formats import date_plain, date_short, hours, hours_exact, money, number, span
from app.wording.money import LEVELS, share_said
from app.wording.names import own_name

# A level looks like the status of a booking that is as good.
SIGNS = {"below": "checked_in", "near": "requested", "over": "no_show", "open": "open"}


def company_line(each: Received, place: Office, terms: AidTerms | None) -> dict[str, Any]:
    """Where one company stands."""
    first = each.undertaking.organisations[0]
    own_currency = currency_by(terms)
    currency = terms.cap_currency if terms else own_currency
    standing = each.standing
    return {
        "name": each.undertaking.name,
        "numbers": ", ".join(_numbers(each)) or None,
        "url": url_for("money.company", office=place.slug, organisation=first.slug),
        "level": SIGNS[standing.level],
        "level_text": str(LEVELS[standing.level]),
        "share": standing.share,
        "share_text": share_said(standing),
        "goal": WARNED_AT / 100,
        "here": money(each.here, currency) if terms else None,
        "here_own": money(each.here_own, own_currency),
        "converted": currency != own_currency,
        "lacks_rate": each.lacks_rate,
        "other_offices": money(each.other_offices, currency) if each.other_offices else None,
        "elsewhere": money(each.elsewhere, currency) if each.elsewhere else None,
        "total": money(each.total, currency) if terms else None,
        "cap": money(each.cap, currency, 0),
        "left": money(standing.left, currency),
    }


def _numbers(each: Received) -> list[str]:
    known = (one.organisation_number for one in each.undertaking.organisations)
    return list(dict.fromkeys(one for one in known if one))


def undecided_lines(uses: Iterable[Use], currency: str) -> list[tuple[str, str]]:
    """By category, what the uses are worth that nobody has decided on."""
    amounts: defaultdict[int, int] = defaultdict(int)
    for each in uses:
        amounts[each.category_id] += each.amount
    return [
        (own_name(each.names), money(amounts[each.id], currency)) for each in categories() if amounts[each.id]
    ]


def behind_lines(uses: Sequence[Use], place: Office, terms: AidTerms | None = None) -> dict[str, Any]:
    """Dates with what they are worth, and their sum."""
    currency, tz = currency_of(place), zone(place.timezone)
    exchange = exchange_of(place, terms) if terms and terms.currency != terms.cap_currency else None
    rows = []
    for each in reversed(uses):
        converted = exchange.converted(each.amount, each.day) if exchange else None
        rows.append(
            {
                "day": date_short(each.start, tz),
                "time": span(each.start, each.end, tz),
                "url": url_for("bookings.show", booking=each.booking_id, date_id=each.date_id),
                "resources": ", ".join(each.resources),
                "hours": number(in_hours(each.time), 2),
                "amount": money(each.amount, currency),
                "lacks": lacking(each.time, each.at_zero, each.unvalued),
                "rate": rate_told(exchange.rate_on(each.day)) if exchange else None,
                "converted": money(converted, terms.cap_currency) if exchange and terms else None,
                "decision": answer(each.decision),
                "reason": each.decision.reason if each.decision else "",
                "own": each.decision is not None and each.decision.booking_id is not None,
            }
        )
    return {"rows": rows, "converts": exchange is not None, **_sums(uses, currency)}


def _sums(uses: Sequence[Use], currency: str) -> dict[str, str | None]:
    time, at_zero, unvalued = (
        sum((getattr(each, name) for each in uses), timedelta()) for name in ("time", "at_zero", "unvalued")
    )
    return {
        "amount": money(sum_of(uses), currency),
        "hours": hours(in_hours(time)),
        "lacks": lacking(time, at_zero, unvalued),
    }


def lacking(time: timedelta, at_zero: timedelta, unvalued: timedelta) -> str | None:
    """Why some of the time adds nothing to the amount: it has no value, or one of 0. None: all of it does."""
    if not time:
        return None
    told = []
    if unvalued == time:
        told.append(gettext("no value set"))
    elif unvalued:
        told.append(gettext("%(hours)s without a value", hours=hours_exact(unvalued)))
    if at_zero == time:
        told.append(gettext("the value is 0"))
    elif at_zero:
        told.append(gettext("%(hours)s at a value of 0", hours=hours_exact(at_zero)))
    return ", ".join(told) or None


def rate_told(rate: int | None) -> str:
    """An exchange rate in millionths, with four decimals."""
    return number(None if rate is None else rate / RATE_UNIT, 4)


def declared_lines(found: Received, place: Office, terms: AidTerms | None) -> list[dict[str, Any]]:
    """What was had elsewhere, the last first; what does not count today says why."""
    every = sorted([*found.declared, *found.not_counted], key=lambda each: each.granted_on, reverse=True)
    return [
        {
            "day": date_plain(each.granted_on),
            "granter": each.granter,
            "name": each.organisation.name,
            "amount": money(each.amount, each.currency),
            "note": each.note,
            "not_counted": _why_not_counted(each, terms) if each in found.not_counted else None,
            "remove_url": url_for(
                "money.remove", office=place.slug, organisation=each.organisation.slug, number=each.id
            ),
        }
        for each in every
    ]


def _why_not_counted(each: AidElsewhere, terms: AidTerms | None) -> str:
    if terms is None or each.currency != terms.cap_currency:
        return gettext("Does not count: not in the currency of the cap.")
    return gettext("Does not count: outside the three years.")


def booking_view(booking: Booking, place: Office, uses: Sequence[Use]) -> dict[str, Any]:
    """Whether a booking is aid, and what its uses are worth."""
    decisions, sums = Decisions.of(place), _sums(uses, currency_of(place))
    own = decisions.own(booking.id)
    day = local_date(booking.dates[-1].starts_at, zone(place.timezone))
    decision = decisions.about(booking.id, booking.category_id, day)
    return {
        "office": place.name,
        "amount": sums["amount"],
        "lacks": sums["lacks"],
        "answer": answer(decision),
        "reason": decision.reason if decision else None,
        "by_category": own is None and decision is not None,
        "category": own_name(booking.category.names),
        "told": decided(decision, place) if decision else None,
        "of_another": own is not None and own.booking_id != booking.id,
        "url": url_for("money.decide", office=place.slug, booking=booking.id),
    }


def answer(decision: AidDecision | None) -> str:
    """Aid, not aid, or that nobody has said."""
    if decision is None:
        return gettext("not decided")
    return aid_or_not(bool(decision.is_aid))


def aid_or_not(is_aid: bool) -> str:
    return gettext("aid") if is_aid else gettext("not aid")


def decided(decision: AidDecision, place: Office) -> str:
    """Who decided it, and when."""
    day = date_plain(decision.decided_at, zone(place.timezone))
    if decision.by is None:
        return gettext("Decided on %(day)s.", day=day)
    return gettext("Decided on %(day)s by %(name)s.", day=day, name=decision.by.name or decision.by.email)


def held_line(each: Held[Any], what: str, place: Office) -> dict[str, Any]:
    """A value or a rate that was entered: what, from when, whether it holds, who entered it when and why."""
    row = each.said.what
    return {
        "what": said_from(what, each.said.first),
        "state": each.state,
        "state_text": _state(each),
        "told": _entered(row, place),
        "reason": row.reason,
    }


def said_from(what: str, first: date | None) -> str:
    """What, and from which day on."""
    if first is None:
        return gettext("%(amount)s from the beginning", amount=what)
    return gettext("%(amount)s from %(day)s", amount=what, day=date_plain(first))


def _state(each: Held[Any]) -> str:
    if each.state == "holds":
        return gettext("holds today")
    if each.state == "begins":
        return gettext("holds later")
    if each.state == "replaced" or each.until is None:
        return gettext("no longer holds: another was entered for the same day")
    return gettext("held until %(day)s", day=date_plain(each.until - timedelta(days=1)))


def _entered(row: ResourceValue | ExchangeRate | AidCap, place: Office) -> str:
    day = date_plain(row.entered_at, zone(place.timezone))
    if row.by is not None:
        return gettext("Entered on %(day)s by %(name)s.", day=day, name=row.by.name or row.by.email)
    if isinstance(row, ResourceValue) and row.source == "file":
        return gettext("Entered on %(day)s by the office's file.", day=day)
    return gettext("Entered on %(day)s.", day=day)


def cap_lines(known: Sequence[AidCap], place: Office, today: date) -> list[dict[str, Any]]:
    """What was said of a cap, the last first. Each holds from the day on which it was entered."""
    tz = zone(place.timezone)
    said = [Since(local_date(each.entered_at, tz), each) for each in known]
    return [held_line(each, _cap_line(each.said.what), place) for each in history(said, today)]


def _cap_line(each: AidCap) -> str:
    after = cap_told(each.cap, each.currency)
    if each.before is None and each.organisation_id is None:
        return after
    return f"{cap_told(each.before, each.before_currency)} \N{RIGHTWARDS ARROW} {after}"


def cap_told(cap: int | None, currency: str | None) -> str:
    """A cap; where there is none of its own, the office's holds."""
    if cap is None or currency is None:
        return gettext("the office's cap")
    return money(cap, currency, 2 if cap % 100 else 0)


def written(amount: int | None) -> str:
    """An amount as it stands in a form."""
    return "" if amount is None else number(amount / 100, 2 if amount % 100 else 0)
