"""What the job process works through: mails that wait, and jobs that ran."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base
from app.models.types import Instant, Json


class OutboxMail(Base):
    """A mail, written in the transaction of what it tells of; `key` keeps it from being written twice."""

    __tablename__ = "outbox_mail"
    __table_args__ = (Index("ix_outbox_mail_state_due_at", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    html: Mapped[str | None] = mapped_column(Text)
    # Calendar messages (text/calendar), each with its METHOD; the first stands beside the text.
    calendars: Mapped[list[str] | None] = mapped_column(Json)
    # What files to make and attach when it leaves; their bytes are not kept.
    attachments: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    sender: Mapped[str | None] = mapped_column(String(400))  # None: the installation's own address
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))  # whose hosts hear if it fails
    state: Mapped[str] = mapped_column(String(10), default="waiting")  # waiting | sent | dead
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)


class JobRun(Base):
    """One job for one period: claimed with a lease and a fencing token, done once."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(60))
    period: Mapped[str] = mapped_column(String(120))
    token: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    failures: Mapped[int] = mapped_column(default=0, server_default="0")  # in a row
    asked_at: Mapped[datetime | None] = mapped_column(Instant)  # somebody wants its turn at once
    last_error: Mapped[str | None] = mapped_column(String(500))
    result: Mapped[dict[str, object] | None] = mapped_column(Json)
