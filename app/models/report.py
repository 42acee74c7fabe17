"""Published reports, frozen."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.office import Office, Project
from app.models.types import Instant

MOST_WORDS = 600  # characters: two sentences, and room for a third


class ReportSnapshot(Base):
    """One report as it was published; never changed, only followed by a higher revision."""

    __tablename__ = "report_snapshot"
    __table_args__ = (UniqueConstraint("office_id", "project_id", "starts_on", "ends_on", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]  # exclusive
    revision: Mapped[int]
    method: Mapped[str] = mapped_column(String(10))
    checksum: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime] = mapped_column(Instant)
    frozen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the monthly job
    # Kept as it was written: PostgreSQL's JSONB would put the keys into an order of its own.
    content: Mapped[dict[str, object]] = mapped_column(JSON)

    office: Mapped[Office] = relationship()
    project: Mapped[Project] = relationship()


class ReportWords(Base):
    """The host's own words about a period, as they stand now: snapshots keep those that were published."""

    __tablename__ = "report_words"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    ends_on: Mapped[date] = mapped_column(primary_key=True)  # exclusive
    sv: Mapped[str] = mapped_column(String(MOST_WORDS), default="")
    en: Mapped[str] = mapped_column(String(MOST_WORDS), default="")
    version: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
