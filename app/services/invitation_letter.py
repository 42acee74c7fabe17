"""What a mail about a booking tells those invited; `app.wording.invitations` makes the words of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.models import Booking, Office
from app.services.dated import Dated
from app.services.invitation_done import Done
from app.services.invitation_state import Kind


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail with an invitation tells, and to whom: the booker, or a guest."""

    kind: Kind
    booking: Booking
    office: Office
    dates: Sequence[Dated]  # those that stand; of a cancellation those that do not
    to_guest: bool
    others_stand: bool  # of a cancellation: other dates of the booking do
    done: Done
