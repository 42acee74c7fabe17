"""How gunicorn serves `wsgi:app`; it reads this itself. The command line goes before it."""

import gc
from contextlib import suppress
from typing import Any

from flask import Flask
from flask_babel import force_locale, gettext
from jinja2 import TemplateError
from sqlalchemy.orm import configure_mappers

# The application is loaded once, and the workers share its memory. It opens no connection while it loads.
preload_app = True
# Nobody steers a running server by a socket in the user's home folder.
control_socket_disable = True
graceful_timeout = 5


def when_ready(server: Any) -> None:
    """Before the workers are forked: what is loaded stays, so nobody looks through it for garbage again.

    That also keeps its memory shared; so what first requests would load in every worker is loaded here.
    """
    _load(server.app.wsgi())
    gc.collect()
    gc.freeze()


def _load(app: Flask) -> None:
    """Tables, pages and texts; nothing of the database."""
    configure_mappers()
    for name in app.jinja_env.list_templates():
        with suppress(TemplateError):  # told by the page whose it is, when it is asked for
            app.jinja_env.get_template(name)
    for locale in ("sv_SE", "en_GB"):
        with app.test_request_context("/hello"), force_locale(locale):
            gettext("Book")
    app.test_client().get("/hello")
