"""What a room answers to an invitation, in its organiser's language."""

from collections.abc import Mapping, Sequence

from flask_babel import force_locale, lazy_gettext
from flask_babel import gettext as _

from app.domain.errors import Alternative, Clash, Refusal, Refused, Taken
from app.domain.interval import Interval
from app.domain.localtime import zone
from app.services.dated import Dated
from app.services.outbox import Texts
from app.services.room_answers import Missing, RoomLetter
from app.wording.clashes import in_the_way, say_clash
from app.wording.dated import LISTED, Said, day_and_time, said
from app.wording.formats import Zone
from app.wording.invitations import changes_of, intro_of, reason_of, subject_of
from app.wording.languages import LOCALES
from app.wording.letters import link_to, rendered
from app.wording.sentences import say, say_all

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
        times = _times(letter, tz)
        told = {
            "intro": _intro(letter),
            "title": letter.title,
            "dates": times.dates,
            "more": times.more,
            "where": times.where,
            "changes": [],
            "reasons": _reasons(letter, tz),
            "alternatives": [_alternative(each, tz) for each in getattr(letter.error, "alternatives", ())],
            "missing": _missing(letter.missing, tz),
            **_listed("stands", letter.stands, tz),
            **_listed("apart", letter.apart, tz),
            "advice": _advice(letter) if letter.apart else "",
            "link": link_to("bookings.show", booking=booking.id) if booking else None,
            "find_link": link_to("find.index", office=letter.office.slug),
            "language": language,
            **_news(letter, tz),
        }
        subject = f"{_subject(letter)} ({letter.name})" if letter.among_others else _subject(letter)
        return Texts(subject, rendered("room_answer.txt", told), rendered("room_answer.html", told))


def _subject(letter: RoomLetter) -> str:
    news = letter.news
    if news and news.kind != "confirmed" and (news.kind == "changed" or news.others_stand):
        return subject_of(news)
    if letter.unread:
        return _("Could not be read: %(title)s", title=letter.title)
    if letter.partstat == "DECLINED" and letter.booking and letter.times:
        return _("Not as in your calendar: %(title)s", title=letter.title)
    return str(SUBJECTS[letter.partstat] % {"title": letter.title})


def _intro(letter: RoomLetter) -> str:
    name = letter.name
    if letter.partstat == "ACCEPTED":
        return _("%(name)s is booked:", name=name)
    if letter.partstat == "TENTATIVE":
        return _(
            "%(name)s is held for you. The host has yet to say yes, and you get another mail then:", name=name
        )
    if letter.unread:
        return _(
            "%(name)s has got your mail but could not read it, so nothing is booked or changed:", name=name
        )
    if letter.booking and letter.times:
        return _("It is booked, but not as your calendar has it:")
    return _("%(name)s is not booked:", name=name)


def _times(letter: RoomLetter, tz: Zone) -> Said:
    """With the places only where those may be others than the room that was invited."""
    if letter.news:
        return said(letter.news.dates, tz)
    if letter.apart:
        return said(letter.times, tz)
    return said([Dated(each.start, each.end, ()) for each in letter.times], tz)


def _news(letter: RoomLetter, tz: Zone) -> Mapping[str, object]:
    """What was done here since the last answer."""
    news = letter.news
    if news is None:
        return {}
    reason = reason_of(news)
    return {
        **({"intro": intro_of(news)} if news.kind != "confirmed" else {}),
        "reasons": [_("The reason: %(reason)s", reason=reason)] if reason else [],
        "changes": changes_of(news, tz, split=False) if news.kind == "changed" else [],
    }


def _advice(letter: RoomLetter) -> str:
    """What the organiser can do in their own calendar, which has it otherwise."""
    if letter.partstat == "DECLINED" and not (letter.news.others_stand if letter.news else letter.times):
        return _(
            "Cancel it there, too. Or give it another time there and send the update: then it is booked"
            " anew, if it is free."
        )
    return _(
        "Change or cancel that there, too, and send the update. Other updates leave it as it is here:"
        " only another time in your calendar moves what is booked."
    )


def _listed(name: str, times: Sequence[Interval], tz: Zone) -> Mapping[str, object]:
    lines = [day_and_time(each.start, each.end, tz) for each in times[:LISTED]]
    return {name: lines, f"{name}_more": max(0, len(times) - LISTED)}


def _missing(missing: Sequence[Missing], tz: Zone) -> list[tuple[str, list[str]]]:
    """Why dates are declined, and all for which that is why."""
    found: dict[str, list[str]] = {}
    for each in missing:
        found.setdefault(_why(each.why, tz), []).append(day_and_time(each.use.start, each.use.end, tz))
    return [*found.items()]


def _why(why: Refusal | tuple[Clash, ...], tz: Zone) -> str:
    if isinstance(why, Refusal):
        return say(why)
    return " ".join(dict.fromkeys(f"{in_the_way(clash, tz)}." for clash in why))


def _reasons(letter: RoomLetter, tz: Zone) -> list[str]:
    error = letter.error
    if not isinstance(error, Taken | Refused) or not error.clashes:
        return say_all(error) if error else []
    rules = say_all(Refused(*error.refusals)) if isinstance(error, Refused) else []
    return [*dict.fromkeys([*rules, *(say_clash(clash, tz) for clash in error.clashes[:LISTED])])]


def _alternative(each: Alternative, tz: Zone) -> str:
    when = day_and_time(each.start, each.end, tz)
    if each.needs_approval:
        return _("%(room)s: %(when)s (the host has to say yes)", room=each.resource_name, when=when)
    return f"{each.resource_name}: {when}"
