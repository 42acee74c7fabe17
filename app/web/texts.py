"""Texts of the templates in the reader's language.

Jinja's own functions ask for locale and catalog, and wrap what they found, for every text; a page has
fifty of them, which was a third of its time. Extraction knows these by the same names.
"""

from functools import cache
from typing import Any

from babel import Locale
from babel.support import NullTranslations
from flask import Flask
from flask_babel import get_locale, get_translations

_catalogs: dict[Locale | None, NullTranslations] = {}


def init_app(app: Flask) -> None:
    """Gives the functions to all templates, and to pages those that know their language already."""
    environment = app.jinja_env
    environment.globals.update({"_": gettext, "gettext": gettext, "ngettext": ngettext})

    @cache
    def in_language(_language: str) -> dict[str, Any]:
        find = _catalog().ugettext
        known = {"_": lambda message, /, **params: find(message) % params}
        parts = {"ui": "_macros.html", "time": "_time.html"}
        return known | {
            name: environment.get_template(file).make_module(known) for name, file in parts.items()
        }

    app.context_processor(lambda: in_language(language()))


def language() -> str:
    """ "sv" or "en", for whoever reads the answer to this request. What is kept by it is in this language."""
    return str(get_locale().language)


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
