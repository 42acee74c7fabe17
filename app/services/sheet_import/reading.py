"""A spreadsheet file, read in a process of its own into sheets of text."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from app.domain.errors import DomainError

WORKER = Path(__file__).with_name("worker.py")
MOST_BYTES = 1_000_000
# The process ends itself after twelve seconds of reading; this is for its start too, on a busy machine.
PATIENCE = 20.0


class SheetFileInvalid(DomainError):
    """A file of which nothing can be read.

    `reason`: too_large, too_slow, not_excel, or what `worker.Unreadable` names; `most` of what is too much.
    """

    code: ClassVar[str] = "sheet_file_invalid"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of text: rows with the number that the program shows. A CSV file is one without a name."""

    name: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def after(self, header: int) -> list[tuple[int, tuple[str, ...]]]:
        """The rows below that number."""
        return [row for row in self.rows if row[0] > header]

    def row(self, number: int) -> tuple[str, ...]:
        """The cells of one row; none where it is empty."""
        return next((cells for each, cells in self.rows if each == number), ())

    def to_json(self) -> list[Any]:
        return [self.name, self.rows]

    @classmethod
    def of_json(cls, data: list[Any]) -> "Sheet":
        return cls(data[0], tuple((number, tuple(cells)) for number, cells in data[1]))


def read_sheets(content: bytes, called: str = "") -> list[Sheet]:
    """Every visible sheet of an XLSX file, or the one of a CSV file. Raises SheetFileInvalid.

    Text that is called .xlsx is refused: something went wrong before it came here.
    """
    if len(content) > MOST_BYTES:
        raise SheetFileInvalid(reason="too_large", most=MOST_BYTES)
    try:
        done = subprocess.run(
            # By itself: no folder of ours to import from, nothing of our environment, which holds secrets.
            [sys.executable, "-I", "-B", "-X", "utf8", str(WORKER)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # would quote the file
            cwd="/",
            env={"PATH": os.defpath},
            timeout=PATIENCE,  # then it is killed
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SheetFileInvalid(reason="too_slow", most=0) from error
    if done.returncode:
        raise SheetFileInvalid(reason="too_slow" if done.returncode < 0 else "broken", most=0)
    answer = json.loads(done.stdout)
    if "error" in answer:
        raise SheetFileInvalid(reason=answer["error"], most=answer["most"])
    sheets = [Sheet.of_json(each) for each in answer["sheets"]]
    if called.lower().endswith(".xlsx") and not sheets[0].name:
        raise SheetFileInvalid(reason="not_excel", most=0)
    return sheets
