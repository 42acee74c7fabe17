"""Rooms that answer their mail: an invitation to a room's address is booked by the rules of the browser.

Who may: people known here, whose mail the office's own server vouches for, and who are the organiser of
what they send, or whose mail cannot be read. Nobody else is answered, nor is anything sent by a program:
refusals are kept for the host.
"""

from datetime import datetime

from sqlalchemy import select

from app.domain.errors import Refusal, Refused
from app.extensions import db
from app.models import Booking, Office, Person, Pool, Resource
from app.services.agenda import thing_known
from app.services.directory import directory
from app.services.invitations import PostOffice
from app.services.mailed_bookings import UNNAMED, RoomMail, book_mailed, cancel_mailed
from app.services.mailroom_mail import Received, addresses_of
from app.services.place_names import name_of
from app.services.received_mails import is_new, note, row_of
from app.services.replies import booking_answered, is_own, keep_reply
from app.services.room_answers import RoomLetter, put_unread
from app.services.transaction import use_case
from calendars.incoming import Incoming, parse_message
from calendars.read import ReadError, TooLarge


class Ignored(Exception):
    """Nothing is to be done, and nobody to be answered; `args[0]` says why, as a code."""


class Unread(Exception):
    """It came from who it says, but cannot be read; `args[0]` says why, as a code."""


class NotOurs(Exception):
    """Refused without an answer; `args[0]` says why, as a code."""


def thing_at(address: str, post: PostOffice) -> Resource | Pool | None:
    """What can be booked under an address; None: nothing."""
    name, _, domain = address.strip().lower().rpartition("@")
    if not post.domain or domain != post.domain:
        return None
    thing = thing_known(name)
    return None if thing is None or getattr(thing, "retired", False) else thing


def takes(address: str, post: PostOffice) -> bool:
    """Whether mail to this address is for us: a room's, or the office's own, where guests answer."""
    return thing_at(address, post) is not None or address.strip().lower() == post.address.lower()


def recipients_of(raw: bytes, post: PostOffice) -> list[str]:
    """For which addresses of ours a mail is that lies in a mailbox. UnreadableMail.

    Rooms before the office's own address, which may be the mailbox where all of it ends up. Outlook writes
    to rooms as blind copies: then only the invitation tells.
    """
    named, invited = addresses_of(raw)
    ours = [each for each in dict.fromkeys(named) if takes(each, post)]
    rooms = [each for each in ours if thing_at(each, post)]
    rooms = rooms or [each for each in dict.fromkeys(invited) if thing_at(each, post)]
    return rooms or ours


def receive(mail: Received, post: PostOffice, now: datetime) -> str:
    """Does what the mail asks for and answers it; what became of it, see `ReceivedMail.outcome`.

    The same mail twice is one. Raises nothing that the mail could be the reason of.
    """
    thing = thing_at(mail.recipient, post)
    office = directory().office_of(thing) if thing else None
    if not is_new(mail, office, now):
        return "known"
    try:
        message = _opened(mail, post, office)
        if message.method == "REPLY":
            return _reply(mail, message)
        if thing is None or office is None:
            raise Ignored("not_for_a_room")
        if message.method not in ("REQUEST", "CANCEL"):
            raise Ignored("other_method")
        asked = RoomMail(mail, message, thing, office, _organiser(mail, message), now)
        return cancel_mailed(asked) if message.method == "CANCEL" else book_mailed(asked)
    except Ignored as ignored:
        return note(mail, "ignored", [str(ignored)])
    except Unread as unread:
        return _unread(mail, str(unread), thing, now)
    except NotOurs as refused:
        return note(mail, "refused", [str(refused)], booking=None if thing else _answered(mail))


def _answered(mail: Received) -> Booking | None:
    """What an answer is about that is not believed: whose hosts are to see it."""
    try:
        return booking_answered(parse_message(mail.calendar or b"", timezone="UTC"))
    except ReadError:
        return None


def _opened(mail: Received, post: PostOffice, office: Office | None) -> Incoming:
    if mail.calendar is None:
        raise Ignored("no_invitation")
    if mail.sender == post.address.lower() or thing_at(mail.sender, post) is not None:
        raise Ignored("from_ourselves")
    if not mail.authenticated:
        raise NotOurs("not_authenticated")
    try:
        message = parse_message(mail.calendar, timezone=office.timezone if office else "UTC")
    except ReadError as error:
        raise Unread("too_large" if isinstance(error, TooLarge) else "unreadable") from None
    if mail.automatic and message.method != "REPLY":
        raise Ignored("automatic")
    return message


@use_case
def _unread(mail: Received, why: str, thing: Resource | Pool | None, now: datetime) -> str:
    """Whoever may invite rooms is told that it came to nothing, in words alone."""
    person = _known(mail.sender)
    if person is None or thing is None or mail.automatic:
        return note(mail, "refused", [why])
    office, error = directory().office_of(thing), Refused(Refusal(why))
    name, title = name_of(thing, office), mail.subject or UNNAMED
    letter = RoomLetter("DECLINED", name, office, title, (), error=error, unread=True)
    put_unread(letter, mail.recipient, person, key=f"mail:{row_of(mail).id}", now=now)
    return note(mail, "refused", [why, "sender_told"])


def _known(sender: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == sender, Person.active))


def _organiser(mail: Received, message: Incoming) -> Person:
    person = _known(mail.sender)
    if person is None:
        raise NotOurs("unknown_sender")
    if message.organizer != person.email:
        raise NotOurs("cancel_not_the_organiser" if message.method == "CANCEL" else "not_the_organiser")
    return person


@use_case
def _reply(mail: Received, message: Incoming) -> str:
    booking = booking_answered(message)
    if booking and is_own(booking, mail.sender):  # whatever it says: bookings are cancelled on their page
        return note(mail, "ignored", ["own_booking"])
    if booking is None or not keep_reply(message, mail.sender, booking):
        return note(mail, "refused", ["not_invited"], booking=booking)
    return note(mail, "replied", booking=booking)
