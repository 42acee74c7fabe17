"""Another resource like one that is taken."""

from dataclasses import replace
from datetime import datetime

from app.domain.errors import Refusal
from app.domain.interval import Interval
from app.models import Organisation, Person, Resource
from app.services.availability import leaves_of, others_like
from app.services.bookings.asked import Asked, Wish
from app.services.bookings.occupied import Held, Occupied, too_near
from app.services.bookings.terms import WithApproval, held_against_rules


class Instead:
    """Finds, for one date, a free resource of the same office and kind that the same rules allow.

    One that holds as many before one that does not; the nearest capacity first. Afterwards `set_aside`
    and `with_approval` tell what belongs to those that were found.
    """

    def __init__(
        self, wish: Wish, organisation: Organisation, occupied: Occupied, *, by: Person, now: datetime
    ) -> None:
        # Quotas are counted for the whole booking, not date by date.
        self.wish = replace(wish, skip=frozenset({"taken"}))
        self.organisation, self.occupied, self.by, self.now = organisation, occupied, by, now
        self.set_aside: tuple[Refusal, ...] = ()
        self.with_approval: WithApproval = frozenset()
        self.given: list[Held] = []
        self.alike: dict[int, list[tuple[Resource, tuple[Resource, ...]]]] = {}

    def __call__(self, taken: Resource, use: Interval, used: set[int]) -> tuple[Resource, ...] | None:
        for other, leaves in self._alike(taken):
            free = all(leaf.id not in used and self._is_free(leaf, use) for leaf in leaves)
            if free and self._allowed(other, leaves, use):
                self.given += [(leaf, use) for leaf in leaves]
                return leaves
        return None

    def _is_free(self, leaf: Resource, use: Interval) -> bool:
        """Also of what another date has come to have instead."""
        others = (other for held, other in self.given if held.id == leaf.id)
        return self.occupied.is_free(leaf, use) and not any(too_near(leaf, use, each) for each in others)

    def _allowed(self, other: Resource, leaves: tuple[Resource, ...], use: Interval) -> bool:
        asked = (Asked(other, (leaves,)),)
        verdict = held_against_rules(
            asked, (use,), wish=self.wish, organisation=self.organisation, by=self.by, now=self.now
        )
        if verdict.refusals:
            return False
        self.set_aside += verdict.set_aside
        self.with_approval |= verdict.with_approval
        return True

    def _alike(self, taken: Resource) -> list[tuple[Resource, tuple[Resource, ...]]]:
        if taken.id not in self.alike:
            self.alike[taken.id] = [(each, leaves_of(each)) for each in others_like(taken)]
        return self.alike[taken.id]
