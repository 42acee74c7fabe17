"""`flask database`: a copy by hand, and back again, on a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Office
from tests.conftest import make_app


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Flask]:
    """A server with an office."""
    app = make_app(f"sqlite:///{tmp_path / 'own.db'}", tmp_path)
    with app.app_context():
        db.session.add(Office(slug="umea", name="Umeå", timezone="Europe/Stockholm"))
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def offices() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Office.name).order_by(Office.id)))


def test_there_and_back(own: Flask) -> None:
    runner = own.test_cli_runner()
    copied = runner.invoke(args=["database", "backup"])
    assert copied.exit_code == 0, copied.output
    copy = Path(copied.output.strip())
    assert copy.parent == own.config["BACKUP_FOLDER"]
    db.session.scalars(select(Office)).one().name = "Piteå"
    db.session.commit()
    db.session.remove()
    restored = runner.invoke(args=["database", "restore", str(copy)])
    assert restored.exit_code == 0, restored.output
    assert restored.output.startswith(f"Restored from {copy.name}, at migration ")
    assert "before-restore-" in restored.output
    assert offices() == ["Umeå"]
    # It is a database to work on, its guards and all.
    db.session.add(Office(slug="pitea", name="Piteå", timezone="Europe/Stockholm"))
    db.session.commit()
    assert offices() == ["Umeå", "Piteå"]


def test_a_file_that_is_no_copy_is_refused(own: Flask, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all")
    told = own.test_cli_runner().invoke(args=["database", "restore", str(tmp_path / "letter.txt")])
    assert told.exit_code == 1
    assert told.stderr.startswith("letter.txt is not a whole copy")
    assert offices() == ["Umeå"]


@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_postgresql_has_its_own_means(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["database", "backup"])
    assert told.exit_code == 1
    assert "pg_dump" in told.stderr
