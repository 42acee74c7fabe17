"""What a room answers unasked: what was done here to a booking that its organiser made by mail.

Nobody but the organiser can move their meeting: the room says to which of its times it comes and to which
it does not, and the mail says what was done, and what is to be done in their own calendar.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import Booking, BookingDate, MailedBooking
from app.services.agenda import thing_known
from app.services.awaited import awaited
from app.services.dated import dated
from app.services.invitation_done import Done, claim, done_of
from app.services.invitation_letter import Letter
from app.services.invitation_state import Change, change_of, stands
from app.services.mailed_dates import (
    answers_of,
    apart,
    as_answered,
    dates_here,
    on_the_whole,
    remember,
    reply_of,
    sent_of,
    told_of,
)
from app.services.mailed_series import never_booked
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
    before = told_of(mailed) or as_answered(mailed, here.values())
    change = change_of(before, remember(mailed, sent, here, now), now)
    organiser = booking.organiser
    if change is None or organiser is None or not organiser.active:
        return 0
    lines = [*claimed, *claim({each.booking_id for each in here.values()})]
    thing, office = thing_known(mailed.thing), office_of(booking.dates[0])
    answers = answers_of(sent, here, thing, now)
    mailed.answered = on_the_whole(answers.values())
    declined = [each for each in answers.values() if each.partstat == "DECLINED"]
    others = select(MailedBooking.id).where(MailedBooking.uid == mailed.uid, MailedBooking.id != mailed.id)
    letter = RoomLetter(
        mailed.answered,
        name_of(thing, office) if thing else office.name,
        office,
        booking.title,
        (),
        never_booked(sent, declined, here, (), thing=mailed.thing, booking=booking, now=now),
        booking=booking,
        apart=apart(sent, answers, here, now),
        news=_news(booking, change, here, done_of(booking, lines)),
        among_others=db.session.scalar(others.limit(1)) is not None,
    )
    reply = Reply(mailed.uid, mailed.sequence, address, reply_of(sent, answers))
    put_answer(reply, letter, organiser, key=f"{mailed.id}:{booking.id}:{booking.version}", now=now)
    return 1


def _news(booking: Booking, change: Change, here: Mapping[int, BookingDate], done: Done) -> Letter:
    """Of dates that do not stand any more it tells when they stood."""
    dates = [
        replace(dated(here[each.key], awaited(here[each.key])), start=each.start, end=each.end)
        for each in change.times
    ]
    return Letter(
        change.kind,
        booking,
        office_of(booking.dates[0]),
        dates,
        to_guest=False,
        others_stand=any(map(stands, here.values())),
        done=done,
    )
