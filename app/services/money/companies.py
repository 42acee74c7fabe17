"""Organisations as companies that receive aid: undertakings, their caps, what they had elsewhere."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.domain.alphabet import alphabetical
from app.domain.errors import NotFound, Refusal, Refused
from app.domain.localtime import local_date, zone
from app.domain.money import MOST_MONEY
from app.domain.nace import read_sector
from app.domain.one_line import one_line
from app.domain.period import Period
from app.domain.text_length import too_long
from app.extensions import db
from app.models import AidCompany, AidElsewhere, AidTerms, Office, Organisation, Person
from app.models.money import MOST_REASON
from app.services.authorize import authorize
from app.services.money.caps import note_cap
from app.services.money.terms import terms_of
from app.services.transaction import use_case

MOST_UNDERTAKING, MOST_GRANTER = 120, 200


@dataclass(frozen=True, slots=True)
class Undertaking:
    """What has one cap. `key` is the same for as long as its organisations say the same of themselves."""

    key: str
    name: str
    organisations: Sequence[Organisation]
    facts: Mapping[int, AidCompany]

    @property
    def ids(self) -> frozenset[int]:
        return frozenset(each.id for each in self.organisations)

    def cap(self, currency: str) -> int | None:
        """Its own cap in that currency, the lowest if there are several; None: the office's."""
        own = [each.cap for each in self.facts.values() if each.cap_currency == currency]
        return min((each for each in own if each is not None), default=None)


@dataclass(frozen=True, slots=True)
class Company:
    """What hosts say of one. `sector` by NACE.

    A `cap` of its own in hundredths, with a reason; None: the office's.
    """

    undertaking: str = ""
    sector: str = ""
    cap: int | None = None
    reason: str = ""


def undertakings(instead: AidCompany | None = None) -> list[Undertaking]:
    """All of them: by the words that hosts gave, else by organisation number, else each by itself.

    As they would be with something said `instead` of one organisation, if there is that.
    """
    facts = {each.organisation_id: each for each in db.session.scalars(select(AidCompany))}
    if instead is not None:
        facts[instead.organisation_id] = instead
    members: defaultdict[str, list[Organisation]] = defaultdict(list)
    for each in db.session.scalars(select(Organisation).order_by(Organisation.id)):
        members[_key(each, facts.get(each.id))].append(each)
    return [_undertaking(key, some, facts) for key, some in members.items()]


def undertaking_of(organisation: Organisation, instead: AidCompany | None = None) -> Undertaking:
    """The one that it belongs to, or would."""
    return next(each for each in undertakings(instead) if organisation.id in each.ids)


def company_of(organisation: Organisation) -> AidCompany | None:
    """What was said of it."""
    return db.session.get(AidCompany, organisation.id)


def organisation_with(slug: str) -> Organisation:
    """The organisation, a retired one too: what it received stays. NotFound."""
    found = db.session.scalar(select(Organisation).filter_by(slug=slug))
    if found is None:
        raise NotFound()
    return found


def elsewhere(
    organisations: Iterable[int] | None = None, within: Period | None = None
) -> Sequence[AidElsewhere]:
    """What these, or all, have had from others, by day; granted in the period, if there is one."""
    query = select(AidElsewhere).where(AidElsewhere.removed_at.is_(None))
    if organisations is not None:
        query = query.where(AidElsewhere.organisation_id.in_(sorted(organisations)))
    if within is not None:
        query = query.where(
            AidElsewhere.granted_on >= within.first, AidElsewhere.granted_on < within.last_exclusive
        )
    return db.session.scalars(query.order_by(AidElsewhere.granted_on, AidElsewhere.id)).all()


def refusals_of(wish: Company, terms: AidTerms | None) -> list[Refusal]:
    """Every field that is wrong."""
    reason = one_line(wish.reason)
    wrong = too_long(undertaking=(one_line(wish.undertaking), MOST_UNDERTAKING), reason=(reason, MOST_REASON))
    if _sector(wish) is None:
        wrong.append(Refusal("sector_wrong", "sector"))
    if wish.cap is not None:
        if terms is None:
            wrong.append(Refusal("terms_missing", "cap"))
        if not 0 < wish.cap <= MOST_MONEY:
            wrong.append(Refusal("amount_wrong", "cap"))
        if not reason:
            wrong.append(Refusal("reason_missing", "reason"))
    return wrong


