"""Signs of life."""

from datetime import datetime

from alembic.runtime.migration import MigrationContext
from sqlalchemy import func, select

from app.extensions import db
from app.models import JobRun
from app.services.job_claims import TURNS


def database_revision() -> str | None:
    """The migration that the database is at; raises what the database raises when it does not answer."""
    return MigrationContext.configure(db.session.connection()).get_current_revision()


def last_job_at() -> datetime | None:
    """When a job last had its turn. Periods done do not count: somebody may have done one at another time."""
    return db.session.scalar(select(func.max(JobRun.done_at)).where(JobRun.period == TURNS))
