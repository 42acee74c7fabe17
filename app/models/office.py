"""Offices, when they are open, and the projects that pay for them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.organisation import Organisation
from app.models.types import Instant, Json


class Office(Base):
    """A place with an address, a time zone, opening hours and closures."""

    __tablename__ = "office"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(2), default="sv")
    holidays: Mapped[str | None] = mapped_column(String(8))  # country code of the holidays package
    address: Mapped[str] = mapped_column(String(300), default="")
    directions: Mapped[str] = mapped_column(String(2000), default="")
    # No report is sent afterwards for the months before; None: not known.
    created_at: Mapped[datetime | None] = mapped_column(Instant)
    # The last year whose public holidays are stored as closures, and the first.
    holidays_from_year: Mapped[int | None]
    holidays_to_year: Mapped[int | None]
    # So long after a booking is over nobody can see who made it; None: for ever.
    bookers_kept_months: Mapped[int | None] = mapped_column(default=24, server_default="24")


class OpeningHours(Base):
    """One weekly stretch of opening, in minutes from local midnight; 1440 is the end of the day."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint(
            "0 <= opens_minute AND opens_minute < closes_minute AND closes_minute <= 1440", name="minutes"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    weekday: Mapped[int]  # Monday is 0
    opens_minute: Mapped[int]
    closes_minute: Mapped[int]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]  # exclusive


class Closure(Base):
    """A period in which an office or a resource is closed although it would be open."""

    __tablename__ = "closure"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_closure_office_id_starts_at", "office_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resource.id"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(String(10))  # file | host | holiday
    entered_at: Mapped[datetime] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)


class Project(Base):
    """The funded undertaking that runs an office for a period."""

    __tablename__ = "project"
    __table_args__ = (CheckConstraint("starts_on < ends_on", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    host_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]  # exclusive
    kinds: Mapped[list[str]] = mapped_column(Json)  # what the headline counts
    headline: Mapped[str] = mapped_column(String(10), default="hours")  # hours | days | seats
    retired: Mapped[bool] = mapped_column(default=False)

    office: Mapped[Office] = relationship()
    host: Mapped[Organisation] = relationship()
    funders: Mapped[list[Organisation]] = relationship(secondary="project_funder", order_by=Organisation.slug)


class ProjectFunder(Base):
    """An organisation that pays for a project."""

    __tablename__ = "project_funder"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)


class Target(Base):
    """A promised figure of a project."""

    __tablename__ = "target"
    __table_args__ = (UniqueConstraint("project_id", "indicator"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    indicator: Mapped[str] = mapped_column(String(200))
    target: Mapped[float | None]
    retired: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(10), default="file", server_default="file")  # file | host

    judgements: Mapped[list["GoalJudgement"]] = relationship(order_by="GoalJudgement.judged_on")


class GoalJudgement(Base):
    """What a goal had come to on a day, as people judge it: one for each follow-up."""

    __tablename__ = "goal_judgement"
    __table_args__ = (
        CheckConstraint("status IN ('met', 'partly', 'not_met')", name="status"),
        UniqueConstraint("target_id", "judged_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"))
    judged_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
