"""Reading a stranger's file in a process of its own, which has little time and memory and no secrets."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from calendars.entries.record import MOST_BYTES, FileError, Found

ROOT = Path(__file__).resolve().parents[2]
# The process ends itself after two seconds of reading; this is for its start too, on a busy machine.
PATIENCE = 6.0


def read_apart(ics: bytes, *, timezone: str, since: datetime, until: datetime, most: int) -> Found:
    """`read_entries`, whatever is in the file. Raises `FileError`: too_slow where it was stopped."""
    if len(ics) > MOST_BYTES:
        raise FileError("too_large", MOST_BYTES)
    settings = {
        "timezone": timezone,
        "since": int(since.timestamp()),
        "until": int(until.timestamp()),
        "most": most,
    }
    # Nothing of our environment: it holds the secret key and the address of the database.
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.defpath, "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-s", "-B", "-m", "calendars.entries"],
            input=json.dumps(settings).encode() + b"\n" + ics,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # would quote the file
            cwd="/",
            env=environment,
            timeout=PATIENCE,  # then it is killed
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FileError("too_slow") from error
    if done.returncode:
        raise FileError("too_slow" if done.returncode < 0 else "broken")
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise FileError(answer["error"], answer["most"])
    return Found.of_json(answer["found"])
