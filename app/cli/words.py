"""What commands that read a file say, in English as all commands: shared problems, and counts."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

SENTENCES = {
    "missing": "is missing",
    "year_out_of_range": "must be in the years {low} to {high}",
    "time_does_not_exist": "{local} does not exist in {timezone}: the clock jumps over it; correct it",
    "time_is_ambiguous": "{local} comes twice in {timezone}; add an offset: {choices}",
}


def fill_in(sentence: str, params: Mapping[str, object]) -> str:
    """The sentence with its parameters; choices between instants by the clock that shows them."""
    zone = ZoneInfo(str(params["timezone"])) if "choices" in params else None
    return sentence.format(**{name: _word(value, zone) for name, value in params.items()})


def counted(count: int, one: str, several: str) -> str:
    """1 booking, 2 bookings."""
    return f"{count} {one if count == 1 else several}"


def overlap(count: int) -> str:
    """What so many past bookings do that share their time."""
    return "overlaps others and is marked" if count == 1 else "overlap others and are marked"


def _word(value: object, zone: ZoneInfo | None) -> str:
    if isinstance(value, datetime):
        shown = value.astimezone(zone) if zone and value.tzinfo else value
        return shown.isoformat(timespec="minutes")
    if isinstance(value, tuple):
        joint = " or " if isinstance(value[0], datetime) else ", "
        return joint.join(_word(each, zone) for each in value)
    return str(value)
