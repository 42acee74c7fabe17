"""What a sheet would come to, and the use case that brings it in: all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain.errors import NotFound
from app.domain.localtime import zone
from app.extensions import db
from app.models import Office, Person
from app.services.authorize import authorize
from app.services.booking_file import BookingFileInvalid, ImportResult, LineProblem, import_records, judge
from app.services.booking_file.parse import BookingLine
from app.services.booking_file.read import Record
from app.services.sheet_import.names import load_known
from app.services.sheet_import.reading import Sheet
from app.services.sheet_import.records import Matching, make_records
from app.services.sheet_import.remembered import remember
from app.services.transaction import use_case


@dataclass(frozen=True, slots=True)
class Looked:
    """What a sheet would come to. `rows` are the sound ones, new or known, each with what it became."""

    rows: Sequence[tuple[Record, BookingLine]]
    new: int
    known: int
    coming: int  # of the new: will hold time
    overlapping: int  # of the new: share time with others
    left_out: int  # by their names, as was asked for
    totals: Sequence[int]  # the rows that sum up the others, left out too
    problems: Sequence[LineProblem]

    @property
    def wrong(self) -> int:
        """Rows, not problems."""
        return len({problem.line for problem in self.problems})


def look_at(sheet: Sheet, matching: Matching, office: Office, *, now: datetime) -> Looked:
    """Holds the sheet against what is stored; writes nothing."""
    made = make_records(sheet, matching, load_known(office), office=office.slug, tz=zone(office.timezone))
    judged = judge(made.records, made.problems, now)
    wrong = {problem.line for problem in judged.problems}
    records = {record.line: record for record in made.records}
    placed = [line for line in judged.placed if line.number not in wrong]
    sound = [line for line in judged.lines if line.number not in wrong]
    return Looked(
        rows=[(records[line.number], line) for line in sound],
        new=len(placed),
        known=len(sound) - len(placed),
        coming=sum(line.row.live for line in placed),
        overlapping=sum(line.row.overlapping for line in placed),
        left_out=made.left_out,
        totals=matching.totals(sheet),
        problems=judged.problems,
    )


@use_case
def import_sheet(
    sheet: Sheet,
    matching: Matching,
    office_id: int,
    *,
    without_wrong: bool = False,
    by: Person,
    now: datetime,
) -> ImportResult:
    """Imports the rows as old bookings, and keeps how they were matched for the next sheet of this kind.

    `without_wrong`: those in which something is wrong are left out.

    Raises BookingFileInvalid, else, with everything that is wrong; Taken if somebody books one of the times
    in the same moment; NotAllowed.
    """
    # One import into an office at a time: two of the same file would both find everything new.
    office = db.session.scalar(select(Office).filter_by(id=office_id).with_for_update(key_share=True))
    if office is None:
        raise NotFound()
    authorize(by, "host", office)
    made = make_records(sheet, matching, load_known(office), office=office.slug, tz=zone(office.timezone))
    records: Sequence[Record] = made.records
    if without_wrong:
        wrong = {problem.line for problem in judge(records, made.problems, now).problems}
        records = [record for record in records if record.line not in wrong]
    elif made.problems:
        # Those of the other rows too, at once.
        raise BookingFileInvalid(sheet.name, judge(records, made.problems, now).problems)
    result = import_records(records, (), now, filename=sheet.name)
    remember(office, sheet, matching, now)
    return result
