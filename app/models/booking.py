"""Bookings on three levels: what a person makes, its dates, and the slots that can never overlap.

A *booking* holds what is the same for all its dates. A *date* has its own time, status and
head count. A *slot* is one date on one resource: `starts_at`/`ends_at` is use, which reports
count; `blocks_from`/`blocks_until` adds buffers and is what the database guards where `live`.
"""

from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.organisation import Activity, Category, Organisation
from app.models.person import Person
from app.models.resource import Pool, Resource
from app.models.types import Instant, Json

STATUSES = ("requested", "confirmed", "declined", "cancelled", "checked_in", "no_show")
LIVE_STATUSES = ("requested", "confirmed", "checked_in")
# A slot's use is cut into pieces of at most this length, so that looking for
# overlaps never has to look further back than the longest block.
LONGEST_USE = timedelta(days=31)
LONGEST_BLOCK = timedelta(days=33)
TITLE_LENGTH = 300


class Booking(Base):
    """What a person makes: title, organiser, organisation, activity, for one date or a series."""

    __tablename__ = "booking"
    __table_args__ = (
        # What is left to be made anonymous: of many years, the last few.
        Index(
            "ix_booking_named",
            "id",
            sqlite_where=text("anonymous_at IS NULL"),
            postgresql_where=text("anonymous_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))  # as it was when booked
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    timezone: Mapped[str] = mapped_column(String(64))
    recurrence: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime | None] = mapped_column(Instant)  # None: imported, not known
    imported_as: Mapped[str | None] = mapped_column(String(100), unique=True)  # the id in the file
    # Of what the file said, so that the same file is known again after the booking has gone on living.
    import_hash: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)
    # Where to meet from afar; only for those who may read the booking.
    meeting_url: Mapped[str | None] = mapped_column(String(500))
    # The codes of the rules that a host set aside for it.
    set_aside: Mapped[list[str]] = mapped_column(Json, default=list)
    # The booking whose series this one goes on with, since "this and following" was changed.
    continues_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    # Since when neither booker nor words are kept; figures stay.
    anonymous_at: Mapped[datetime | None] = mapped_column(Instant)

    organiser: Mapped[Person | None] = relationship()
    organisation: Mapped[Organisation] = relationship()
    category: Mapped[Category] = relationship()
    activity: Mapped[Activity] = relationship()
    dates: Mapped[list["BookingDate"]] = relationship(
        back_populates="booking", order_by="BookingDate.starts_at"
    )
    asked_for: Mapped[list["BookingResource"]] = relationship(
        order_by="BookingResource.position", cascade="all, delete-orphan"
    )

    __mapper_args__: ClassVar[dict[str, object]] = {"version_id_col": version}


class BookingResource(Base):
    """What was asked for: a resource (perhaps a composite) or a pool. The slots say what is held."""

    __tablename__ = "booking_resource"
    __table_args__ = (CheckConstraint("(resource_id IS NULL) <> (pool_id IS NULL)", name="one_of"),)

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"), index=True)
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pool.id"))

    resource: Mapped[Resource | None] = relationship()
    pool: Mapped[Pool | None] = relationship()


class BookingDate(Base):
    """One occurrence of a booking."""

    __tablename__ = "booking_date"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint(
            "status IN ('requested', 'confirmed', 'declined', 'cancelled', 'checked_in', 'no_show')",
            name="status",
        ),
        CheckConstraint("women >= 0 AND men >= 0 AND other >= 0", name="heads"),
        Index("ix_booking_date_starts_at", "starts_at"),
        # One's own bookings, without walking through all that one ever booked.
        Index("ix_booking_date_organiser_id_starts_at", "organiser_id", "starts_at"),
        # The queue of a host: few among all dates.
        Index(
            "ix_booking_date_requested",
            "starts_at",
            sqlite_where=text("status = 'requested'"),
            postgresql_where=text("status = 'requested'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    organiser_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # as of its booking
    original_start_at: Mapped[datetime] = mapped_column(Instant)
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(10))
    women: Mapped[int | None]
    men: Mapped[int | None]
    other: Mapped[int | None]
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    checked_in_at: Mapped[datetime | None] = mapped_column(Instant)
    reminded_at: Mapped[datetime | None] = mapped_column(Instant)  # that nobody has counted who came
    overlapping_import: Mapped[bool] = mapped_column(default=False)

    booking: Mapped[Booking] = relationship(back_populates="dates")
    slots: Mapped[list["Slot"]] = relationship(
        back_populates="date", order_by="Slot.resource_id, Slot.starts_at"
    )


class Slot(Base):
    """One date on one resource: the unit that can never overlap and that utilisation counts."""

    __tablename__ = "slot"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("blocks_from <= starts_at AND ends_at <= blocks_until", name="blocks"),
        CheckConstraint(f"blocks_until - blocks_from <= {int(LONGEST_BLOCK.total_seconds())}", name="length"),
        Index("ix_slot_resource_id_starts_at", "resource_id", "starts_at"),
        # Reading a day looks one day back in the index above; the few that are longer stand here.
        Index(
            "ix_slot_long",
            "resource_id",
            "starts_at",
            sqlite_where=text("ends_at - starts_at > 86400"),
            postgresql_where=text("ends_at - starts_at > 86400"),
        ),
        Index(
            "ix_slot_live",
            "resource_id",
            "blocks_from",
            "blocks_until",
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    date_id: Mapped[int] = mapped_column(ForeignKey("booking_date.id"), index=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    blocks_from: Mapped[datetime] = mapped_column(Instant)
    blocks_until: Mapped[datetime] = mapped_column(Instant)
    # True for requested, confirmed and checked-in dates that are not imported history.
    live: Mapped[bool]

    date: Mapped[BookingDate] = relationship(back_populates="slots")
    resource: Mapped[Resource] = relationship()


# The condition of `ix_slot_live`, word for word: SQLite takes no other, not even "slot.live = 1".
LIVE_SLOT = text("slot.live")


# The condition of `ix_booking_date_requested`; as text, since a value bound later finds no partial index.
REQUESTED = text("booking_date.status = 'requested'")


class History(Base):
    """Who did what when. Holds ids of people, never their names; its words are erased by history_words."""

    __tablename__ = "history"
    __table_args__ = (
        # Few: what invitations have not told yet.
        Index(
            "ix_history_untold",
            "booking_id",
            sqlite_where=text("NOT told"),
            postgresql_where=text("NOT told"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    date_id: Mapped[int | None] = mapped_column(ForeignKey("booking_date.id"))
    action: Mapped[str] = mapped_column(String(30))
    details: Mapped[dict[str, object]] = mapped_column(Json, default=dict)
    # Whether those invited know; False from the moment that something happens until they were mailed.
    told: Mapped[bool] = mapped_column(default=True)
