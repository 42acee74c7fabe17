"""Mail about meetings: who is invited, what they were told last, and what came by mail."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.types import Instant, Json

PARTSTATS = ("NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED")


class Guest(Base):
    """Somebody invited to a booking: an address, and what they answered. Erased when the booking is old."""

    __tablename__ = "guest"
    __table_args__ = (UniqueConstraint("booking_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    email: Mapped[str] = mapped_column(String(254))  # lower case
    partstat: Mapped[str] = mapped_column(String(12), default="NEEDS-ACTION")
    # Answers to single dates: original start (seconds since 1970, as text) to PARTSTAT.
    dates: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    sequence: Mapped[int] = mapped_column(default=0)  # of the invitation that was answered
    replied_at: Mapped[datetime | None] = mapped_column(Instant)


class Invitation(Base):
    """What the calendars of those invited hold of a booking: the last state that was mailed."""

    __tablename__ = "invitation"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), primary_key=True)
    sequence: Mapped[int]
    told: Mapped[dict[str, object]] = mapped_column(Json)  # app.services.invitations.State


class MailedBooking(Base):
    """A booking that an invitation to a room's address made: the meeting in its organiser's calendar."""

    __tablename__ = "mailed_booking"
    __table_args__ = (UniqueConstraint("uid", "thing"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(300))
    thing: Mapped[str] = mapped_column(String(60))  # slug of the resource or pool
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), unique=True)
    sequence: Mapped[int]
    stamp: Mapped[datetime] = mapped_column(Instant)
    answered: Mapped[str] = mapped_column(String(12))  # PARTSTAT


class ReceivedMail(Base):
    """A mail that came for a room, and what became of it. Keeps no text, only who, when and why."""

    __tablename__ = "received_mail"
    __table_args__ = (
        UniqueConstraint("message_id", "recipient"),
        Index("ix_received_mail_office_id_received_at", "office_id", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(300))
    recipient: Mapped[str] = mapped_column(String(254))
    sender: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    received_at: Mapped[datetime] = mapped_column(Instant)
    outcome: Mapped[str] = mapped_column(
        String(20)
    )  # booked | changed | cancelled | replied | refused | ignored
    reasons: Mapped[list[str]] = mapped_column(Json, default=list)  # codes
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
