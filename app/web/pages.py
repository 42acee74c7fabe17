"""Pages about the service itself, and what machines ask of it."""

from pathlib import Path

from flask import Blueprint, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from app.clock import now
from app.services.health import database_revision, last_job_at, newest_revision
from app.services.job_states import broken_jobs
from app.services.offices import offices
from app.web.security import allow

bp = Blueprint("pages", __name__)


@bp.get("/accessibility")
@allow("visitor")
def accessibility() -> ResponseReturnValue:
    """The accessibility statement that the law asks for."""
    return render_template("pages/accessibility.html", contact=current_app.config["CONTACT"])


@bp.get("/privacy")
@allow("visitor")
def privacy() -> ResponseReturnValue:
    """What is kept about people, and why."""
    places = [(office.name, office.address, office.bookers_kept_months) for office in offices()]
    return render_template("pages/privacy.html", contact=current_app.config["CONTACT"], offices=places)


@bp.get("/healthz")
@allow("visitor")
def healthz() -> ResponseReturnValue:
    """200 while the database answers and has every migration and the jobs run, else 503 and what is wrong."""
    try:
        migrated = database_revision() == newest_revision(Path(current_app.root_path) / "migrations")
        last, broken = (last_job_at(), broken_jobs(now())) if migrated else (None, [])
    except SQLAlchemyError:
        return jsonify(status="failing", database=False, migrations=False, last_job_at=None, jobs=[]), 503
    well = migrated and not broken
    body = {
        "status": "ok" if well else "failing",
        "database": True,
        "migrations": migrated,
        "last_job_at": last.isoformat() if last else None,
        "jobs": broken,  # those that are overdue or failed several times
    }
    return jsonify(body), 200 if well else 503


@bp.get("/hello")
@allow("visitor")
def hello() -> ResponseReturnValue:
    """The least a page can do through the same middleware: what the benches compare with."""
    return "Hello"
