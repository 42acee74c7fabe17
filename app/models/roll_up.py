"""The daily roll-up: what each local day came to, so that long periods need not be counted anew.

A day is a number, `date.toordinal()`. Times are whole seconds, so that sums are exact. A kind is a bit
(`KIND_BITS`), several kinds their sum. What stands here follows from the bookings and can be counted again.
"""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.resource import KINDS
from app.models.types import Instant

KIND_BITS = {kind: 1 << number for number, kind in enumerate(KINDS)}


class UsageChange(Base):
    """A time in which an office's figures may have changed since they were rolled up.

    Triggers add these (migration 0011) in the transaction of the change, so no way of writing can forget it.
    They are only added and taken, never raised or merged: those who book at the same time do not meet here.
    """

    __tablename__ = "usage_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)


class OfDay(Base):
    """What is kept of one day of an office: read by days alone, so in the order of its key."""

    __abstract__ = True
    __table_args__: ClassVar[dict[str, object]] = {"sqlite_with_rowid": False}

    # Sorted before the columns of each table, so that its key begins with them.
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True, sort_order=-2)
    day: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


class UsageDay(OfDay):
    """A day that has been rolled up. It is current unless a `UsageChange` reaches into it."""

    __tablename__ = "usage_day"

    method: Mapped[str] = mapped_column(String(10))
    counted_at: Mapped[datetime] = mapped_column(Instant)


class UsageTime(OfDay):
    """The time of one leaf on one day."""

    __tablename__ = "usage_time"

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    available: Mapped[int]
    booked: Mapped[int]
    used: Mapped[int]
    seats_available: Mapped[int]  # capacity times open time
    seats_counted: Mapped[int]  # capacity times used time of dates with a head count


class UsageShare(OfDay):
    """What a category used of a leaf on one day."""

    __tablename__ = "usage_share"

    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), primary_key=True)
    used: Mapped[int]


class UsageDates(OfDay):
    """Dates that begin and end on one day, by the kinds of resource that they are counted on."""

    __tablename__ = "usage_dates"

    kinds: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    bookings: Mapped[int]
    no_shows: Mapped[int]
    counted: Mapped[int]  # visits with a head count, and without
    missing: Mapped[int]
    women: Mapped[int]
    men: Mapped[int]
    other: Mapped[int]


class UsageLong(OfDay):
    """One day of a date that goes over midnight: in a longer period it counts once."""

    __tablename__ = "usage_long"

    date_id: Mapped[int] = mapped_column(primary_key=True)
    starts_on: Mapped[int]
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    women: Mapped[int | None]
    men: Mapped[int | None]
    other: Mapped[int | None]
    used: Mapped[int]  # the kinds on which it used time on this day
    attended: Mapped[int]
    no_show: Mapped[int]


class UsagePersons(OfDay):
    """Heads times used seconds on resources of one kind, in parts: `person_seconds / parts` is the value."""

    __tablename__ = "usage_persons"

    kind: Mapped[int] = mapped_column(primary_key=True)
    parts: Mapped[int] = mapped_column(primary_key=True)
    person_seconds: Mapped[int] = mapped_column(BigInteger)
