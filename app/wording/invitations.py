"""Mails with invitations, in their reader's language: as plain text and as HTML."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import force_locale, gettext

from app.domain.localtime import zone
from app.models import History
from app.services.bookings import LeftOut
from app.services.guests import KEPT
from app.services.invitation_letter import Letter
from app.services.outbox import Texts
from app.wording.dated import LISTED, Said, day_and_time, said
from app.wording.formats import Zone, date_long, sentence
from app.wording.history import history_line, what_changed
from app.wording.languages import LOCALES
from app.wording.letters import link_to, rendered
from app.wording.names import titled

# What else is told of a booking that has changed, by what was done: more than its name says.
TOLD_OF_DATES = ("cancelled", "declined", "lapsed", "restored")
GUESTS_READ = ("title", "meeting_url")


def write_invitation(letter: Letter, language: str) -> Texts:
    """The mail in that language ("sv" or "en"). What stands in the calendar parts is not said twice."""
    with force_locale(LOCALES[language]):
        booking, tz = letter.booking, zone(letter.booking.timezone)
        stands = letter.kind not in ("cancelled", "uninvited")
        dates = said(letter.dates, tz)
        told = {
            "intro": intro_of(letter),
            "title": titled(booking.title),
            "dates": dates.dates,
            "more": dates.more,
            "where": dates.where,
            "meeting_url": booking.meeting_url if stands else None,
            "waiting": dates.waiting if stands else "",
            "reason": reason_of(letter),
            "changes": changes_of(letter, tz) if letter.kind == "changed" else [],
            "to_guest": letter.to_guest,
            "asks": letter.to_guest and stands,
            "booker": _booker(letter),
            "office": letter.office.name,
            "days": KEPT.days,
            "link": link_to("bookings.show", booking=booking.id),
            "settings_link": link_to("bookings.index"),
            "language": language,
            **(_left_behind(letter, tz) if letter.kind in ("invited", "changed") else {}),
        }
        return Texts(subject_of(letter), rendered("invitation.txt", told), rendered("invitation.html", told))


def _booker(letter: Letter) -> str:
    organiser = letter.booking.organiser
    return organiser.name or organiser.email if organiser else letter.office.name


def _doer(letter: Letter) -> str | None:
    """Who did it, where that was not the booker."""
    return (letter.done.by.name or gettext("The host")) if letter.done.by else None


def _only_asked(letter: Letter) -> bool:
    return all(each.awaited for each in letter.dates)


def subject_of(letter: Letter) -> str:
    title = titled(letter.booking.title)
    match letter.kind:
        case "cancelled":
            return gettext("Cancelled: %(title)s", title=title)
        case "uninvited":
            return gettext("No longer invited: %(title)s", title=title)
        case "changed":
            return gettext("Changed: %(title)s", title=title)
        case "confirmed":
            return gettext("Confirmed: %(title)s", title=title)
    if letter.to_guest:
        return gettext("Invitation: %(title)s", title=title)
    if _only_asked(letter):
        return gettext("Asked for: %(title)s", title=title)
    return gettext("Booked: %(title)s", title=title)


def intro_of(letter: Letter) -> str:
    name = _booker(letter)
    match letter.kind, letter.to_guest:
        case "invited", True:
            return gettext("%(name)s invites you to this meeting:", name=name)
        case "invited", False:
            return gettext("You have asked for:") if _only_asked(letter) else gettext("You have booked:")
        case "confirmed", True:
            return gettext("It is settled now that this meeting can be held:")
        case "confirmed", False:
            return gettext("The host has said yes to your booking:")
        case "changed", True:
            return gettext("%(name)s has changed this meeting. It is now:", name=_doer(letter) or name)
        case "changed", False:
            if doer := _doer(letter):
                return gettext("%(name)s has changed your booking. It is now:", name=doer)
            return gettext("Your booking has changed. It is now:")
        case "uninvited", _:
            return gettext("%(name)s has taken you off the guests of this meeting:", name=name)
    return _cancelled(letter)


def reason_of(letter: Letter) -> str:
    """What was said when it was closed, or declined: the latter is between the host and the booker."""
    done = letter.done
    declined = None if letter.to_guest or letter.kind != "cancelled" else done.declined_for
    return done.closed_for or declined or ""


def _cancelled(letter: Letter) -> str:
    done = letter.done
    if not letter.to_guest and (done.declined_for is not None or done.lapsed):
        return _declined(letter)
    if done.closed_for is not None:
        if letter.others_stand:
            return gettext("It is closed then, so these dates are cancelled; the others stand:")
        return gettext("It is closed then, so this meeting is cancelled:")
    doer = None if letter.to_guest else _doer(letter)
    if doer and letter.others_stand:
        return gettext("%(name)s has cancelled these dates; the others stand:", name=doer)
    if doer:
        return gettext("%(name)s has cancelled this meeting:", name=doer)
    if letter.others_stand:
        return gettext("These dates are cancelled; the others stand:")
    return gettext("This meeting is cancelled:")


def _declined(letter: Letter) -> str:
    if letter.done.lapsed:
        if letter.others_stand:
            return gettext("Nobody answered in time, so these dates are free again; the others stand:")
        return gettext("Nobody answered in time, so this is free again:")
    if letter.others_stand:
        return gettext("The host could not give you these dates; the others stand:")
    return gettext("The host could not give you this time:")


def changes_of(letter: Letter, tz: Zone, *, split: bool = True) -> list[str]:
    """What has changed, each thing once; of many the last ones. `split`: also that dates left the series."""
    names = GUESTS_READ if letter.to_guest else None
    starts = {date.id: date.starts_at for date in letter.booking.dates}
    found: list[str] = []
    for line in letter.done.lines:
        if line.action in ("changed", "continued"):
            found += what_changed(line.details, tz, names=names)
        elif line.action == "split" and split:
            found.append(_split(line, tz))
        elif line.action in TOLD_OF_DATES and line.date_id in starts:
            told = {} if letter.to_guest else line.details
            day = sentence(date_long(starts[line.date_id], tz))
            found.append(gettext("%(day)s: %(what)s", day=day, what=history_line(line.action, told, tz)))
    return [*dict.fromkeys(found)][-LISTED:]


def _split(line: History, tz: Zone) -> str:
    start = datetime.fromisoformat(str(line.details["start"]))
    return gettext(
        "The dates from %(day)s on are a booking of their own now. Another mail tells of them.",
        day=date_long(start, tz),
    )


def _left_behind(letter: Letter, tz: Zone) -> Mapping[str, object]:
    """The dates of a series that are not booked, and those elsewhere than the booker asked for."""
    if letter.to_guest:
        return {}
    left_out, moved = letter.done.left_out, letter.done.moved
    elsewhere = said(moved, tz) if moved else Said([], 0, "")
    return {
        "left_out": [_left_out(each, tz) for each in left_out[:LISTED]],
        "left_out_more": max(0, len(left_out) - LISTED),
        "moved": elsewhere.lines,
    }


def _left_out(each: LeftOut, tz: Zone) -> str:
    told = {"when": day_and_time(each.interval.start, each.interval.end, tz)}
    if each.reason == "closed":
        return gettext("%(when)s – it is closed then", **told)
    if each.reason == "hours":
        return gettext("%(when)s – outside the opening hours", **told)
    return gettext("%(when)s – somebody else has that time", **told)
