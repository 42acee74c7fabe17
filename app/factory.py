"""Puts the application together."""

from flask import Flask

from app import api, cli, web
from app.clock import now
from app.database import prepare_engine
from app.extensions import babel, compress, csrf, db, login, prepare_migrations
from app.services import invitations, notices, room_answers
from app.wording.formats import tell_years_by
from app.wording.invitations import write_invitation
from app.wording.letters import write_notice
from app.wording.room_answers import write_answer
from config import ROOT, Config


def create_app(config: object | None = None) -> Flask:
    """The application, by the settings of the environment unless others are given."""
    app = Flask("app", root_path=str(ROOT / "app"), template_folder=str(ROOT / "templates"))
    app.config.from_object(config or Config())
    options = {"hide_parameters": True}  # what people wrote stays out of the log when a statement fails
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        options["pool_pre_ping"] = True
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    db.init_app(app)
    prepare_migrations(app, str(ROOT / "app" / "migrations"))
    csrf.init_app(app)
    login.init_app(app)
    compress.init_app(app)
    babel.init_app(app, locale_selector=web.choose_locale)
    with app.app_context():
        prepare_engine(db.engine)
    tell_years_by(now)
    notices.write_with(write_notice)
    invitations.write_with(write_invitation)
    room_answers.write_with(write_answer)
    web.init_app(app)
    api.init_app(app)
    cli.init_app(app)
    return app
