"""What guests answered, in words."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask_babel import gettext, lazy_gettext

from app.models import Guest
from app.wording.formats import Zone, date_short

ANSWERS: Mapping[str, object] = {
    "NEEDS-ACTION": lazy_gettext("no answer yet"),
    "ACCEPTED": lazy_gettext("coming"),
    "TENTATIVE": lazy_gettext("maybe"),
    "DECLINED": lazy_gettext("not coming"),
}
LISTED = 3


def guest_answer(guest: Guest, tz: Zone) -> str:
    """ "coming, but not coming 8 Sep": the answer to the whole, and to single dates where that differs."""
    said = str(ANSWERS[guest.partstat])
    other = {key: value for key, value in guest.dates.items() if value != guest.partstat}
    days = [
        f"{date_short(datetime.fromtimestamp(int(key), UTC), tz)}: {ANSWERS[value]}"
        for key, value in sorted(other.items(), key=lambda each: int(each[0]))[:LISTED]
    ]
    more = len(other) - len(days)
    if more > 0:
        days.append(gettext("and %(n)s more dates", n=more))
    return "; ".join([said, *days])
