"""Times that tell summer time from winter time, in the hour that comes twice."""

from datetime import datetime, tzinfo

from flask_babel import gettext

from app.wording.formats import span


def season(local: datetime) -> str:
    """ "winter time": what tells the two readings of a clock apart."""
    return gettext("summer time") if local.dst() else gettext("winter time")


def plain_span(start: datetime, end: datetime, tz: tzinfo) -> str:
    """09:30–10:30; 02:30–03:30 (winter time) where the clock alone would not tell which is meant."""
    text = span(start, end, tz)
    first, last = start.astimezone(tz), end.astimezone(tz)
    if not (_comes_twice(first) or _comes_twice(last)):
        return text
    return f"{text} ({' – '.join(dict.fromkeys((season(first), season(last))))})"


def _comes_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
