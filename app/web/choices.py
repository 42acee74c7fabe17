"""What forms have people choose from."""

from collections.abc import Iterable

from flask_babel import lazy_gettext

from app.models import Organisation
from app.services.offices import activities
from app.wording.names import own_name

Choice = tuple[str, str]
NOBODY_CHOSEN = ("", lazy_gettext("Choose …"))


def activity_choices() -> list[Choice]:
    return [(each.slug, own_name(each.names)) for each in activities()]


def organisation_choices(whom: Iterable[Organisation]) -> list[Choice]:
    return [(each.slug, each.name) for each in whom]
