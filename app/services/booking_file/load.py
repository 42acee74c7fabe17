"""The use case: a file's text in, stored bookings and a summary out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import Booking, Office
from app.services.booking_file.directory import Directory, load_directory
from app.services.booking_file.parse import BookingLine, parse
from app.services.booking_file.place import Placing
from app.services.booking_file.problems import BookingFileInvalid, LineProblem
from app.services.booking_file.read import Record, read
from app.services.booking_file.rows import store_rows
from app.services.holidays import YEARS_AHEAD, ensure_holidays
from app.services.transaction import use_case


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came of a file; with `dry_run`, what would have."""

    imported: int
    skipped: int  # known already, with the same content
    coming: int  # of the imported: hold time from now on
    overlapping: int  # of the imported: past dates that share time with others
    unknown_organisers: int  # of the imported: nobody with that address, so no organiser
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """The lines that can be read, those of them that are new, with their leaves, and what is wrong."""

    lines: Sequence[BookingLine]
    placed: Sequence[BookingLine]
    problems: Sequence[LineProblem]


def import_bookings(
    text: str,
    *,
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    filename: str = "FILE",
) -> ImportResult:
    """Stores every booking of the file, or none. `progress` is told how many each step stored.

    Raises BookingFileInvalid with everything that is wrong; Taken if somebody books one of the times
    in the same moment.
    """
    records, problems = read(text)
    return import_records(records, problems, now, dry_run, progress, filename)


@use_case
def import_records(
    records: Sequence[Record],
    problems: Sequence[LineProblem],
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    filename: str = "FILE",
) -> ImportResult:
    """`import_bookings` of what has been read already; `problems` are those of reading."""
    judged = judge(records, problems, now)
    placed = judged.placed
    if judged.problems:
        raise BookingFileInvalid(filename, judged.problems)
    if not dry_run:
        _ensure_holidays(placed, now)
        store_rows([line.row for line in placed], now=now, progress=progress)
    return ImportResult(
        imported=len(placed),
        skipped=len(judged.lines) - len(placed),
        coming=sum(line.row.live for line in placed),
        overlapping=sum(line.row.overlapping for line in placed),
        unknown_organisers=sum(line.organiser_unknown for line in placed),
        dry_run=dry_run,
    )


def judge(records: Sequence[Record], problems: Sequence[LineProblem], now: datetime) -> Judged:
    """Holds the records against what is stored, and each other; writes nothing."""
    known = load_directory()
    lines, wrong = _parse_all(records, known, now)
    fresh, differing = _fresh(lines)
    placing = Placing(known, now)
    placed = placing.place(fresh)
    return Judged(lines, placed, [*problems, *wrong, *differing, *placing.problems])


def _parse_all(
    records: Iterable[Record], known: Directory, now: datetime
) -> tuple[list[BookingLine], list[LineProblem]]:
    lines: list[BookingLine] = []
    problems: list[LineProblem] = []
    first: dict[str, int] = {}
    for record in records:
        identifier = record.fields["id"]
        if identifier and first.setdefault(identifier, record.line) != record.line:
            params: dict[str, object] = {"id": identifier, "line": first[identifier]}
            problems.append(LineProblem(record.line, "id", "id_twice", params))
        line, wrong = parse(record, known, now)
        problems.extend(wrong)
        if line:
            lines.append(line)
    return lines, problems


def _fresh(lines: Sequence[BookingLine]) -> tuple[list[BookingLine], list[LineProblem]]:
    """The lines not imported before, and those that were with another content."""
    query = select(Booking.imported_as, Booking.import_hash).where(Booking.imported_as.is_not(None))
    stored = dict(db.session.execute(query).all()) if lines else {}
    fresh = [line for line in lines if line.row.imported_as not in stored]
    differing = [
        LineProblem(line.number, "id", "known_with_other_content", {"id": line.row.imported_as})
        for line in lines
        if stored.get(line.row.imported_as, line.row.import_hash) != line.row.import_hash
    ]
    return fresh, differing


def _ensure_holidays(placed: Sequence[BookingLine], now: datetime) -> None:
    """History may reach back before the years whose holidays are stored."""
    first: dict[int, int] = {}
    for line in placed:
        office_id, year = line.asked[0].office_id, line.row.start.year
        first[office_id] = min(first.get(office_id, now.year), year)
    for office_id, year in first.items():
        ensure_holidays(db.session.get_one(Office, office_id), range(year, now.year + YEARS_AHEAD + 1), now)
