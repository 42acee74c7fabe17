"""What each audience may read of a booking. The only place that decides it.

Public: that the time is taken. A member: their own and their organisations' bookings in full,
others as taken. A host of the office: everything.
"""

from dataclasses import dataclass
from enum import Enum

from app.models import Office, Person
from app.services.authorize import roles_at


class Audience(Enum):
    """Who reads, towards one office."""

    PUBLIC = "public"
    MEMBER = "member"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class Reader:
    """A person (or nobody) reading about one office."""

    audience: Audience
    person_id: int | None = None
    organisation_ids: frozenset[int] = frozenset()

    def may_read(self, organiser_id: int | None, organisation_id: int) -> bool:
        """Whether title, organisation and organiser of such a booking are for this reader."""
        if self.audience is Audience.HOST:
            return True
        if self.audience is Audience.PUBLIC:
            return False
        return self.owns(organiser_id) or organisation_id in self.organisation_ids

    def sees_no_show(self, organiser_id: int | None) -> bool:
        """Whether the board shows this reader that nobody came. For all others the time is simply free."""
        return self.audience is Audience.HOST or self.owns(organiser_id)

    def owns(self, organiser_id: int | None) -> bool:
        return self.person_id is not None and organiser_id == self.person_id


PUBLIC = Reader(Audience.PUBLIC)


def reader_of(office: Office, person: Person | None) -> Reader:
    """The audience that a person belongs to at an office."""
    if person is None:
        return PUBLIC
    if person.active and "host" in roles_at(person, office.id):
        return Reader(Audience.HOST, person.id)
    return Reader(Audience.MEMBER, person.id, frozenset(each.id for each in person.organisations))
