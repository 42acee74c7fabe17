"""What the columns are: what their headings say, held against what stands below them."""

from collections.abc import Callable, Sequence
from functools import partial

from app.services.sheet_import.columns import guess_columns
from app.services.sheet_import.names import Known, folded, is_known
from app.services.sheet_import.reading import Sheet
from app.services.sheet_import.totals import is_total

# Not the status: "ja" and "nej" stand in many a column.
BY_CONTENT = ("resource", "organisation", "activity", "category")
HALF = 0.5
FEW = 5  # rows that tell something about a column


def guess(sheet: Sheet, header: int, known: Known) -> dict[str, int]:
    """The places of the columns, by field."""
    headings = sheet.row(header)
    found = guess_columns(headings)
    rows = [cells for _, cells in sheet.after(header) if not is_total(cells, found)]
    columns = [_texts(rows, place) for place in range(max(map(len, [headings, *rows])))]
    if "organiser_email" in found and not _share(columns[found["organiser_email"]], _is_address):
        del found["organiser_email"]
    _find(found, "organiser_email", columns, _is_address)
    for kind in BY_CONTENT:
        _find(found, kind, columns, partial(is_known, known, kind))
    if "activity" in found and "title" not in found:
        _mend_title(found, columns[found["activity"]], known)
    return found


def _find(
    found: dict[str, int], field: str, columns: Sequence[list[str]], is_it: Callable[[str], bool]
) -> None:
    """Where no heading says it: of the columns that say nothing else the best, if half of it fits."""
    free = [place for place in range(len(columns)) if place not in found.values()]
    if field in found or not free:
        return
    shares = {place: _share(columns[place], is_it) for place in free}
    best = max(free, key=shares.__getitem__)
    if shares[best] >= HALF:
        found[field] = best


def _mend_title(found: dict[str, int], texts: Sequence[str], known: Known) -> None:
    """What is another in every row, and none of our activities, is rather what the booking is called."""
    varied = len(texts) >= FEW and len({*map(folded, texts)}) > HALF * len(texts)
    if varied and not _share(texts, partial(is_known, known, "activity")):
        found["title"] = found.pop("activity")


def _texts(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    return [cells[place] for cells in rows if place < len(cells) and cells[place]]


def _share(texts: Sequence[str], is_it: Callable[[str], bool]) -> float:
    """Of the different texts."""
    different = {folded(text) for text in texts}
    return sum(map(is_it, different)) / len(different) if different else 0


def _is_address(text: str) -> bool:
    return "@" in text
