"""The real application behind a real server, on a database that every journey finds as it was."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from app.extensions import db
from tests.conftest import Clock, make_app
from tests.journeys.office import NOW, PASSWORD, PEOPLE, email_of, fill


class Quiet(WSGIRequestHandler):
    """Does not write a line for every request."""

    def log_request(self, *_args: object) -> None:
        pass


class Site:
    """A running instance. `clock.at` moves its time; `context()` is for calling services beside the pages."""

    def __init__(self, folder: Path) -> None:
        self._live, self._kept = folder / "live.db", folder / "kept.db"
        self.app: Flask = make_app(f"sqlite:///{self._live}", folder)
        self.app.config["CLOCK"] = self.clock = Clock()
        self.clock.at = NOW
        self.mails = folder / "mail"
        with self.app.app_context():
            fill()
            self.sessions = {who: self._signed_in(who) for who in PEOPLE}
        self._copy(self._live, self._kept)
        self._server = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=Quiet)
        self.base = f"http://127.0.0.1:{self._server.port}"
        self.app.config.update(BASE_URL=self.base, WTF_CSRF_ENABLED=True, TESTING=False)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        with self.app.app_context():
            db.engine.dispose()

    def reset(self) -> None:
        """Everything as it was before the last journey."""
        self._copy(self._kept, self._live)
        self.clock.at = NOW
        shutil.rmtree(self.mails, ignore_errors=True)

    def at(self, moment: datetime) -> None:
        self.clock.at = moment

    @contextmanager
    def context(self) -> Iterator[None]:
        with self.app.app_context():
            yield

    def _signed_in(self, who: str) -> str:
        """The cookie of a session that has just begun."""
        client = self.app.test_client()
        client.post("/sign-in", data={"email": email_of(who), "password": PASSWORD})
        cookie = client.get_cookie("session")
        assert cookie, who
        return cookie.value

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)


def path_of(address: str) -> str:
    """An address without scheme and host."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
