"""What SQLite still has of erased words after the transaction: old pages in its file and its log (`-wal`)."""

from contextlib import closing
from sqlite3 import OperationalError, connect

from app.extensions import db
from app.services.backup import database_file

LONGEST_WAIT = 0.3  # seconds: nobody's booking waits longer for this


def empty_the_log() -> bool:
    """Writes the log into the file, over what stood there, and cuts it off. After the transaction.

    False where somebody is reading what was, or writing, so that it has to be tried again.
    """
    file = database_file(db.engine)
    if file is None:
        return True
    db.session.commit()  # our own reading is not to be in the way
    with closing(connect(file, timeout=LONGEST_WAIT, isolation_level=None)) as connection:
        try:
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except OperationalError:
            return False
    return not busy
