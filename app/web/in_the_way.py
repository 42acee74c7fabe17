"""What is in the way, as pages tell it: with a link to it, for those who may read it."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext

from app.domain.errors import Clash, Taken
from app.wording import say
from app.wording.clashes import are_alike, in_the_way, when_in_the_way
from app.wording.names import titled


class InTheWay(NamedTuple):
    """One thing in the way, in words; the title of the booking and its page, where they may be known."""

    text: str
    title: str | None = None
    url: str | None = None

    def __str__(self) -> str:
        return f"{self.text}: {self.title}" if self.title else self.text


def things_in_the_way(clashes: Iterable[Clash], tz: tzinfo) -> list[InTheWay]:
    """Each of them once."""
    return list(dict.fromkeys(_told(in_the_way(clash, tz), clash) for clash in clashes))


def notice_of(taken: Taken, tz: tzinfo) -> tuple[str, list[InTheWay]]:
    """The heading, and below it what the heading does not say: where all is alike only when that is."""
    clashes = taken.clashes
    if not clashes:
        return say(taken), []
    if not are_alike(clashes):
        return f"{gettext('Something is in the way')}.", things_in_the_way(clashes, tz)
    named = len({clash.resource for clash in clashes}) > 1
    times = dict.fromkeys(_told(when_in_the_way(clash, tz, named=named), clash) for clash in clashes)
    return say(taken), list(times)


def _told(text: str, clash: Clash) -> InTheWay:
    known = clash.booking
    if known is None:
        return InTheWay(text)
    return InTheWay(
        text, titled(known.title), url_for("bookings.show", booking=known.id, date_id=known.date_id)
    )
