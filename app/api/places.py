"""Which office a call is about."""

from app.api.access import caller
from app.api.reading import Fields
from app.models import Office
from app.services.agenda import office_known
from app.services.authorize import authorize
from app.services.directory import directory


def office_named(fields: Fields) -> Office:
    """The office that is named. Refused with all that is wrong so far where none is; NotFound."""
    slug = fields.text("office", required=True)
    fields.check()
    return office_known(slug or "")


def office_hosted(fields: Fields) -> Office:
    """The office that a host names, whatever else is wrong. Refused where none is, NotFound, NotAllowed."""
    slug = fields.text("office", required=True)
    if slug is None:
        fields.check()
    office = office_known(slug or "")
    authorize(caller(), "host", office)
    return office


def offices_meant(fields: Fields) -> list[Office]:
    """The office that is named, or all of them where none is. NotFound."""
    slug = fields.text("office")
    fields.check()
    return [office_known(slug)] if slug else [*directory().offices.values()]
