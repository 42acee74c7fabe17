"""What use is worth, whether it is aid, and what companies have had elsewhere.

Amounts are whole hundredths of their currency (öre, cent); exchange rates whole millionths. Values, rates and
decisions are never changed: a new row stands instead, so that what was said, by whom and when can be read.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.models.organisation import Organisation
from app.models.person import Person
from app.models.types import Instant

MOST_REASON = 500  # characters


class ResourceValue(Base):
    """What an hour of a resource is worth, from a local day on; None: from ever. In the office's currency."""

    __tablename__ = "resource_value"
    __table_args__ = (
        CheckConstraint("per_hour >= 0", name="per_hour"),
        CheckConstraint("source IN ('file', 'host')", name="source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"), index=True)
    valid_from: Mapped[date | None]
    per_hour: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(10))  # file | host
    # Of values and rates: where they changed what had been counted.
    reason: Mapped[str] = mapped_column(String(MOST_REASON), default="", server_default="")
    entered_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person | None] = relationship()


class AidTerms(Base):
    """By what an office counts aid: its currency, the cap and its source, and what the register asks."""

    __tablename__ = "aid_terms"
    __table_args__ = (CheckConstraint("cap >= 0", name="cap"),)

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3))  # of the values
    cap: Mapped[int] = mapped_column(BigInteger)
    cap_currency: Mapped[str] = mapped_column(String(3))
    cap_source: Mapped[str] = mapped_column(String(300))
    granter: Mapped[str] = mapped_column(String(200))
    legal_basis: Mapped[str] = mapped_column(String(500))
    instrument: Mapped[str] = mapped_column(String(200))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class AidCap(Base):
    """A cap that was said: an office's, or a company's own; from what to what, by whom, when and why.

    A company's `cap` None: from then on the office's. `before` None: there was none before.
    """

    __tablename__ = "aid_cap"
    __table_args__ = (
        Index("ix_aid_cap_office_id", "office_id"),
        Index("ix_aid_cap_organisation_id", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))  # where it was said
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))  # None: the office's
    before: Mapped[int | None] = mapped_column(BigInteger)
    before_currency: Mapped[str | None] = mapped_column(String(3))
    cap: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(MOST_REASON))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person | None] = relationship()


class ExchangeRate(Base):
    """From a day on, one unit of the cap's currency costs so many millionths of the office's."""

    __tablename__ = "exchange_rate"
    __table_args__ = (CheckConstraint("rate > 0", name="rate"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    cap_currency: Mapped[str] = mapped_column(String(3))
    valid_from: Mapped[date]
    rate: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(String(MOST_REASON), default="", server_default="")
    entered_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person | None] = relationship()


class AidDecision(Base):
    """Whether use is aid, as an office decided: of a category from a day on, or of one booking.

    `is_aid` None takes the decision about a booking back: it is again what its category is.
    """

    __tablename__ = "aid_decision"
    __table_args__ = (
        CheckConstraint("(category_id IS NULL) <> (booking_id IS NULL)", name="one_of"),
        CheckConstraint("category_id IS NULL OR is_aid IS NOT NULL", name="decided"),
        Index("ix_aid_decision_office_id_booking_id", "office_id", "booking_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"))
    valid_from: Mapped[date | None]  # of a category; None: from ever
    is_aid: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(String(MOST_REASON))
    decided_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    by: Mapped[Person | None] = relationship()


class AidCompany(Base):
    """What is known of an organisation as one that receives aid; without a row, the usual."""

    __tablename__ = "aid_company"
    __table_args__ = (CheckConstraint("cap >= 0", name="cap"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    # Those with the same words are one undertaking, that is, they share one cap.
    undertaking: Mapped[str] = mapped_column(String(120), default="")
    sector: Mapped[str] = mapped_column(String(10), default="")  # NACE
    cap: Mapped[int | None] = mapped_column(BigInteger)  # None: the office's
    cap_currency: Mapped[str | None] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(MOST_REASON), default="")  # for a cap of its own
    entered_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class AidElsewhere(Base):
    """De minimis aid that a company says it has had from somebody else."""

    __tablename__ = "aid_elsewhere"
    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    granted_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    granter: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(MOST_REASON), default="")
    entered_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    organisation: Mapped[Organisation] = relationship()


class AidPassing(Base):
    """A company came near its cap, or over it: hosts were told then, once, until it falls below again."""

    __tablename__ = "aid_passing"
    __table_args__ = (
        CheckConstraint("level IN ('near', 'over')", name="level"),
        Index(
            "ix_aid_passing_open",
            "office_id",
            "undertaking",
            "level",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    undertaking: Mapped[str] = mapped_column(String(160))
    level: Mapped[str] = mapped_column(String(10))
    passed_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
