"""Feeds: their addresses are derived, so only what revokes them is stored."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.types import Instant


class FeedGeneration(Base):
    """One feed's address of one person: how often renewed, whether revoked, when last used.

    Without a row it was neither renewed nor used yet.
    """

    __tablename__ = "feed_generation"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    thing: Mapped[str] = mapped_column(String(120), primary_key=True)  # see services/feeds.py
    generation: Mapped[int] = mapped_column(default=0)
    renewed_at: Mapped[datetime] = mapped_column(Instant)  # or first used
    revoked: Mapped[bool] = mapped_column(default=False)  # until it is renewed, there is no address
    used_on: Mapped[date | None]  # the last day (UTC) on which a calendar asked; no finer, for nobody is watched
