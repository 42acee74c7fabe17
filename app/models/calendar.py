"""Feeds: their addresses are derived, so only what revokes them is stored."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.types import Instant


class FeedGeneration(Base):
    """How often a person has renewed one feed's address; without a row: never."""

    __tablename__ = "feed_generation"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    thing: Mapped[str] = mapped_column(String(120), primary_key=True)  # "resource:tallen", "office:…", "mine"
    generation: Mapped[int] = mapped_column(default=0)
    renewed_at: Mapped[datetime] = mapped_column(Instant)
