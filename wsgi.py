"""The WSGI callable: `gunicorn -w 4 wsgi:app`. Starts no scheduler; that is `flask scheduler`."""

from app.factory import create_app

app = create_app()
