"""Mails with invitations, in their reader's language: as plain text and as HTML."""

from flask_babel import force_locale, gettext

from app.domain.localtime import zone
from app.services.guests import KEPT
from app.services.invitations import Letter
from app.services.outbox import Texts
from app.wording.formats import date_long, sentence, span
from app.wording.languages import LOCALES
from app.wording.letters import LISTED, link_to, rendered


def write_invitation(letter: Letter, language: str) -> Texts:
    """The mail in that language ("sv" or "en"). What stands in the calendar parts is not said twice."""
    with force_locale(LOCALES[language]):
        booking, tz = letter.booking, zone(letter.booking.timezone)
        stands = letter.kind not in ("cancelled", "uninvited")
        told = {
            "intro": _intro(letter),
            "title": booking.title,
            "dates": [
                f"{sentence(date_long(start, tz))}, {span(start, end, tz)}"
                for start, end in letter.times[:LISTED]
            ],
            "more": max(0, len(letter.times) - LISTED),
            "where": letter.where,
            "meeting_url": booking.meeting_url if stands else None,
            "tentative": letter.tentative and stands,
            "to_guest": letter.to_guest,
            "asks": letter.to_guest and stands,
            "booker": _booker(letter),
            "office": letter.office.name,
            "days": KEPT.days,
            "link": link_to("bookings.show", booking=booking.id),
            "settings_link": link_to("bookings.index"),
            "language": language,
        }
        return Texts(_subject(letter), rendered("invitation.txt", told), rendered("invitation.html", told))


def _booker(letter: Letter) -> str:
    organiser = letter.booking.organiser
    return organiser.name or organiser.email if organiser else letter.office.name


def _subject(letter: Letter) -> str:
    title = letter.booking.title
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
    return gettext("Booked: %(title)s", title=title)


def _intro(letter: Letter) -> str:
    name = _booker(letter)
    match letter.kind, letter.to_guest:
        case "invited", True:
            return gettext("%(name)s invites you to this meeting:", name=name)
        case "invited", False:
            return gettext("You have booked:")
        case "confirmed", True:
            return gettext("It is settled now that this meeting can be held:")
        case "confirmed", False:
            return gettext("The host has said yes to your booking:")
        case "changed", True:
            return gettext("%(name)s has changed this meeting. It is now:", name=name)
        case "changed", False:
            return gettext("Your booking has changed. It is now:")
        case "uninvited", _:
            return gettext("%(name)s has taken you off the guests of this meeting:", name=name)
    if letter.others_stand:
        return gettext("These dates are cancelled; the others stand:")
    return gettext("This meeting is cancelled:")
