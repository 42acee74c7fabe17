"""Texts of the templates in the reader's language.

Jinja's own functions ask for locale and catalog, and wrap what they found, for every text; a page has
fifty of them, which was a third of its time. Extraction knows these by the same names.
"""

from collections.abc import Callable

from babel import Locale
from babel.support import NullTranslations
from flask import Flask
from flask_babel import get_locale, get_translations

_catalogs: dict[Locale | None, NullTranslations] = {}


def init_app(app: Flask) -> None:
    """Gives the functions to all templates."""
    app.jinja_env.globals.update({"_": gettext, "gettext": gettext, "ngettext": ngettext})


def of_this_page() -> Callable[..., str]:
    """`gettext` for one page: locale and catalog are asked for once."""
    find = _catalog().ugettext
    return lambda message, **params: find(message) % params


def gettext(message: str, /, **params: object) -> str:
    """The text in the language of the reader, or of the mail; escaped by the template like any other."""
    return _catalog().ugettext(message) % params


def ngettext(singular: str, plural: str, num: int, /, **params: object) -> str:
    """The text for so many."""
    return _catalog().ungettext(singular, plural, num) % {"num": num, **params}


def _catalog() -> NullTranslations:
    locale = get_locale()
    catalog = _catalogs.get(locale)
    if catalog is None:
        catalog = _catalogs[locale] = get_translations()
    return catalog
