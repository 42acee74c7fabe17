"""What holds for bookings, and how many hours of a month are left."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from flask import Blueprint, Response, jsonify

from app.api.access import caller, with_token
from app.api.places import office_named
from app.api.reading import Fields
from app.clock import now
from app.domain.errors import NotFound
from app.domain.localtime import local_date, zone
from app.domain.period import FIRST_YEAR, LAST_YEAR
from app.domain.policy import SETTINGS
from app.models import BookingRule, Category, Office, Organisation, Person, Resource
from app.services.authorize import may
from app.services.availability import bookable
from app.services.directory import directory
from app.services.rules import limits_for
from app.services.rules.limits import StandingRules, is_period
from app.services.rules.quotas import Quota, quota_left, quotas_of
from app.services.serializers import Data, instant, instant_or_none

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def add_to(api: Blueprint) -> None:
    """Registers the endpoints."""
    api.get("/rules")(list_rules)
    api.get("/quota")(list_quotas)


@with_token
def list_rules() -> Response:
    """What holds at an office for the caller's organisations; for hosts every rule there is, too."""
    fields = Fields.of_query("office", "organisation", "resource")
    office = office_named(fields)
    named = fields.text("organisation")
    slugs = set(fields.words("resource"))
    fields.check()
    resources = [each for each in bookable(office) if not slugs or each.slug in slugs]
    if len(resources) < len(slugs):
        raise NotFound()
    by, moment = caller(), now()
    whom: Sequence[Organisation | None] = _organisations(by, office, named) or [None]
    found: dict[str, object] = {
        "items": [_limits_data(each, organisation, moment) for organisation in whom for each in resources]
    }
    if may(by, "host", office):
        found["rules"] = [rule_data(rule) for rule in directory().rules.get(office.id, ())]
    return jsonify(found)


@with_token
def list_quotas() -> Response:
    """The hours that organisations have in a month, and what is left of them."""
    fields = Fields.of_query("office", "organisation", "month")
    office = office_named(fields)
    named = fields.text("organisation")
    month = _month(fields, local_date(now(), zone(office.timezone)))
    fields.check()
    by = caller()
    if named is None and may(by, "host", office):
        found: Iterable[Quota] = quotas_of(office, month)
    else:
        found = [
            quota
            for organisation in _organisations(by, office, named)
            for quota in _quotas_for(organisation, office, month)
        ]
    return jsonify(items=[quota_data(quota, office) for quota in found])


def quota_data(quota: Quota, office: Office) -> Data:
    """Hours as numbers: of which organisation, where, in which month."""
    return {
        "organisation": quota.organisation.slug,
        "office": office.slug,
        "resource": quota.resource.slug if quota.resource else None,
        "month": f"{quota.month:%Y-%m}",
        "hours": quota.hours,
        "spent_hours": quota.spent.total_seconds() / 3600,
        "left_hours": quota.left.total_seconds() / 3600,
    }


def _quotas_for(organisation: Organisation, office: Office, month: date) -> Iterable[Quota]:
    """Of the whole office, and of every resource that has hours of its own."""
    known = directory()
    own = {rule.resource_id for rule in known.rules.get(office.id, ()) if rule.hours_per_month is not None}
    things = [None, *(known.of_id(Resource, each) for each in sorted(each for each in own if each))]
    for thing in things:
        quota = quota_left(organisation, office, month, resource=thing)
        if quota and (quota.resource.id if quota.resource else None) == (thing.id if thing else None):
            yield quota


def _organisations(by: Person, office: Office, named: str | None) -> list[Organisation]:
    """The one named, or the caller's own. NotFound where it is not for the caller to know."""
    own = sorted({each.slug for each in by.organisations if not each.retired})
    slugs = own if named is None else [named]
    known = directory().organisations
    if any(slug not in known or not (slug in own or may(by, "host", office)) for slug in slugs):
        raise NotFound()
    return [known[slug] for slug in slugs]


def _month(fields: Fields, present: date) -> date:
    text = fields.text("month")
    if text is None:
        return present.replace(day=1)
    match = MONTH.fullmatch(text)
    if match is None or not FIRST_YEAR < int(match[1]) < LAST_YEAR:
        fields.refuse("bad_month", "month")
        return present
    return date(int(match[1]), int(match[2]), 1)


def _limits_data(resource: Resource, organisation: Organisation | None, at: datetime) -> Data:
    limits = limits_for(resource, organisation, at)
    return {
        "resource": resource.slug,
        "organisation": organisation.slug if organisation else None,
        "may_book": limits.may_book,
        "reason": limits.why_not,
        "approval": limits.approval,
        "notice_minutes": _minutes(limits.notice.total_seconds()),
        "max_days_ahead": limits.days_ahead,
        "min_minutes": _minutes(limits.min_length.total_seconds()),
        "max_minutes": _minutes(limits.max_length.total_seconds()),
        "at_once": limits.at_once,
        "hours_per_month": limits.hours_per_month,
        "lapse_minutes": _minutes(limits.lapse.total_seconds()),
        "release_minutes": _minutes(limits.release.total_seconds()) if limits.release else None,
        "closed_for_you": [
            {"start": instant(rule.starts_at), "end": instant(rule.ends_at), "reason": rule.reason}
            for rule in StandingRules.of(resource, organisation).rules
            if is_period(rule)
            and rule.may_book is False
            and rule.starts_at is not None
            and rule.ends_at is not None
            and rule.ends_at > at
        ],
    }


def rule_data(rule: BookingRule) -> Data:
    """One rule as it was made; null says nothing."""
    known = directory()
    return {
        "id": rule.id,
        "office": known.of_id(Office, rule.office_id).slug,
        "resource": known.of_id(Resource, rule.resource_id).slug if rule.resource_id else None,
        "category": known.of_id(Category, rule.category_id).slug if rule.category_id else None,
        "organisation": (
            known.of_id(Organisation, rule.organisation_id).slug if rule.organisation_id else None
        ),
        "starts": instant_or_none(rule.starts_at),
        "ends": instant_or_none(rule.ends_at),
        **{name: getattr(rule, name) for name in SETTINGS},
        "reason": rule.reason,
        "source": rule.source,
        "ended": rule.retired,
    }


def _minutes(seconds: float) -> int:
    return int(seconds // 60)
