"""How an office's own spreadsheets are read."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.types import Instant, Json


class SheetMatching(Base):
    """What an office said of a sheet with these headings when it was last brought in.

    `said`: columns, what holds for all rows, and names. Names stand as digests: some are those of people.
    """

    __tablename__ = "sheet_matching"

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    headings: Mapped[str] = mapped_column(String(64), primary_key=True)  # a digest of them
    said: Mapped[dict[str, Any]] = mapped_column(Json)
    said_at: Mapped[datetime] = mapped_column(Instant)
