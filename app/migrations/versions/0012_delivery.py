"""how published reports reach the funders, what is held back, what was sent"""

import sqlalchemy as sa
from alembic import op

from app.models.types import Instant, Json

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("outbox_mail", sa.Column("attachments", Json, nullable=True))
    op.create_table(
        "report_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("every", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("formats", Json, nullable=False),
        sa.Column("annex", sa.Boolean(), nullable=False),
        sa.Column("attached", sa.Boolean(), nullable=False),
        sa.Column("addresses", Json, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "every IN ('month', 'quarter', 'half', 'year')", name=op.f("ck_report_delivery_every")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_report_delivery_project_id_project")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_report_delivery_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_report_delivery_changed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_delivery")),
        sa.UniqueConstraint(
            "project_id", "organisation_id", name=op.f("uq_report_delivery_project_id_organisation_id")
        ),
    )
    op.create_table(
        "report_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("held_at", Instant(), nullable=False),
        sa.Column("held_by_id", sa.Integer(), nullable=True),
        sa.Column("released_at", Instant(), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("starts_on < ends_on", name=op.f("ck_report_hold_order")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_report_hold_project_id_project")
        ),
        sa.ForeignKeyConstraint(["held_by_id"], ["person.id"], name=op.f("fk_report_hold_held_by_id_person")),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["person.id"], name=op.f("fk_report_hold_released_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_hold")),
    )
    is_open = sa.text("released_at IS NULL")
    op.create_index(
        "ix_report_hold_open",
        "report_hold",
        ["project_id", "starts_on", "ends_on"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "report_sent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("mail_key", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("formats", Json, nullable=False),
        sa.Column("attached", sa.Boolean(), nullable=False),
        sa.Column("checksums", Json, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["report_snapshot.id"], name=op.f("fk_report_sent_snapshot_id_report_snapshot")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_report_sent_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_report_sent_person_id_person")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_report_sent_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_sent")),
        sa.UniqueConstraint("mail_key", name=op.f("uq_report_sent_mail_key")),
    )
    op.create_index("ix_report_sent_snapshot_id", "report_sent", ["snapshot_id"])


def downgrade() -> None:
    op.drop_table("report_sent")
    op.drop_table("report_hold")
    op.drop_table("report_delivery")
    op.drop_column("outbox_mail", "attachments")
