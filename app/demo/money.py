"""What use is worth in the demo, what of it is aid, and what companies had elsewhere. All of it made up."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.domain.localtime import local_date, zone
from app.extensions import db
from app.models import Category, Office, Organisation, Person
from app.services.money.companies import Company, declare, set_company
from app.services.money.decisions import decide_category
from app.services.money.terms import OFFERED, Terms, add_rate, set_terms
from app.services.money.values import set_values, valued

SINCE = date(2023, 1, 1)
RATE, SOURCE = 11_200_000, "Exempelkurs för demon, ingen verklig"
# Kronor an hour: of a room by how many it seats, of the rest by kind.
BY_CAPACITY = ((4, 150), (8, 240), (14, 340), (1000, 650))
BY_KIND = {"desk": 45, "video": 180, "adviser": 500}
DECIDED = {
    "company": (True, "Företag använder lokalen utan full betalning: stöd av mindre betydelse."),
    "co-funding-company": (False, "Betalar sin del av kontoret som medfinansiär."),
    "region": (False, "Offentlig verksamhet, inget företag."),
    "municipality": (False, "Offentlig verksamhet, inget företag."),
    "regional-network": (False, "Ingen ekonomisk verksamhet."),
    "academia": (False, "Undervisning och forskning utan ekonomisk verksamhet."),
    "association": (False, "Ideell förening utan ekonomisk verksamhet."),
    "other": (False, "Enstaka möten, bedöms för sig om det är ett företag."),
}
# By organisation: days before today, cents, from whom.
ELSEWHERE = {
    "granit-son": ((410, 14_800_000, "Exempelverket"), (160, 10_150_000, "Exempelkommunen")),
    "lodjurets-logistik": ((700, 13_900_000, "Exempelverket"),),
    "kraka-kvist": ((90, 4_000_000, "Exempelkommunen"),),
}


def add_money(offices: Sequence[Office], host: Person, now: datetime) -> None:
    """Both offices count in kronor, towards the cap of the EU."""
    terms = Terms(
        currency=OFFERED.currency,
        cap=OFFERED.cap,
        cap_currency=OFFERED.cap_currency,
        cap_source=OFFERED.cap_source,
        granter="Region Västerbotten",
        legal_basis=OFFERED.legal_basis,
        instrument="Lokal under marknadspris",
    )
    categories = dict(db.session.execute(select(Category.slug, Category.id)).all())
    for office in offices:
        set_terms(office, terms, by=host, now=now)
        add_rate(office, SINCE, RATE, SOURCE, by=host, now=now)
        for each in valued(office):
            set_values(office, [each.id], _kronor(each.kind, each.capacity) * 100, SINCE, by=host, now=now)
        for slug, (is_aid, reason) in DECIDED.items():
            decide_category(office, categories[slug], is_aid, None, reason, by=host, now=now)
    _add_companies(offices[0], host, now)


def _add_companies(office: Office, host: Person, now: datetime) -> None:
    today = local_date(now, zone(office.timezone))
    for slug, granted in ELSEWHERE.items():
        organisation = db.session.scalars(select(Organisation).filter_by(slug=slug)).one()
        set_company(office, organisation, Company(sector="62.10"), by=host, now=now)
        for days, amount, granter in granted:
            declare(
                office,
                organisation,
                granted_on=today - timedelta(days=days),
                amount=amount,
                granter=granter,
                note="",
                by=host,
                now=now,
            )


def _kronor(kind: str, capacity: int) -> int:
    if kind in BY_KIND:
        return BY_KIND[kind]
    return next(kronor for most, kronor in BY_CAPACITY if capacity <= most)
