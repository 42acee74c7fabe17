"""Published reports, frozen."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.office import Office, Project
from app.models.types import Instant


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
