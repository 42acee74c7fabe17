"""Feeds: their addresses are derived, so only what revokes them is stored."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
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
