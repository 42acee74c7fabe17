"""Keeps the secret part of addresses of feeds and doors and of mailed sign-in links out of every log.

No access log is written unless gunicorn is told to; where it is, this holds there too.
"""

import logging
import re

from flask import Flask

_WORD = r"[^/\s\"]+"
SECRET_PART = re.compile(
    rf"(/feeds/(?:mine|(?:resource|office|organisation)/{_WORD}|kind/{_WORD}/{_WORD})/"
    rf"|/door/{_WORD}/|/sign-in/links/)[^/\s\"?]+"
)
BEFORE_SECRETS = ("/feeds/", "/door/", "/links/")
LOGGERS = ("gunicorn.access", "gunicorn.error", "werkzeug")


def mask(text: str) -> str:
    """The text with every such secret starred out."""
    return SECRET_PART.sub(r"\1***", text)


class MaskSecrets(logging.Filter):
    """Rewrites a record before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if any(each in said for each in BEFORE_SECRETS):
            record.msg, record.args = mask(said), None
        return True


def init_app(app: Flask) -> None:
    """Puts the mask on the loggers that write down addresses."""
    for logger in (*map(logging.getLogger, LOGGERS), app.logger):
        if not any(isinstance(each, MaskSecrets) for each in logger.filters):
            logger.addFilter(MaskSecrets())
    # At a finer level it would write down the addresses of calendars that are fetched.
    logging.getLogger("urllib3").setLevel(logging.INFO)
