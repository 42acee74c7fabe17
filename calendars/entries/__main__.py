"""The process in which a file is read apart: settings and the file come in, JSON goes out.

To be started by `apart` alone. Before it looks at the file it gives up memory, time and files.
"""

import json
import resource
import signal
import sys
from datetime import UTC, datetime
from typing import Any

from calendars.entries.read import read_entries
from calendars.entries.record import FileError

MEMORY = 400 * 1024 * 1024
SECONDS = 2


def main() -> None:
    """Reads one line of settings, then the file."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS + 2),  # of the whole life of the process, its start too
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))
    signal.setitimer(signal.ITIMER_REAL, SECONDS)  # nobody listens to the signal: it ends the process
    settings = json.loads(sys.stdin.buffer.readline())
    answer: dict[str, Any]
    try:
        found = read_entries(
            sys.stdin.buffer.read(),
            timezone=settings["timezone"],
            since=datetime.fromtimestamp(settings["since"], UTC),
            until=datetime.fromtimestamp(settings["until"], UTC),
            most=settings["most"],
        )
        answer = {"found": found.to_json()}
    except FileError as error:
        answer = {"error": error.code, "most": error.most}
    except (MemoryError, RecursionError):
        answer = {"error": "too_slow", "most": 0}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
