"""Problems of files in words, in English as all commands: what both kinds of files share."""

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


def _word(value: object, zone: ZoneInfo | None) -> str:
    if isinstance(value, datetime):
        shown = value.astimezone(zone) if zone and value.tzinfo else value
        return shown.isoformat(timespec="minutes")
    if isinstance(value, tuple):
        joint = " or " if isinstance(value[0], datetime) else ", "
        return joint.join(_word(each, zone) for each in value)
    return str(value)
