"""What a page needs to offer a calendar to follow."""

from flask import current_app, url_for

from app.services.feeds import feed_url
from app.web.security import person


def feed_panel(thing: str, name: str) -> dict[str, str] | None:
    """The reader's own address of a feed; None for a visitor, who has none."""
    who = person()
    if who is None:
        return None
    config = current_app.config
    return {
        "url": feed_url(who, thing, base_url=config["BASE_URL"], secret=config["SECRET_KEY"]),
        "name": name,
        "renew_url": url_for("feeds.renew", thing=thing),
    }
