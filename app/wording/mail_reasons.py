"""Why a mail to a room was refused, and what to do about it, for hosts."""

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext

from app.models import ReceivedMail

REASONS: Mapping[str, object] = {
    "not_authenticated": lazy_gettext("The mail server does not vouch for the sender."),
    "unreadable": lazy_gettext("The invitation cannot be read."),
    "too_large": lazy_gettext("The invitation is too large."),
    "unknown_sender": lazy_gettext("Nobody here has that address."),
    "not_the_organiser": lazy_gettext("It was not sent by whoever called the meeting."),
    "not_invited": lazy_gettext("It is an answer from somebody who was not invited."),
    "cancel_not_the_organiser": lazy_gettext(
        "It is a cancellation that was not sent by whoever called the meeting."
    ),
    "taken": lazy_gettext("Somebody else has the time."),
    "taken_by_sender": lazy_gettext("The sender has the time already, by another booking."),
    "outside_calendar": lazy_gettext("Another calendar has the time."),
    "in_past": lazy_gettext("That time has already passed."),
    "closed": lazy_gettext("It is closed then."),
    "outside_opening_hours": lazy_gettext("It is outside the opening hours."),
    "blacked_out": lazy_gettext("The time is kept free."),
    "not_in_service": lazy_gettext("The room is not in use then."),
    "not_for_you": lazy_gettext("The sender's organisation may not book it."),
    "too_little_notice": lazy_gettext("It came at too short notice."),
    "too_far_ahead": lazy_gettext("It is too far ahead."),
    "too_short": lazy_gettext("It is shorter than allowed."),
    "too_long": lazy_gettext("It is longer than allowed."),
    "too_many_at_once": lazy_gettext("The sender's organisation would have too many at the same time."),
    "quota_spent": lazy_gettext("It goes beyond the hours of the month."),
    "no_date_left": lazy_gettext("Every date of the series is closed."),
    "too_many_dates": lazy_gettext("The series has too many dates."),
    "series_too_long": lazy_gettext("The series lasts too long."),
    "mail_endless": lazy_gettext("The series has no end."),
    "mail_rule": lazy_gettext("The series repeats in a way that rooms do not understand."),
    "mail_zone": lazy_gettext("The series goes by another time zone than the office's."),
    "mail_same_time": lazy_gettext("Two dates of the series are at the same time."),
    "mail_has_begun": lazy_gettext("The meeting has begun already."),
    "mail_too_many_missing": lazy_gettext("Too many dates of the series cannot be had."),
    "mail_cancelled_here": lazy_gettext("The booking was cancelled here."),
    "mail_series_not_booked": lazy_gettext("The series it belongs to is not booked."),
    "mail_unknown_date": lazy_gettext("It is about a date that is not booked."),
    "has_started": lazy_gettext("The meeting has begun already."),
    "is_over": lazy_gettext("The meeting is over."),
    "not_your_organisation": lazy_gettext("The sender belongs to no organisation that may book."),
    "unknown_organisation": lazy_gettext("The sender belongs to no organisation that may book."),
}
# Of those who were not answered, unless it says "sender_told"; everybody else was told the reason.
TO_DO: Mapping[str, object] = {
    "not_authenticated": lazy_gettext(
        "If you know who it is, ask them to book here. If it happens to many, tell whoever looks after the"
        " service: the mail server has to check senders."
    ),
    "unreadable": lazy_gettext("Ask the sender to book here instead."),
    "too_large": lazy_gettext("Ask the sender to book here instead."),
    "unknown_sender": lazy_gettext(
        "If they may book, have whoever looks after the service add them with this address, and ask them to"
        " send the invitation again."
    ),
    "not_the_organiser": lazy_gettext("Ask whoever called the meeting to invite the room, or to book here."),
    "cancel_not_the_organiser": lazy_gettext(
        "Nothing was cancelled: only whoever called the meeting can do that by mail. Ask them, or cancel the"
        " booking here."
    ),
    "not_invited": lazy_gettext(
        "Perhaps somebody passed an invitation on. Whoever booked can add them as a guest."
    ),
}


def mail_reasons(mail: ReceivedMail) -> list[str]:
    """The reasons, each a sentence; whoever sent it was told the same where they were answered."""
    if mail.outcome == "begun":
        return [gettext("It could not be dealt with.")]
    told = [str(REASONS[code]) for code in mail.reasons if code in REASONS]
    return list(dict.fromkeys(told)) or [gettext("The rules said no.")]


def what_to_do(mail: ReceivedMail) -> str:
    """What whoever reads this can do about it."""
    if mail.outcome == "begun":
        return gettext(
            "The mail server sends it again by itself. If it still stands here tomorrow, tell whoever looks"
            " after the service."
        )
    for code, text in TO_DO.items():
        if code in mail.reasons and "sender_told" not in mail.reasons:
            return str(text)
    if mail.booking_id is not None:  # a cancellation: rooms do not answer those
        return gettext("The booking stays as it is, and nobody was told. Talk to the sender.")
    return gettext("Nothing: the sender was told the reason.")
