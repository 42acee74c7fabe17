"""What is kept of people: told to them, erased when they ask, forgotten when its time is over."""

from app.services.privacy.erase import (
    Ended,
    Erased,
    Outlook,
    ask_for_erasure,
    asked_for_erasure,
    erase,
    outlook_for,
    person_to_erase,
    stay,
)
from app.services.privacy.export import export
from app.services.privacy.leftovers import empty_the_log
from app.services.privacy.retention import Folders, Kept, keep_bookers, kept_at, make_old_anonymous

__all__ = [
    "Ended",
    "Erased",
    "Folders",
    "Kept",
    "Outlook",
    "ask_for_erasure",
    "asked_for_erasure",
    "empty_the_log",
    "erase",
    "export",
    "keep_bookers",
    "kept_at",
    "make_old_anonymous",
    "outlook_for",
    "person_to_erase",
    "stay",
]
