"""Commands are loaded when they are named, not by who serves pages."""

import subprocess
import sys

import pytest
from flask import Flask

from app.cli import WHERE

NOT_FOR_PAGES = (
    "aiosmtpd",
    "alembic",
    "app.cli.mailroom",
    "apscheduler",
    "flask_migrate",
    "imapclient",
    "typst",
    "xlsxwriter",
)
LOADED = f"import sys, wsgi; print(*(name for name in {NOT_FOR_PAGES} if name in sys.modules))"


def test_a_web_server_loads_no_commands() -> None:
    told = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout
    assert told.split() == []


@pytest.mark.parametrize("name", WHERE)
def test_every_command_is_where_it_is_said_to_be(app: Flask, name: str) -> None:
    told = app.test_cli_runner().invoke(args=[name, "--help"])
    assert told.exit_code == 0
    assert told.output.startswith(f"Usage: app {name} ")


def test_all_commands_are_listed(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["--help"]).output
    listed = [line.split()[0] for line in told.partition("Commands:\n")[2].splitlines()]
    assert listed == sorted(WHERE)
