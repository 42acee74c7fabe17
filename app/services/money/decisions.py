"""Whether use is aid: the office decides, of a category from a day on, and of one booking, with a reason."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import select

from app.domain.errors import NotFound, Refusal, Refused
from app.domain.money import Since, standing
from app.domain.one_line import one_line
from app.domain.text_length import too_long
from app.extensions import db
from app.models import AidDecision, Booking, Category, Office, Person
from app.models.money import MOST_REASON
from app.services.authorize import authorize
from app.services.transaction import use_case


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that an office decided. A booking's own decision stands above its category's.

    The later part of a series that was split follows the decision about the first, until it has its own.
    """

    by_category: Mapping[int, Sequence[AidDecision]]
    by_booking: Mapping[int, AidDecision]
    continues: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, office: Office) -> "Decisions":
        by_category: defaultdict[int, list[AidDecision]] = defaultdict(list)
        by_booking: dict[int, AidDecision] = {}
        query = select(AidDecision).filter_by(office_id=office.id).order_by(AidDecision.id)
        for each in db.session.scalars(query):
            if each.category_id is not None:
                by_category[each.category_id].append(each)
            elif each.booking_id is not None:
                by_booking[each.booking_id] = each
        return cls(by_category, by_booking, _continued() if by_booking else {})

    def with_one(self, new: AidDecision) -> "Decisions":
        """As it would be with one more, about a category or a booking."""
        if new.category_id is not None:
            known = self.by_category.get(new.category_id, ())
            return replace(self, by_category={**self.by_category, new.category_id: [*known, new]})
        if new.booking_id is not None:
            by_booking = {**self.by_booking, new.booking_id: new}
            return replace(self, by_booking=by_booking, continues=self.continues or _continued())
        return self

    def about(self, booking_id: int, category_id: int, day: date) -> AidDecision | None:
        """What is decided of a use on that day; None where nobody has decided anything."""
        return self.own(booking_id) or self.of_category(category_id, day)

    def of_category(self, category_id: int, day: date) -> AidDecision | None:
        known = self.by_category.get(category_id, ())
        return standing((Since(each.valid_from, each) for each in known), day)

    def own(self, booking_id: int) -> AidDecision | None:
        """What is decided of the booking itself, or of the one whose series it goes on with."""
        for number in self._line(booking_id):
            if found := self.by_booking.get(number):
                return found if found.is_aid is not None else None
        return None

    def never_aid(self) -> set[int]:
        """The categories that were decided not to be aid, from ever and ever since."""
        return {
            number
            for number, known in self.by_category.items()
            if any(each.valid_from is None for each in known) and not any(each.is_aid for each in known)
        }

    def nevertheless_aid(self) -> set[int]:
        """The bookings with a decision of their own that they are aid, and those that go on with them."""
        known = {*self.by_booking, *self.continues}
        return {number for number in known if (found := self.own(number)) and found.is_aid}

    def _line(self, booking_id: int) -> Iterator[int]:
        number: int | None = booking_id
        seen: set[int] = set()
        while number is not None and number not in seen:
            yield number
            seen.add(number)
            number = self.continues.get(number)


def _continued() -> dict[int, int]:
    query = select(Booking.id, Booking.continues_id).where(Booking.continues_id.is_not(None))
    return {number: before for number, before in db.session.execute(query) if before is not None}


@use_case
def decide_category(
    office: Office,
    category_id: int,
    is_aid: bool | None,
    valid_from: date | None,
    reason: str,
    *,
    by: Person,
    now: datetime,
) -> AidDecision:
    """Use of the category is aid from that day on, or is not. Refused without an answer or a reason."""
    authorize(by, "host", office)
    if db.session.get(Category, category_id) is None:
        raise NotFound()
    reason = _checked(is_aid, reason)
    row = AidDecision(category_id=category_id, valid_from=valid_from, is_aid=is_aid)
    return _kept(row, office, reason, by, now)


@use_case
def decide_booking(
    office: Office, booking_id: int, is_aid: bool | None, reason: str, *, by: Person, now: datetime
) -> AidDecision:
    """This booking is aid, or is not, whatever its category; None: as its category again. Refused, NotFound.

    Of a booking at several offices, each decides about what it gives.
    """
    authorize(by, "host", office)
    booking = db.session.get(Booking, booking_id)
    if booking is None or office.id not in offices_of(booking):
        raise NotFound()
    row = AidDecision(booking_id=booking_id, is_aid=is_aid)
    return _kept(row, office, _checked(True if is_aid is None else is_aid, reason), by, now)


def offices_of(booking: Booking) -> set[int]:
    """At which offices the booking holds or held anything."""
    return {slot.resource.office_id for date in booking.dates for slot in date.slots}


def _checked(is_aid: bool | None, reason: str) -> str:
    """The reason on one line."""
    reason = one_line(reason)
    wrong = too_long(reason=(reason, MOST_REASON))
    if is_aid is None:
        wrong.append(Refusal("answer_missing", "is_aid"))
    if not reason:
        wrong.append(Refusal("reason_missing", "reason"))
    if wrong:
        raise Refused(*wrong)
    return reason


def _kept(row: AidDecision, office: Office, reason: str, by: Person, now: datetime) -> AidDecision:
    row.office_id, row.reason, row.decided_at, row.by_id = office.id, reason, now, by.id
    db.session.add(row)
    db.session.flush()
    return row
