"""An office that counts in money, for the tests of it."""

from datetime import date, datetime

from app.models import Office, Person, Resource
from app.services.money.decisions import decide_category
from app.services.money.terms import Terms, add_rate, set_terms
from app.services.money.values import set_values
from tests.factories import Factory

RATE = 11_500_000  # 11.50 kr for a euro
KRONOR = Terms(
    currency="SEK",
    cap=1_000_000,
    cap_currency="SEK",
    cap_source="Beslut 12 januari 2026",
    granter="Region Västerbotten",
    legal_basis="(EU) 2023/2831",
    instrument="Rabatterad lokal",
)


def terms(**other: object) -> Terms:
    return Terms(**{**{name: getattr(KRONOR, name) for name in Terms.__slots__}, **other})


def value(room: Resource, kronor: int, since: str | None = None, *, by: Person, now: datetime) -> None:
    """An hour of the room is worth so much from that day on."""
    first = date.fromisoformat(since) if since else None
    set_values(room.office, [room.id], kronor * 100, first, by=by, now=now)


def counting(make: Factory, now: datetime, **other: object) -> tuple[Office, Person]:
    """Tallen at 200 kr an hour; companies receive aid, in kronor up to 10 000 kr unless said otherwise."""
    host, room = make.host(), make.room("tallen")
    set_terms(room.office, terms(**other), by=host, now=now)
    if other.get("cap_currency", "SEK") != "SEK":
        add_rate(room.office, date(2020, 1, 1), RATE, "ECB", by=host, now=now)
    value(room, 200, by=host, now=now)
    company = make.category("company")
    decide_category(room.office, company.id, True, None, "Företag får det gratis.", by=host, now=now)
    return room.office, host
