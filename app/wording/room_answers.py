"""What a room answers to an invitation, in its organiser's language."""

from flask_babel import force_locale, lazy_gettext
from flask_babel import gettext as _

from app.domain.errors import Alternative, Refused, Taken
from app.domain.localtime import zone
from app.services.outbox import Texts
from app.services.room_answers import RoomLetter, Times
from app.wording.clashes import say_clash
from app.wording.dated import LISTED, day_and_time
from app.wording.formats import Zone
from app.wording.languages import LOCALES
from app.wording.letters import link_to, rendered
from app.wording.sentences import say_all

SUBJECTS = {
    "ACCEPTED": lazy_gettext("Accepted: %(title)s"),
    "TENTATIVE": lazy_gettext("Perhaps: %(title)s"),
    "DECLINED": lazy_gettext("Declined: %(title)s"),
}


def write_answer(letter: RoomLetter, language: str) -> Texts:
    """The mail in that language ("sv" or "en")."""
    tz = zone(letter.office.timezone)
    booking = letter.booking
    with force_locale(LOCALES[language]):
        told = {
            "partstat": letter.partstat,
            "name": letter.name,
            "title": letter.title,
            "dates": _said(letter.times, tz),
            "more": max(0, len(letter.times) - LISTED),
            "left_out": _said(letter.left_out, tz),
            "left_out_more": max(0, len(letter.left_out) - LISTED),
            "reasons": _reasons(letter, tz),
            "alternatives": [_alternative(each, tz) for each in getattr(letter.error, "alternatives", ())],
            "link": link_to("bookings.show", booking=booking.id) if booking else None,
            "find_link": link_to("find.index", office=letter.office.slug),
            "language": language,
        }
        subject = str(SUBJECTS[letter.partstat] % {"title": letter.title})
        return Texts(subject, rendered("room_answer.txt", told), rendered("room_answer.html", told))


def _said(times: Times, tz: Zone) -> list[str]:
    return [day_and_time(start, end, tz) for start, end in times[:LISTED]]


def _reasons(letter: RoomLetter, tz: Zone) -> list[str]:
    error = letter.error
    if not isinstance(error, Taken | Refused) or not error.clashes:
        return say_all(error) if error else []
    rules = say_all(Refused(*error.refusals)) if isinstance(error, Refused) else []
    return [*rules, *(say_clash(clash, tz) for clash in error.clashes[:LISTED])]


def _alternative(each: Alternative, tz: Zone) -> str:
    when = day_and_time(each.start, each.end, tz)
    if each.needs_approval:
        return _("%(room)s: %(when)s (the host has to say yes)", room=each.resource_name, when=when)
    return f"{each.resource_name}: {when}"
