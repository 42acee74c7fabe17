"""the host's own words, goals and how they are judged, and what jobs remember of themselves"""

import sqlalchemy as sa
from alembic import op

from app.models.types import Instant

revision = "0013"
down_revision = "0012"

ADDED = (
    ("target", "source", sa.String(length=10), {"server_default": "file", "nullable": False}),
    ("booking_date", "reminded_at", Instant(), {}),
    ("job_run", "started_at", Instant(), {}),
    ("job_run", "failed_at", Instant(), {}),
    ("job_run", "failures", sa.Integer(), {"server_default": "0", "nullable": False}),
    ("job_run", "asked_at", Instant(), {}),
)


def upgrade() -> None:
    for table, name, kind, more in ADDED:
        op.add_column(table, sa.Column(name, kind, **more))
    op.create_table(
        "goal_judgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "status IN ('met', 'partly', 'not_met')", name=op.f("ck_goal_judgement_status")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["target.id"], name=op.f("fk_goal_judgement_target_id_target")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_goal_judgement_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_judgement")),
        sa.UniqueConstraint("target_id", "judged_on", name=op.f("uq_goal_judgement_target_id_judged_on")),
    )
    op.create_table(
        "report_words",
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("sv", sa.String(length=600), nullable=False),
        sa.Column("en", sa.String(length=600), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_report_words_project_id_project")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_report_words_by_id_person")),
        sa.PrimaryKeyConstraint("project_id", "starts_on", "ends_on", name=op.f("pk_report_words")),
    )


def downgrade() -> None:
    op.drop_table("report_words")
    op.drop_table("goal_judgement")
    for table, name, *_ in ADDED:
        op.drop_column(table, name)
