"""Flask's extensions, unbound; `app.factory` binds them."""

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase
from werkzeug.local import LocalProxy


class Base(DeclarativeBase):
    """Constraints get names by rule, so that every migration can name them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


# Objects outlive the transaction that read them: a view may show what a use case returned.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
compress = Compress()


def prepare_migrations(app: Flask, folder: str) -> None:
    """Flask-Migrate, bound when a command asks for it: alembic takes 12 MB of every web server."""

    def bound() -> object:
        from flask_migrate import Migrate

        Migrate(app, db, directory=folder)
        return app.extensions["migrate"]

    app.extensions["migrate"] = LocalProxy(bound)
