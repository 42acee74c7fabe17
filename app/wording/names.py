"""Names that an office gives its things, in the reader's language."""

from collections.abc import Mapping

from flask_babel import get_locale


def own_name(names: Mapping[str, str]) -> str:
    """A name kept in several languages, in the reader's; else in Swedish, else whichever there is."""
    language = get_locale().language
    return names.get(language) or names.get("sv") or next(iter(names.values()), "")
