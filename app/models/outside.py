"""Calendars that are kept elsewhere, and when they are busy: shown beside the board, no bookings."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.person import Person
from app.models.resource import Resource
from app.models.types import Instant


class OutsideCalendar(Base):
    """A calendar about one resource, fetched from an address or uploaded as a file.

    The address is a secret: whoever has it can read the calendar. Of a file only its busy times are kept.
    """

    __tablename__ = "outside_calendar"
    __table_args__ = (CheckConstraint("(address IS NULL) <> (file_name IS NULL)", name="one_source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    address: Mapped[str | None] = mapped_column(Text)
    file_name: Mapped[str | None] = mapped_column(String(200))
    blocks: Mapped[bool] = mapped_column(default=False)
    shows_titles: Mapped[bool] = mapped_column(default=False)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(Instant)
    tried_at: Mapped[datetime] = mapped_column(Instant)  # last fetched or uploaded, whatever came of it
    good_at: Mapped[datetime] = mapped_column(Instant)  # when it last came, changed or not
    read_at: Mapped[datetime] = mapped_column(Instant)  # when its busy times were last laid out
    reaches_until: Mapped[datetime] = mapped_column(Instant)  # series are laid out so far
    error: Mapped[str | None] = mapped_column(String(40))  # a code, where the last try came to nothing
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    due_at: Mapped[datetime | None] = mapped_column(Instant)  # None: a file, which nobody fetches
    etag: Mapped[str] = mapped_column(String(300), default="")
    last_modified: Mapped[str] = mapped_column(String(100), default="")

    resource: Mapped[Resource] = relationship()
    added_by: Mapped[Person | None] = relationship()

    @property
    def has_come(self) -> bool:
        """Whether it has ever been read: then it was laid out for a time ahead."""
        return self.reaches_until > self.added_at


class OutsideTime(Base):
    """When an outside calendar is busy. The title only where its host says that it may be shown."""

    __tablename__ = "outside_time"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_outside_time_calendar_id_starts_at", "calendar_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("outside_calendar.id"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    title: Mapped[str | None] = mapped_column(String(300))
