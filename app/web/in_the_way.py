"""What is in the way, as pages tell it: with a link to it, for those who may read it."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import NamedTuple

from flask import url_for

from app.domain.errors import Clash
from app.wording.clashes import in_the_way


class InTheWay(NamedTuple):
    """One thing in the way, in words; the title of the booking and its page, where they may be known."""

    text: str
    title: str | None = None
    url: str | None = None

    def __str__(self) -> str:
        return f"{self.text}: {self.title}" if self.title else self.text


def things_in_the_way(clashes: Iterable[Clash], tz: tzinfo) -> list[InTheWay]:
    """Each of them once."""
    return list(dict.fromkeys(_told(clash, tz) for clash in clashes))


def _told(clash: Clash, tz: tzinfo) -> InTheWay:
    text, known = in_the_way(clash, tz), clash.booking
    if known is None:
        return InTheWay(text)
    return InTheWay(text, known.title, url_for("bookings.show", booking=known.id, date_id=known.date_id))
