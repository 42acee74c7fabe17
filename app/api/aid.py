"""What each company has received beside its cap, for hosts."""

from typing import Any

from flask import Blueprint, Response, jsonify

from app.api.access import caller, with_token
from app.api.reading import Fields
from app.clock import now
from app.domain.localtime import local_date, zone
from app.services.authorize import authorize
from app.services.money.received import Received, received
from app.services.money.terms import currency_of
from app.services.offices import office_named


def add_to(api: Blueprint) -> None:
    """Registers the endpoint."""
    api.get("/aid")(get_aid)


@with_token
def get_aid() -> Response:
    """The companies of an office, those nearest to their cap first."""
    fields = Fields.of_query("office", "on")
    named = fields.text("office", required=True)
    fields.check()
    office = office_named(named or "")
    authorize(caller(), "host", office)
    last = fields.day("on", local_date(now(), zone(office.timezone)))
    fields.check()
    found = received(office, last)
    terms = found.terms
    return jsonify(
        {
            "office": office.slug,
            "period": {
                "from": found.period.first.isoformat(),
                "to": found.period.last_exclusive.isoformat(),
            },
            "currency": currency_of(office),
            "cap_currency": terms.cap_currency if terms else None,
            "cap_source": terms.cap_source if terms else None,
            "items": [_company(each) for each in found.companies],
        }
    )


def _company(each: Received) -> dict[str, Any]:
    standing = each.standing
    return {
        "name": each.undertaking.name,
        "organisations": [
            {"slug": one.slug, "name": one.name, "organisation_number": one.organisation_number}
            for one in each.undertaking.organisations
        ],
        "here": each.here_own / 100,
        "here_in_cap_currency": each.here / 100,
        "other_offices": each.other_offices / 100,
        "elsewhere": each.elsewhere / 100,
        "received": each.total / 100,
        "cap": None if each.cap is None else each.cap / 100,
        "share_of_cap": standing.share,
        "level": standing.level,
        "lacks_rate": each.lacks_rate,
    }
