"""What an office said of a sheet, kept for the next one with the same headings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select

from app.extensions import db
from app.models import Office, SheetMatching
from app.services.sheet_import.columns import LOOKED_THROUGH
from app.services.sheet_import.names import digest_of, folded
from app.services.sheet_import.reading import Sheet
from app.services.sheet_import.records import Matching

MOST_NAMES = 2000  # of more, some are asked again


@dataclass(frozen=True, slots=True)
class Remembered:
    """Places of columns by field, a slug for all rows by kind, and a slug or LEFT_OUT by digest of a name."""

    columns: Mapping[str, int]
    usual: Mapping[str, str]
    names: Mapping[str, str]

    def name(self, kind: str, text: str) -> str:
        """What it was said to be; "" if nothing was."""
        return self.names.get(digest_of(kind, text), "")


NOTHING = Remembered({}, {}, {})


def recall(office: Office, sheet: Sheet) -> dict[int, Remembered]:
    """What was said of sheets with the headings of one of the first rows, by the row's number."""
    digests = {number: _digest(cells) for number, cells in sheet.rows[:LOOKED_THROUGH]}
    found = db.session.scalars(
        select(SheetMatching)
        .filter_by(office_id=office.id)
        .where(SheetMatching.headings.in_(set(digests.values())))
    )
    said = {each.headings: Remembered(**each.said) for each in found}
    return {number: said[digest] for number, digest in digests.items() if digest in said}


def remember(office: Office, sheet: Sheet, matching: Matching, now: datetime) -> None:
    """Keeps it instead of what was said before, in the caller's transaction; names add to those of before."""
    key = (office.id, _digest(sheet.row(matching.header)))
    kept = db.session.get(SheetMatching, key) or SheetMatching(office_id=key[0], headings=key[1], said={})
    names = {digest_of(kind, text): slug for (kind, text), slug in matching.names.items()}
    before = {each: slug for each, slug in kept.said.get("names", {}).items() if each not in names}
    kept.said = {
        "columns": dict(matching.columns),
        "usual": dict(matching.usual),
        "names": dict([*before.items(), *names.items()][-MOST_NAMES:]),
    }
    kept.said_at = now
    db.session.add(kept)


def _digest(headings: Sequence[str]) -> str:
    return sha256("\x1f".join(map(folded, headings)).encode()).hexdigest()
