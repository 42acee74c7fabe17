"""What a room answers unasked: what was done here to a booking that its organiser made by mail.

Nobody but the organiser can move their meeting: the room says to which of its times it comes and to which
it does not, and the mail says what was done, and what is to be done in their own calendar.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app.extensions import db
from app.models import Booking, BookingDate, Invitation, MailedBooking
from app.services.awaited import awaited
from app.services.dated import Dated, dated
from app.services.directory import directory
from app.services.invitation_done import claim, done_of
from app.services.invitation_letter import Letter
from app.services.invitation_state import Change, change_of, stands, state_from
from app.services.mailed_dates import (
    answers_of,
    apart,
    as_answered,
    dates_here,
    on_the_whole,
    remember,
    reply_of,
    sent_of,
)
from app.services.notices import office_of
from app.services.place_names import name_of
from app.services.room_answers import Reply, RoomLetter, put_answer


def answer_again(
    mailed: MailedBooking, booking: Booking, claimed: Sequence[int], address: str, now: datetime
) -> int:
    """Tells an organiser who booked by mail what has become of it here since they were answered last.

    `claimed`: the lines of history that say so; those of what goes on with the booking are claimed too. How
    many mails that is.
    """
    sent = sent_of(mailed)
    here = dates_here(sent)
    before = remember(mailed, sent, here, now) or as_answered(mailed, here.values())
    organiser = booking.organiser
    if organiser is None or not organiser.active:
        return 0
    after = state_from(db.session.get_one(Invitation, mailed.booking_id).told)
    change = change_of(before, after, now)
    if change is None:
        return 0
    lines = [*claimed, *claim({each.booking_id for each in here.values()})]
    thing = directory().resources.get(mailed.thing) or directory().pools.get(mailed.thing)
    answers = answers_of(sent, here, thing, now)
    mailed.answered = on_the_whole(answers.values())
    office = office_of(booking.dates[0])
    news = Letter(
        change.kind,
        booking,
        office,
        _told(change, here),
        to_guest=False,
        others_stand=any(stands(each) for each in here.values()),
        done=done_of(booking, lines),
    )
    letter = RoomLetter(
        mailed.answered,
        name_of(thing, office) if thing else office.name,
        office,
        booking.title,
        (),
        booking=booking,
        apart=apart(sent, answers, here, now),
        news=news,
    )
    reply = Reply(mailed.uid, mailed.sequence, address, reply_of(sent, answers))
    put_answer(reply, letter, organiser, key=f"{mailed.id}:{booking.id}:{booking.version}", now=now)
    return 1


def _told(change: Change, here: Mapping[int, BookingDate]) -> list[Dated]:
    """The dates that the change is about; what does not stand any more, when it stood."""
    return [
        replace(dated(here[each.key], awaited(here[each.key])), start=each.start, end=each.end)
        for each in change.times
    ]
