"""Signs of life. What alembic knows is read without it: it takes 12 MB in every web server."""

import re
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import func, inspect, select, text

from app.extensions import db
from app.models import JobRun
from app.services.job_claims import TURNS


def database_revision() -> str | None:
    """The migration that the database is at; raises what the database raises when it does not answer."""
    if not inspect(db.session.connection()).has_table("alembic_version"):
        return None
    revision: str | None = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


@cache
def newest_revision(folder: Path) -> str:
    """The migration that no other in the folder follows."""
    texts = [each.read_text("utf-8") for each in (folder / "versions").glob("*.py")]
    (newest,) = {*_said("revision", texts)} - {*_said("down_revision", texts)}
    return newest


def _said(name: str, texts: list[str]) -> list[str]:
    return [found for each in texts for found in re.findall(rf'^{name} = "(\w+)"$', each, re.MULTILINE)]


def last_job_at() -> datetime | None:
    """When a job last had its turn. Periods done do not count: somebody may have done one at another time."""
    return db.session.scalar(select(func.max(JobRun.done_at)).where(JobRun.period == TURNS))
