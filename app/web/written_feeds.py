"""Feeds as this server writes them: with its settings, in its words."""

from flask import current_app
from flask_babel import force_locale, gettext

from app.domain.policy import UNTITLED
from app.services.feed_events import Words
from app.services.feed_writing import Variant
from app.services.feeds import Feed
from app.web.naming import KIND_HEADINGS
from app.wording.languages import LOCALES
from app.wording.names import titled


def variant_of(feed: Feed, *, whole: bool = False) -> Variant:
    """A feed as it is asked for here."""
    config = current_app.config
    return Variant(feed, whole, config["BASE_URL"], config["SECRET_KEY"], config["KEPT_FEEDS"])


def words_of(language: str) -> Words:
    """What a feed says in that language."""
    with force_locale(LOCALES[language]):
        kinds = {kind: str(heading) for kind, heading in KIND_HEADINGS.items()}
        return Words(
            busy=gettext("Busy"), untitled=titled(UNTITLED), mine=gettext("My bookings"), kinds=kinds
        )
