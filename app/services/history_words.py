"""The free text that history keeps, titles, links and reasons, and how it is erased."""

from collections.abc import Collection

from sqlalchemy import select

from app.extensions import db
from app.models import History

# Of what was reworded these are free text; organisation and activity stand there by slug.
FREE_TEXT = ("title", "meeting_url")


def erase_words(booking_ids: Collection[int]) -> int:
    """Empties all free text in the history of these bookings, in the caller's transaction; how many lines.

    What happened, when and by whom stays: a title that was changed is told as changed, without the words.
    """
    lines = db.session.scalars(select(History).where(History.booking_id.in_(booking_ids)))
    count = 0
    for line in lines:
        emptied = _without_words(line.details)
        if emptied != line.details:
            line.details = emptied
            count += 1
    return count


def _without_words(details: dict[str, object]) -> dict[str, object]:
    emptied = {name: value for name, value in details.items() if name != "reason"}
    reworded = details.get("reworded")
    if isinstance(reworded, dict):
        emptied["reworded"] = {
            name: None if name in FREE_TEXT else change for name, change in reworded.items()
        }
    return emptied