def changes_own_cap(office: Office, organisation: Organisation, wish: Company) -> bool:
    """Whether its own cap becomes another. Not by what is wrong: that is refused."""
    terms, known = terms_of(office), company_of(organisation)
    if terms is None or refusals_of(wish, terms):
        return False
    same = known is not None and known.cap_currency == terms.cap_currency
    return wish.cap != (known.cap if known and same else None)


@use_case
def set_company(
    office: Office, organisation: Organisation, wish: Company, *, by: Person, now: datetime
) -> AidCompany:
    """What holds for the organisation from now on. Refused for every field that is wrong."""
    authorize(by, "host", office)
    terms = terms_of(office)
    if wrong := refusals_of(wish, terms):
        raise Refused(*wrong)
    row = company_of(organisation) or AidCompany(organisation_id=organisation.id)
    row.undertaking, row.sector, row.reason = (
        one_line(wish.undertaking),
        _sector(wish) or "",
        one_line(wish.reason),
    )
    if terms and (wish.cap is not None or row.cap_currency == terms.cap_currency):
        # One in another currency is another office's to say.
        before, currency = (row.cap, row.cap_currency), None if wish.cap is None else terms.cap_currency
        note_cap(office, organisation, before, (wish.cap, currency), row.reason, by=by, now=now)
        row.cap, row.cap_currency = wish.cap, currency
    row.entered_at, row.by_id = now, by.id
    db.session.add(row)
    return row


def _sector(wish: Company) -> str | None:
    """As the register asks for it; None where it is no sector."""
    said = one_line(wish.sector)
    return read_sector(said) if said else ""


@use_case
def declare(
    office: Office,
    organisation: Organisation,
    *,
    granted_on: date,
    amount: int,
    granter: str,
    note: str,
    by: Person,
    now: datetime,
) -> AidElsewhere:
    """Aid that the company says it had from somebody else, in the currency of the office's cap. Refused."""
    authorize(by, "host", office)
    terms, granter, note = terms_of(office), one_line(granter), one_line(note)
    wrong = too_long(granter=(granter, MOST_GRANTER), note=(note, MOST_REASON))
    if terms is None:
        wrong.append(Refusal("terms_missing", "amount"))
    if not 0 < amount <= MOST_MONEY:
        wrong.append(Refusal("amount_wrong", "amount"))
    if not granter:
        wrong.append(Refusal("words_missing", "granter"))
    if granted_on > local_date(now, zone(office.timezone)):
        wrong.append(Refusal("granted_ahead", "granted_on"))
    if wrong or terms is None:
        raise Refused(*wrong)
    row = AidElsewhere(
        organisation_id=organisation.id,
        granted_on=granted_on,
        amount=amount,
        currency=terms.cap_currency,
        granter=granter,
        note=note,
        entered_at=now,
        by_id=by.id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def declared_with(organisation: Organisation, number: int) -> AidElsewhere:
    """What the organisation has had from others, by its number; NotFound, also of what was taken out."""
    row = db.session.get(AidElsewhere, number)
    if row is None or row.organisation_id != organisation.id or row.removed_at is not None:
        raise NotFound()
    return row


@use_case
def take_out(office: Office, organisation: Organisation, number: int, *, by: Person, now: datetime) -> None:
    """What was entered by mistake counts no more; the row stays. NotFound."""
    authorize(by, "host", office)
    row = declared_with(organisation, number)
    row.removed_at, row.removed_by_id = now, by.id


def _key(organisation: Organisation, facts: AidCompany | None) -> str:
    if facts and facts.undertaking:
        return f"group:{facts.undertaking.casefold()}"
    digits = "".join(filter(str.isdigit, organisation.organisation_number or ""))
    return f"number:{digits}" if digits else f"organisation:{organisation.slug}"


def _undertaking(key: str, some: Sequence[Organisation], facts: Mapping[int, AidCompany]) -> Undertaking:
    own = {each.id: facts[each.id] for each in some if each.id in facts}
    said = next((each.undertaking for each in own.values() if each.undertaking), None)
    by_name = sorted(some, key=lambda each: alphabetical(each.name))
    return Undertaking(key, said or by_name[0].name, by_name, own)
