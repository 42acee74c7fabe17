"""What the API keeps besides the bookings themselves."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.types import Instant, Json


class IdempotencyKey(Base):
    """A request that may be sent again: its answer, stored in the transaction of what it made.

    Holds no title and no name, so that erasing a person's words need not look here.
    """

    __tablename__ = "idempotency_key"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    response: Mapped[dict[str, object]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Instant)
