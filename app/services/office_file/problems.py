"""What can be wrong with a file, as codes; `app.cli.office_problems` turns them into lines."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import ClassVar

from app.domain.errors import DomainError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: at which key (`resources[tallen].capacity`), and what."""

    key: str
    code: str
    params: dict[str, object] = field(default_factory=dict)


class OfficeFileInvalid(DomainError):
    """A file that cannot be loaded. Tells everything that is wrong at once; nothing was changed."""

    code: ClassVar[str] = "office_file_invalid"

    def __init__(self, filename: str, problems: Iterable[Problem]) -> None:
        self.filename = filename
        self.problems = tuple(problems)
        super().__init__(filename=filename, problems=self.problems)


def suggestion(word: str, options: Iterable[str]) -> str | None:
    """The option that was probably meant."""
    return next(iter(get_close_matches(word, list(options), 1)), None)
