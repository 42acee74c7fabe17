"""How published reports reach the funders: by which schedule, what is held back, and what was sent."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.office import Project
from app.models.organisation import Organisation
from app.models.person import Person
from app.models.report import ReportSnapshot
from app.models.types import Instant, Json


class ReportDelivery(Base):
    """What an organisation that pays for a project gets, how often and how; without a row, the usual."""

    __tablename__ = "report_delivery"
    __table_args__ = (
        UniqueConstraint("project_id", "organisation_id"),
        CheckConstraint("every IN ('month', 'quarter', 'half', 'year')", name="every"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    every: Mapped[str] = mapped_column(String(10))
    language: Mapped[str | None] = mapped_column(String(2))  # None: each reader's own
    formats: Mapped[list[str]] = mapped_column(Json)
    annex: Mapped[bool]  # whether they may see which organisations there were
    attached: Mapped[bool]  # files in the mail, beside the links
    addresses: Mapped[list[str]] = mapped_column(Json)  # of those without an account
    active: Mapped[bool]
    # No period that was over before is sent afterwards because `every` was changed.
    since_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    organisation: Mapped[Organisation] = relationship()


class ReportHold(Base):
    """A report that a host holds back until it is released; at most one for a period at a time."""

    __tablename__ = "report_hold"
    __table_args__ = (
        CheckConstraint("starts_on < ends_on", name="order"),
        Index(
            "ix_report_hold_open",
            "project_id",
            "starts_on",
            "ends_on",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]  # exclusive
    reason: Mapped[str] = mapped_column(String(300))
    held_at: Mapped[datetime] = mapped_column(Instant)
    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime | None] = mapped_column(Instant)
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    project: Mapped[Project] = relationship()
    held_by: Mapped[Person | None] = relationship(foreign_keys=held_by_id)


class ReportSent(Base):
    """One mail about a published report: to whom, and which files. Its state is the outbox's."""

    __tablename__ = "report_sent"
    __table_args__ = (Index("ix_report_sent_snapshot_id", "snapshot_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("report_snapshot.id"))
    # By its key: mails may be forgotten before the history of what was sent is.
    mail_key: Mapped[str] = mapped_column(String(200), unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: no account
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    audience: Mapped[str] = mapped_column(String(20))  # full | without_annex | public
    formats: Mapped[list[str]] = mapped_column(Json)
    attached: Mapped[bool]
    # SHA-256 of each attached file by its format, noted when the mail leaves.
    checksums: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the monthly job

    snapshot: Mapped[ReportSnapshot] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)
