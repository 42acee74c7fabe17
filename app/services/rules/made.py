"""The rules that a host makes, changes and ends. None is deleted: what held once stays to be read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from app.domain.errors import NotFound, Refusal, Refused, Stale
from app.domain.policy import NUMBERS, SETTINGS, nonsense
from app.extensions import db
from app.models import BookingRule, Category, Office, Organisation, Person, Resource
from app.services.authorize import authorize
from app.services.transaction import use_case

REASON_LENGTH = 300
# What a file calls by the names of its keys.
CODES = {"not_after": "rule_ends_first", "below": "rule_below"}


@dataclass(frozen=True, slots=True)
class RuleWish:
    """What a host wants to hold. Slugs name things; None: everything, everybody. Instants in UTC.

    `settings` as the columns of the rule; what is None, or not there, is not said.
    """

    resource: str | None = None
    category: str | None = None
    organisation: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    reason: str = ""
    settings: Mapping[str, int | None] = field(default_factory=dict)


@use_case
def make_rule(office: Office, wish: RuleWish, *, by: Person) -> BookingRule:
    """From now on. Refused with all that is wrong with it."""
    authorize(by, "host", office)
    columns, refusals = _meant(office, wish)
    if refusals:
        raise Refused(*refusals)
    rule = BookingRule(office_id=office.id, source="host", **columns)
    db.session.add(rule)
    db.session.flush()
    return rule


@use_case
def replace_rule(rule_id: int, wish: RuleWish, *, by: Person) -> BookingRule:
    """Another rule in its stead. Stale where it holds no more: somebody else has been here."""
    former = rule_for(rule_id, by)
    if former.retired:
        raise Stale()
    office = db.session.get_one(Office, former.office_id)
    rule = make_rule(office, wish, by=by)
    former.retired = True
    return rule


@use_case
def end_rule(rule_id: int, *, by: Person) -> BookingRule:
    """It holds no more. Twice is once."""
    rule = rule_for(rule_id, by)
    rule.retired = True
    return rule


def rule_for(rule_id: int, by: Person) -> BookingRule:
    """A rule that this host may change. NotFound; Refused where the office's file says it."""
    rule = db.session.get(BookingRule, rule_id)
    if rule is None:
        raise NotFound()
    authorize(by, "host", db.session.get_one(Office, rule.office_id))
    if rule.source != "host":
        raise Refused(Refusal("rule_of_file"))
    return rule


def refusals_of(office: Office, wish: RuleWish) -> list[Refusal]:
    """All that is wrong with a rule."""
    return _meant(office, wish)[1]


def rules_ever(office: Office) -> Sequence[BookingRule]:
    """Every rule that holds or has held, the latest first."""
    made = select(BookingRule).filter_by(office_id=office.id).order_by(BookingRule.id.desc())
    return db.session.scalars(made).all()


def _meant(office: Office, wish: RuleWish) -> tuple[dict[str, object], list[Refusal]]:
    """What is to be stored, and all that is wrong with it."""
    resource = db.session.scalar(
        select(Resource.id).filter_by(slug=wish.resource, office_id=office.id, retired=False)
    )
    category = db.session.scalar(select(Category.id).filter_by(slug=wish.category))
    organisation = db.session.scalar(select(Organisation.id).filter_by(slug=wish.organisation, retired=False))
    refusals = [
        Refusal(code, key, {"slug": slug})
        for found, slug, key, code in (
            (resource, wish.resource, "resource", "unknown_resource"),
            (category, wish.category, "category", "unknown_category"),
            (organisation, wish.organisation, "organisation", "unknown_organisation"),
        )
        if slug is not None and found is None
    ]
    refusals += _nonsense(wish)
    columns: dict[str, object] = {
        "resource_id": resource,
        "category_id": category,
        "organisation_id": organisation,
        "starts_at": wish.starts_at,
        "ends_at": wish.ends_at,
        "reason": wish.reason.strip(),
        **{name: wish.settings.get(name) for name in SETTINGS},
    }
    return columns, refusals


def _nonsense(wish: RuleWish) -> Iterator[Refusal]:
    said = {
        "category": wish.category,
        "organisation": wish.organisation,
        "resource": wish.resource,
        "starts": wish.starts_at,
        "ends": wish.ends_at,
        **wish.settings,
    }
    for each in nonsense(said):
        yield Refusal(CODES.get(each.code, each.code), each.key, dict(each.params))
    for name, (low, high) in NUMBERS.items():
        number = wish.settings.get(name)
        if number is not None and not low <= number <= high:
            yield Refusal("out_of_range", name, {"low": low, "high": high})
    if len(wish.reason) > REASON_LENGTH:
        yield Refusal("reason_too_long", "reason", {"most": REASON_LENGTH})
