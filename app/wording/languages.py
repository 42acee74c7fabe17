"""The languages there are, and which of them somebody asks for."""

from collections.abc import Iterable

LOCALES = {"sv": "sv_SE", "en": "en_GB"}


def asked_for(tags: Iterable[tuple[str, float]]) -> str:
    """ "sv" or "en", from the tags and qualities of Accept-Language, best first; Swedish without any.

    "en-GB" asks for English, and goes before a Swedish of lower quality.
    """
    wanted = (tag.partition("-")[0].lower() for tag, quality in tags if quality > 0)
    return next((language for language in wanted if language in LOCALES), "sv")
