"""What hosts of one office said to a date that needs several offices' yes."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.types import Instant


class OfficeApproval(Base):
    """One office's yes to a date that waits for another office's too.

    It stands for the date as it was: `sequence` is that of the date, which every change raises.
    """

    __tablename__ = "office_approval"

    date_id: Mapped[int] = mapped_column(ForeignKey("booking_date.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
