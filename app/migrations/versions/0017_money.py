"""what use is worth, what of it is aid, and what companies have had elsewhere"""

import sqlalchemy as sa
from alembic import op

from app.models.types import Instant

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "aid_passing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("undertaking", sa.String(length=160), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("passed_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint("level IN ('near', 'over')", name=op.f("ck_aid_passing_level")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_aid_passing_office_id_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_passing")),
    )
    op.create_index(
        "ix_aid_passing_open",
        "aid_passing",
        ["office_id", "undertaking", "level"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "aid_terms",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=False),
        sa.Column("cap_currency", sa.String(length=3), nullable=False),
        sa.Column("cap_source", sa.String(length=300), nullable=False),
        sa.Column("granter", sa.String(length=200), nullable=False),
        sa.Column("legal_basis", sa.String(length=500), nullable=False),
        sa.Column("instrument", sa.String(length=200), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("cap >= 0", name=op.f("ck_aid_terms_cap")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_aid_terms_by_id_person")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_aid_terms_office_id_office")),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_aid_terms")),
    )
    op.create_table(
        "exchange_rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("cap_currency", sa.String(length=3), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("rate > 0", name=op.f("ck_exchange_rate_rate")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_exchange_rate_by_id_person")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_exchange_rate_office_id_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
    )
    op.create_index(op.f("ix_exchange_rate_office_id"), "exchange_rate", ["office_id"])
    op.create_table(
        "aid_company",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("undertaking", sa.String(length=120), nullable=False),
        sa.Column("sector", sa.String(length=10), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=True),
        sa.Column("cap_currency", sa.String(length=3), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("cap >= 0", name=op.f("ck_aid_company_cap")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_aid_company_by_id_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_aid_company_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_aid_company")),
    )
    op.create_table(
        "aid_elsewhere",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("granter", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_aid_elsewhere_amount")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_aid_elsewhere_by_id_person")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_aid_elsewhere_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["removed_by_id"], ["person.id"], name=op.f("fk_aid_elsewhere_removed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_elsewhere")),
    )
    op.create_index(op.f("ix_aid_elsewhere_organisation_id"), "aid_elsewhere", ["organisation_id"])
    op.create_table(
        "aid_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("is_aid", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(category_id IS NULL) <> (booking_id IS NULL)", name=op.f("ck_aid_decision_one_of")
        ),
        sa.CheckConstraint("category_id IS NULL OR is_aid IS NOT NULL", name=op.f("ck_aid_decision_decided")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_aid_decision_booking_id_booking")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_aid_decision_by_id_person")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_aid_decision_category_id_category")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_aid_decision_office_id_office")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aid_decision")),
    )
    op.create_index("ix_aid_decision_office_id_booking_id", "aid_decision", ["office_id", "booking_id"])
    op.create_table(
        "resource_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("per_hour", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("source IN ('file', 'host')", name=op.f("ck_resource_value_source")),
        sa.CheckConstraint("per_hour >= 0", name=op.f("ck_resource_value_per_hour")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_resource_value_by_id_person")),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_value_resource_id_resource")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_value")),
    )
    op.create_index(op.f("ix_resource_value_resource_id"), "resource_value", ["resource_id"])


def downgrade() -> None:
    for table in (
        "aid_passing",
        "aid_elsewhere",
        "aid_company",
        "aid_decision",
        "exchange_rate",
        "aid_terms",
        "resource_value",
    ):
        op.drop_table(table)
