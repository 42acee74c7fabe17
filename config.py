"""Settings, from the environment; what `make run` chose stands in as a fallback.

`make run` keeps its choices in `instance/settings.env`, so that every command typed in
the same folder works on the same database with the same secret.
"""

import contextlib
import os
import secrets
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent
INSTANCE = Path(os.environ.get("INSTANCE_PATH", ROOT / "instance"))


def kept_settings(path: Path) -> dict[str, str]:
    """The NAME=value lines of a settings file; nothing where there is none."""
    if not path.exists():
        return {}
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def kept_secret(path: Path) -> str:
    """The secret in a file only its owner reads; made at the first call, by whichever process comes first."""
    if path.exists():
        return path.read_text().strip()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_hex(32))
    with contextlib.suppress(FileExistsError):  # another process was first: its secret stands
        os.link(draft, path)
    draft.unlink()
    return path.read_text().strip()


def database_url(url: str) -> str:
    """The address with the driver we install, whichever of the usual spellings was given."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


class Config:
    """One attribute per setting. Names in capitals go into `app.config`."""

    def __init__(self) -> None:
        kept = kept_settings(INSTANCE / "settings.env")

        def setting(name: str, default: str = "") -> str:
            return os.environ.get(name) or kept.get(name) or default

        # Where bookings are kept. SQLite in instance/ unless told otherwise.
        self.SQLALCHEMY_DATABASE_URI = database_url(
            setting("DATABASE_URL", f"sqlite:///{INSTANCE / 'motesplats.db'}")
        )
        # Signs cookies and derives feed addresses: changing it signs everybody out and revokes every feed.
        # Without one, a secret is made once and kept in instance/, so that all workers share it.
        self.SECRET_KEY = setting("SECRET_KEY") or kept_secret(INSTANCE / "secret_key")
        # The address in mails, feeds and calendars; never taken from a request.
        self.BASE_URL = setting("BASE_URL", "http://127.0.0.1:5000").rstrip("/")
        # smtp://user:password@host:587 or smtps://…; empty: mails become files in MAIL_FOLDER.
        self.SMTP_URL = setting("SMTP_URL")
        self.MAIL_FOLDER = INSTANCE / "mail"
        # Where nightly copies of an SQLite database go, best on another disk; and how many days they stay.
        self.BACKUP_FOLDER = Path(setting("BACKUP_FOLDER", str(INSTANCE / "backups")))
        self.BACKUP_KEPT = timedelta(days=int(setting("BACKUP_DAYS", "14")))
        # Feeds as they were last written; everything there can be written anew from the bookings.
        self.KEPT_FEEDS = INSTANCE / "feeds"
        self.MAIL_SENDER = setting("MAIL_SENDER", "Mötesplats <no-reply@example.org>")
        # The domain of the rooms' own addresses (tallen@…); empty: that of MAIL_SENDER, which takes none.
        self.MAIL_DOMAIN = setting("MAIL_DOMAIN").lower()
        # Whose Authentication-Results tell who sent a mail to a room; empty: nobody's, and none is booked.
        self.MAIL_AUTHSERV_ID = setting("MAIL_AUTHSERV_ID")
        # imaps://user:password@host: the mailbox that mail to rooms is fetched from, by `mailroom --imap`.
        self.MAILROOM_IMAP_URL = setting("MAILROOM_IMAP_URL")
        # The folder there to which mails are moved that have been dealt with.
        self.MAILROOM_IMAP_HANDLED = setting("MAILROOM_IMAP_HANDLED", "Handled")
        # Whom the pages on accessibility and privacy tell people to write to; empty: the host of the office.
        self.CONTACT = setting("CONTACT") or None
        # Hosts from which calendars may be fetched, comma-separated; empty: none, they are uploaded instead.
        # "outlook.office365.com", or ".icloud.com" for all below it, or "a.example:8443" for another port.
        self.CALENDAR_HOSTS = [host.strip() for host in setting("CALENDAR_HOSTS").split(",") if host.strip()]
        # Where new video meetings are made: any Jitsi Meet server. Each gets an address below this one.
        self.MEETING_BASE_URL = setting("MEETING_BASE_URL", "https://meet.jit.si")
        # Host names that requests may name, comma-separated; empty: any.
        self.TRUSTED_HOSTS = [
            host.strip() for host in setting("TRUSTED_HOSTS").split(",") if host.strip()
        ] or None

        self.SESSION_COOKIE_HTTPONLY = True
        self.SESSION_COOKIE_SAMESITE = "Lax"
        self.SESSION_COOKIE_SECURE = self.BASE_URL.startswith("https://")
        # How long a sign-in lasts without being used.
        self.SIGN_IN_LASTS = timedelta(days=30)
        self.PERMANENT_SESSION_LIFETIME = self.SIGN_IN_LASTS
        # The cookie is renewed together with the sign-in, once an hour
        self.SESSION_REFRESH_EACH_REQUEST = False
        self.MAX_CONTENT_LENGTH = 2 * 1024 * 1024
        # An old calendar, once looked at, comes back in one field of its form.
        self.MAX_FORM_MEMORY_SIZE = self.MAX_CONTENT_LENGTH
        self.WTF_CSRF_TIME_LIMIT = None  # as long as the session: a form left open over lunch still works
        self.BABEL_DEFAULT_LOCALE = "sv_SE"  # bare "sv" counts weeks wrongly (1 January 2027 as week 1)
        self.BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "app" / "translations")
        self.COMPRESS_MIMETYPES = [
            "text/html",
            "text/css",
            "text/javascript",
            "application/json",
            "image/svg+xml",
        ]
        self.COMPRESS_MIN_SIZE = 500
        self.COMPRESS_ALGORITHM = ["gzip"]
        self.COMPRESS_LEVEL = 1  # the next ones take half as long again for a thirtieth of the size
        self.CLOCK = None  # a callable that stands in for the clock; tests only
