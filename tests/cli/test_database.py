"""Commands on a database that is not ready say what to do, in one line."""

from pathlib import Path

import pytest

from app.factory import create_app
from config import Config


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///{folder}/empty.db", "Run: .venv/bin/flask --app wsgi db upgrade"),
        ("postgresql+psycopg://nobody@127.0.0.1:1/nothing?connect_timeout=1", "cannot be reached"),
    ],
)
def test_one_line(tmp_path: Path, url: str, expected: str) -> None:
    config = Config()
    config.SQLALCHEMY_DATABASE_URI = url.format(folder=tmp_path)
    result = create_app(config).test_cli_runner().invoke(args=["token", "member@example.org"])
    assert result.exit_code == 1
    assert expected in result.output
    assert "Traceback" not in result.output
