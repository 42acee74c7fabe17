"""The job that makes bookers anonymous whose time is over."""

from datetime import datetime

from flask import current_app

from app.services.privacy import Folders, make_old_anonymous


def retention(now: datetime, asked: bool) -> dict[str, int]:
    """Takes booker and words out of old bookings, by what each office says; the figures stay."""
    return make_old_anonymous(
        now, Folders(current_app.config["MAIL_FOLDER"], current_app.config["KEPT_FEEDS"])
    )
