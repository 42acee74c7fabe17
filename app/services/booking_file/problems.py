"""What can be wrong with a file of bookings, as codes; `app.cli.booking_problems` turns them into lines."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar

from app.domain.errors import DomainError


@dataclass(frozen=True, slots=True)
class LineProblem:
    """One thing wrong in a line (the file's first is 1) and column; "" is the line as a whole."""

    line: int
    column: str
    code: str
    params: dict[str, object] = field(default_factory=dict)


class BookingFileInvalid(DomainError):
    """A file that cannot be imported. Tells every bad line at once; nothing was stored."""

    code: ClassVar[str] = "booking_file_invalid"

    def __init__(self, filename: str, problems: Iterable[LineProblem]) -> None:
        self.filename = filename
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__(filename=filename, problems=self.problems)
