"""Hosts enter values, rates and caps. What changes amounts that were counted, or a cap, needs a reason."""

from collections.abc import Callable, Collection
from datetime import date, datetime

from app.domain.errors import Refusal, Refused
from app.models import Office, Organisation, Person
from app.services.authorize import authorize
from app.services.money.companies import Company, changes_own_cap, set_company
from app.services.money.effect import Effect, effect_of_rate, effect_of_value
from app.services.money.terms import Terms, add_rate, changes_cap, set_terms
from app.services.money.values import set_values
from app.services.transaction import use_case


@use_case
def enter_value(
    office: Office,
    resource_ids: Collection[int],
    per_hour: int,
    valid_from: date | None,
    reason: str,
    *,
    by: Person,
    now: datetime,
) -> None:
    """As `set_values`; Refused without a reason where it changes what has begun."""
    authorize(by, "host", office)
    _ask_why(reason, lambda: effect_of_value(office, resource_ids, per_hour, valid_from, now=now))
    set_values(office, resource_ids, per_hour, valid_from, reason, by=by, now=now)


@use_case
def enter_rate(
    office: Office, valid_from: date, rate: int, source: str, reason: str, *, by: Person, now: datetime
) -> None:
    """As `add_rate`; Refused without a reason where it changes what has begun."""
    authorize(by, "host", office)
    _ask_why(reason, lambda: effect_of_rate(office, valid_from, rate, now=now))
    add_rate(office, valid_from, rate, source, reason, by=by, now=now)


@use_case
def enter_terms(office: Office, wish: Terms, reason: str, *, by: Person, now: datetime) -> None:
    """As `set_terms`; Refused without a reason where the cap becomes another."""
    authorize(by, "host", office)
    _ask_why(reason, lambda: changes_cap(office, wish))
    set_terms(office, wish, reason, by=by, now=now)


@use_case
def enter_company(
    office: Office, organisation: Organisation, wish: Company, *, by: Person, now: datetime
) -> None:
    """As `set_company`; Refused without a reason where its own cap becomes another, or none."""
    authorize(by, "host", office)
    _ask_why(wish.reason, lambda: changes_own_cap(office, organisation, wish))
    set_company(office, organisation, wish, by=by, now=now)


def _ask_why(reason: str, changes: Callable[[], Effect | bool]) -> None:
    """What changes is counted only where nobody says why: that takes its time, and others wait to write."""
    if not reason.strip() and changes():
        raise Refused(Refusal("reason_missing", "reason"))
