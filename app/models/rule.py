"""What an office asks of bookings beyond a resource's own settings, and who waits for a time."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.organisation import Organisation
from app.models.person import Person
from app.models.resource import Pool, Resource
from app.models.types import Instant, Json


class BookingRule(Base):
    """What holds for a resource (none: all of the office), for a category or an organisation (none: all).

    An empty setting says nothing. Where several rules say something, the one that speaks of fewest stands:
    an organisation before a category before everybody; of equals, a resource before the office.
    """

    __tablename__ = "booking_rule"
    __table_args__ = (
        CheckConstraint("category_id IS NULL OR organisation_id IS NULL", name="whom"),
        CheckConstraint("starts_at IS NULL OR ends_at IS NULL OR starts_at < ends_at", name="order"),
        CheckConstraint("source IN ('file', 'host')", name="source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    # For dates that reach into this time alone; empty: from ever, for ever.
    starts_at: Mapped[datetime | None] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    may_book: Mapped[bool | None]
    approval: Mapped[bool | None]
    notice_minutes: Mapped[int | None]
    max_days_ahead: Mapped[int | None]
    min_minutes: Mapped[int | None]
    max_minutes: Mapped[int | None]
    at_once: Mapped[int | None]  # resources that one organisation may hold at the same moment
    hours_per_month: Mapped[int | None]  # resource-hours of one organisation in a local calendar month
    lapse_minutes: Mapped[int | None]  # a request lapses so long before its start
    release_minutes: Mapped[int | None]  # nobody checked in so long after the start: a no-show; 0: never
    reason: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(String(10))  # file | host
    retired: Mapped[bool] = mapped_column(default=False)


class Waiting(Base):
    """Somebody who wants a time that another has, and is told when it becomes free."""

    __tablename__ = "waiting"
    __table_args__ = (
        CheckConstraint("(resource_id IS NULL) <> (pool_id IS NULL)", name="one_of"),
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_waiting_open", "starts_at", "told_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"), index=True)
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pool.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    title: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(Instant)
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    # The other fields of the form as they were filled in, by name: what leads back to it is to lose nothing.
    filled_in: Mapped[dict[str, str] | None] = mapped_column(Json)

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()
    resource: Mapped[Resource | None] = relationship()
    pool: Mapped[Pool | None] = relationship()
