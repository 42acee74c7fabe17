"""What is in the way of a wish that the rules refuse already: all of it is told at once."""

from collections.abc import Collection, Sequence
from datetime import datetime

from app.domain.errors import Clash
from app.domain.interval import Interval
from app.models import Organisation, Person
from app.services.bookings.asked import Asked, Wish
from app.services.bookings.choose import choose
from app.services.bookings.instead import Instead
from app.services.bookings.occupied import Occupied


def in_the_way_besides(
    asked: Sequence[Asked],
    dates: Sequence[Interval],
    *,
    wish: Wish,
    organisation: Organisation | None,
    by: Person,
    now: datetime,
    but_dates: Collection[int] = (),
) -> tuple[Clash, ...]:
    """The clashes that the wish would meet if the rules let it through; none where it may leave them out."""
    if not asked or not dates:
        return ()
    occupied = Occupied(dates, but_dates=but_dates, heeds_outside=not wish.override)
    like = Instead(wish, organisation, occupied, by=by, now=now) if wish.move and organisation else None
    choice = choose(asked, dates, occupied, like)
    if "taken" in wish.skip and len(choice.taken) < len(dates):
        return ()
    wanted, _ = choice.wanted(occupied)
    return tuple(occupied.clashes(wanted, by=by)) if wanted else ()
