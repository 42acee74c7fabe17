"""What can be booked."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.office import Office
from app.models.types import Instant, Json

KINDS = ("room", "desk", "video", "adviser")


class Pool(Base):
    """Interchangeable resources; the system picks a free one. Its slug shares the resources' namespace."""

    __tablename__ = "pool"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    retired: Mapped[bool] = mapped_column(default=False)


class Resource(Base):
    """A room, desk, video-conference unit or adviser."""

    __tablename__ = "resource"
    __table_args__ = (
        CheckConstraint("kind IN ('room', 'desk', 'video', 'adviser')", name="kind"),
        CheckConstraint("capacity >= 1", name="capacity"),
        CheckConstraint(
            "buffer_before_minutes BETWEEN 0 AND 1440 AND buffer_after_minutes BETWEEN 0 AND 1440",
            name="buffers",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    capacity: Mapped[int] = mapped_column(default=1)
    equipment: Mapped[list[str]] = mapped_column(Json, default=list)
    location: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(String(2000), default="")
    position: Mapped[int] = mapped_column(default=0)
    active_from: Mapped[date | None]
    active_to: Mapped[date | None]  # exclusive
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("pool.id"))
    approval: Mapped[bool] = mapped_column(default=False)
    buffer_before_minutes: Mapped[int] = mapped_column(default=0)
    buffer_after_minutes: Mapped[int] = mapped_column(default=0)
    min_minutes: Mapped[int] = mapped_column(default=15)
    max_minutes: Mapped[int] = mapped_column(default=1440)
    max_days_ahead: Mapped[int] = mapped_column(default=365)
    retired: Mapped[bool] = mapped_column(default=False)
    # Rises when the code on the door is renewed: the one before is worth nothing then.
    door_generation: Mapped[int] = mapped_column(default=0)
    # What calendars and caches compare: rises with every change that a reader of this resource could see.
    changes: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    # The booking that was changed; None: any may have been. A trigger writes it into `FeedChange`.
    changed_booking_id: Mapped[int | None]

    office: Mapped[Office] = relationship(lazy="joined")
    pool: Mapped[Pool | None] = relationship()
    parts: Mapped[list["Resource"]] = relationship(
        secondary="resource_part",
        primaryjoin="Resource.id == ResourcePart.whole_id",
        secondaryjoin="Resource.id == ResourcePart.part_id",
        order_by="Resource.id",
        lazy="selectin",
        viewonly=True,
    )


class ResourcePart(Base):
    """`part` belongs to the composite `whole`."""

    __tablename__ = "resource_part"
    __table_args__ = (CheckConstraint("whole_id <> part_id", name="not_itself"),)

    whole_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), primary_key=True)


class ResourceCapacity(Base):
    """A capacity that held for a time; outside every such row `Resource.capacity` holds."""

    __tablename__ = "resource_capacity"

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    capacity: Mapped[int]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]  # exclusive
