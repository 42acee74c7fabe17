"""gunicorn as `make run` starts it, on a free port of this machine."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
STARTS_WITHIN = 60.0  # seconds
STOPS_WITHIN = 15.0
# What a shell may have set for another installation.
SETTINGS = ("DATABASE_URL", "SECRET_KEY", "BASE_URL", "SMTP_URL", "TRUSTED_HOSTS", "MAIL_SENDER", "CONTACT")


@dataclass(frozen=True)
class Server:
    """A running server on a database; `process_id` is its master's, the workers are below it."""

    port: int
    process_id: int
    database_url: str

    @property
    def workers(self) -> list[int]:
        return below(self.process_id)

    def processor_seconds(self) -> float:
        """The processor time that the workers have used."""
        return sum(int(Path(f"/proc/{each}/schedstat").read_text().split()[0]) for each in self.workers) / 1e9


def below(process_id: int) -> list[int]:
    """The processes that it started."""
    told = Path(f"/proc/{process_id}/task/{process_id}/children").read_text()
    return [int(each) for each in told.split()]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, port: int, database_url: str = "") -> dict[str, str]:
    """Settings of an installation in that folder, whatever this process has."""
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return kept | {
        "INSTANCE_PATH": str(folder),
        "DATABASE_URL": database_url or f"sqlite:///{folder / 'bench.db'}",
        "SECRET_KEY": "only for benches, " * 2,
        "BASE_URL": f"http://{HOST}:{port}",
    }


def end(process: "subprocess.Popen[bytes]") -> None:
    """Asks it to end, and makes it where it does not in time."""
    process.terminate()
    try:
        process.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def serving(settings: Mapping[str, str], port: int, workers: int = 2) -> Iterator[Server]:
    """A server that answers, until the end of the block."""
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    options = ["--workers", str(workers), "--bind", f"{HOST}:{port}", "--log-level", "warning"]
    log = Path(settings["INSTANCE_PATH"]) / "server.log"
    with log.open("w") as told:
        process = subprocess.Popen(
            [gunicorn, *options, "wsgi:app"], env=dict(settings), cwd=ROOT, stderr=told
        )
    try:
        server = Server(port, process.pid, settings["DATABASE_URL"])
        _wait_for(server, process, workers)
        yield server
    except BaseException:
        print(log.read_text()[-3000:], file=sys.stderr)
        raise
    finally:
        end(process)


def _wait_for(server: Server, process: "subprocess.Popen[bytes]", workers: int) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {process.returncode}")
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(HOST, server.port, timeout=5)
            connection.request("GET", "/hello")
            if connection.getresponse().status == 200 and len(server.workers) == workers:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not answer within {STARTS_WITHIN:.0f} seconds")
