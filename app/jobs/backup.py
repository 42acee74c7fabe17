"""The nightly copy of the database."""

from datetime import datetime

from flask import current_app

from app.extensions import db
from app.services.backup import back_up, database_file


def backup(now: datetime, asked: bool) -> dict[str, int]:
    """Copies the SQLite database; other databases are backed up by their own means, which is told."""
    database = database_file(db.engine)
    if database is None:
        return {"elsewhere": 1}
    config = current_app.config
    back_up(database, config["BACKUP_FOLDER"], now=now, kept=config["BACKUP_KEPT"])
    return {"backups": 1}
