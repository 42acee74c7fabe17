"""Names that an office gives its things."""

from collections.abc import Mapping

from flask_babel import force_locale, get_locale, gettext

from app.domain.policy import UNTITLED
from app.models import Office
from app.wording.languages import LOCALES


def own_name(names: Mapping[str, str]) -> str:
    """A name kept in several languages, in the reader's; else in Swedish, else whichever there is."""
    language = get_locale().language
    return names.get(language) or names.get("sv") or next(iter(names.values()), "")


def titled(title: str) -> str:
    """What a booking is called, in the reader's language where nobody called it anything."""
    return gettext("Without a title") if title == UNTITLED else title


def walk_in_title(office: Office) -> str:
    """What a walk-in is called where nobody says: in the office's language, since others read it too."""
    with force_locale(LOCALES[office.language]):
        return gettext("Walk-in")
