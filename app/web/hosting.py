"""The office that a host's page is about, and the way to the same page of the others."""

from flask import abort, url_for

from app.models import Office
from app.services.authorize import authorize, may
from app.services.offices import office_named, offices
from app.web.security import signed_in


def hosted(slug: str | None) -> Office:
    """The office named, or the first that the reader hosts; 403 where they host none."""
    if slug is None:
        return next(iter(_hosted_offices()), None) or abort(403)
    office = office_named(slug)
    authorize(signed_in(), "host", office)
    return office


def switch_to(endpoint: str, **values: object) -> list[tuple[str, str]]:
    """The name of each office that the reader hosts, and the address of this page there."""
    return [(each.name, url_for(endpoint, office=each.slug, **values)) for each in _hosted_offices()]


def _hosted_offices() -> list[Office]:
    return [each for each in offices() if may(signed_in(), "host", each)]
