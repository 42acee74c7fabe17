"""Schemathesis against a running server: what the description allows, what it does not, and in a row.

About a minute on each database. `make test` has a short run of its own (tests/api/test_description_holds.py).
"""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bench.server import environment, free_port, serving
from tests.races import new_database

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
    "use_after_free",
    "ensure_resource_availability",
)
OPTIONS = ("--max-examples", "8", "--seed", "1", "--generation-database", "none", "--no-color")
PATIENCE = 300  # seconds, where the machine has much else to do


def flask(*words: str, settings: Mapping[str, str]) -> str:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    return subprocess.run(
        command, env=dict(settings), capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_nothing_is_answered_otherwise_than_described(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    port = free_port()
    settings = environment(tmp_path, port)
    if database == "postgres":
        settings["DATABASE_URL"] = new_database(request.getfixturevalue("postgres_url"))
    flask("db", "upgrade", settings=settings)
    flask("demo", "load", settings=settings)
    token = flask("token", "host@example.org", settings=settings)
    with serving(settings, port):
        run = [
            str(Path(sys.executable).with_name("schemathesis")),
            *("run", f"http://127.0.0.1:{port}/api/v1/openapi.json"),
            *("-H", f"Authorization: Bearer {token}", "-H", "Accept-Language: en"),
            *("--checks", ",".join(CHECKS), *OPTIONS, "--rate-limit", "auto", "--continue-on-failure"),
        ]
        done = subprocess.run(
            run, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    told = done.stdout[done.stdout.find("=== FAILURES") :] if done.returncode else done.stdout
    assert done.returncode == 0, told[:8000] + done.stderr[-2000:]
    assert "Stateful" in done.stdout
