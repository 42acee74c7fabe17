"""One time in a place becomes one booking: what for, by whom, under which title, with how many heads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.demo import outcome
from app.demo.balance import Balance, Parties
from app.demo.layout import Use
from app.demo.phrases import title
from app.demo.published import Aim
from app.demo.rhythm import HALL_SEATS
from app.demo.standing import Standing
from app.demo.world import Party, Place, World, instant
from app.services.booking_file import BookingRow

LIVE = ("requested", "confirmed", "checked_in")
LARGE_SEATS = 12
Heads = tuple[int | None, int | None, int | None]  # women, men, other
UNCOUNTED: Heads = (None, None, None)

_SMALL = {"external-meeting": 52, "internal": 26, "advice": 10, "video-conference": 12}
_LARGE = {"external-meeting": 54, "internal": 20, "seminar": 14, "event": 8, "video-conference": 4}
_HALL = {"seminar": 44, "event": 34, "external-meeting": 22}


@dataclass(frozen=True, slots=True)
class Part:
    """Days in a row. From `today` on, if it has one, bookings are live; before, they are history.

    `now` is a minute since 1970: what begins later has not happened.
    """

    name: str
    first: date
    last_exclusive: date
    aims: Mapping[str, Aim]
    now: int
    today: date = date.max

    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last_exclusive - self.first).days)]


class Maker:
    """Makes the bookings of one part, in their order, and keeps its offices' balances."""

    def __init__(self, world: World, part: Part, rng: Random) -> None:
        self.world, self.part, self.rng = world, part, rng
        self.parties = Parties(world.parties)
        self.balances = {office: Balance(aim) for office, aim in part.aims.items()}
        self.made = 0

    def used(
        self, day: date, places: Sequence[Place], use: Use, standing: Standing | None = None
    ) -> BookingRow:
        """A booking that takes place, or will."""
        activity = standing.activity if standing else self._activity(places[0])
        party = self._party(places[0], activity, standing)
        for place in places:
            self.balances[place.office].use(party.category, use[1] - use[0])
        status = outcome.of(self.rng, use[0], self.part.now)
        if outcome.is_undecided(self.rng, places[0], use[0], self.part.now) and day >= self.part.today:
            status = "requested"
        heads = self._heads(places, activity, came=status == "checked_in")
        return self._row(day, places, use, activity, party, status, heads, standing)

    def idle(self, day: date, place: Place, use: Use, status: str) -> BookingRow:
        """A booking of which nothing came: a no-show, or cancelled."""
        activity = self._activity(place)
        return self._row(day, [place], use, activity, self._party(place, activity), status)

    def _activity(self, place: Place) -> str:
        if place.kind == "desk":
            return "desk-work"
        if place.kind == "video":
            return "video-conference"
        large = _HALL if place.capacity >= HALL_SEATS else _LARGE
        usual = large if place.capacity >= LARGE_SEATS else _SMALL
        return self.rng.choices(list(usual), list(usual.values()))[0]

    def _party(self, place: Place, activity: str, standing: Standing | None = None) -> Party:
        if standing and standing.party:
            return self.parties.by_slug[standing.party]
        return self.parties.draw(self.rng, self.balances[place.office].category(self.rng, activity))

    def _heads(self, places: Sequence[Place], activity: str, *, came: bool) -> Heads:
        largest = max(places, key=lambda place: place.capacity)
        people = outcome.heads(self.rng, largest, activity)
        if people is None or not came:
            return UNCOUNTED
        other = int(people >= 4 and self.rng.random() < 0.03)
        women = self.balances[places[0].office].women_among(self.rng, people - other)
        men = people - other - women
        for office in {place.office for place in places}:
            self.balances[office].come(women, men)
        return women, men, other

    def _row(
        self,
        day: date,
        places: Sequence[Place],
        use: Use,
        activity: str,
        party: Party,
        status: str,
        heads: Heads = UNCOUNTED,
        standing: Standing | None = None,
    ) -> BookingRow:
        self.made += 1
        name = f"demo-{self.part.name}-{self.made:05}"
        is_history = day < self.part.today
        women, men, other = heads
        return BookingRow(
            imported_as=name if is_history else None,
            resources=tuple(place.id for place in places),
            asked_for=tuple(place.id for place in places),
            start=instant(use[0]),
            end=instant(use[1]),
            title=standing.title if standing and standing.title else title(self.rng, activity),
            organisation_id=party.id,
            category_id=party.category_id,
            activity_id=self.world.activities[activity],
            status=status,
            women=women,
            men=men,
            other=other,
            created_at=instant(outcome.made_at(self.rng, places[0], use[0], self.part.now)),
            organiser_id=self._organiser(party, standing),
            uid=f"{name}@demo.example.org",
            timezone=self.world.timezone,
            live=not is_history and status in LIVE,
        )

    def _organiser(self, party: Party, standing: Standing | None) -> int:
        if not party.people:
            return self.world.reception
        return party.people[0] if standing and standing.party else self.rng.choice(party.people)
