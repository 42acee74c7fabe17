"""Feeds: their addresses are derived, so only what revokes them is stored; and what changed since when."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.types import Instant


class FeedGeneration(Base):
    """One feed's address of one person: how often made anew, and when last used.

    Without a row it was neither.
    """

    __tablename__ = "feed_generation"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    thing: Mapped[str] = mapped_column(String(120), primary_key=True)  # see services/feeds.py
    generation: Mapped[int] = mapped_column(default=0)
    renewed_at: Mapped[datetime] = mapped_column(Instant)  # or first used
    # The last day (UTC) on which a calendar asked; no finer, for nobody is to be watched.
    used_on: Mapped[date | None]


class FeedChange(Base):
    """Which booking was changed when a counter rose: so a feed is written anew there alone.

    Triggers write it (migration 0010). `booking_id` None: any may have been. Old ones are forgotten.
    """

    __tablename__ = "feed_change"
    __table_args__ = ({"sqlite_with_rowid": False},)

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)  # resource, person, organisation
    of_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # what the counter rose to
    booking_id: Mapped[int | None]
    # A random number: the same counter after a restored backup does not stand for the same changes.
    mark: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Instant)
