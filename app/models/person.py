"""People, their roles, and the ways in which they prove who they are."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.organisation import Organisation
from app.models.types import Instant

ROLES = ("member", "host", "funder", "admin")


class Person(Base):
    """Somebody who can sign in."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str | None] = mapped_column(String(2))  # an explicit choice; None follows the browser
    password_hash: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    wants_invitations: Mapped[bool] = mapped_column(default=True)  # to their own bookings, by mail
    created_at: Mapped[datetime] = mapped_column(Instant)
    # As on Resource: rises with every change to this person's bookings.
    changes: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_booking_id: Mapped[int | None]
    erasure_asked_at: Mapped[datetime | None] = mapped_column(Instant)
    # Then nothing of them is left but the number, which no later person may get.
    erased_at: Mapped[datetime | None] = mapped_column(Instant)

    roles: Mapped[list["Role"]] = relationship(lazy="selectin", order_by="Role.id")
    organisations: Mapped[list[Organisation]] = relationship(
        secondary="membership", lazy="selectin", order_by=Organisation.name
    )


class Role(Base):
    """What a person may do; at one office, or at all of them where `office_id` is empty."""

    __tablename__ = "role"
    __table_args__ = (
        CheckConstraint("role IN ('member', 'host', 'funder', 'admin')", name="role"),
        UniqueConstraint("person_id", "role", "office_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(10))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))


class Membership(Base):
    """A person books for an organisation."""

    __tablename__ = "membership"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)


class SignIn(Base):
    """A session on the server; the browser holds the secret whose hash stands here."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)

    person: Mapped[Person] = relationship(lazy="joined")


class SignInLink(Base):
    """A mailed link: good once, for ten minutes."""

    __tablename__ = "sign_in_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class SignInFailure(Base):
    """A wrong password; many of them in a short while slow the next try down."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_email_at", "email", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    at: Mapped[datetime] = mapped_column(Instant)


class ApiToken(Base):
    """A bearer token of the API, as its hash."""

    __tablename__ = "api_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    person: Mapped[Person] = relationship(lazy="joined")
