"""What is in the way of a wish, in words."""

from collections.abc import Iterable

from flask_babel import gettext as _

from app.domain.errors import Clash
from app.wording.formats import Zone, clock, day, sentence, span
from app.wording.names import titled


def in_the_way(clash: Clash, tz: Zone) -> str:
    """What it is, and when: one's own, taken, only asked for, or time kept free around another booking.

    Without what the booking is called: a page tells that with a link.
    """
    if clash.calendar is not None:
        return _(
            "%(resource)s is busy %(time)s in the calendar “%(calendar)s”",
            resource=clash.resource_name,
            time=span(clash.start, clash.end, tz),
            calendar=clash.calendar,
        )
    if clash.only_buffer:
        return _buffer(clash, tz)
    told = {"resource": clash.resource_name, "time": span(clash.start, clash.end, tz)}
    if clash.yours and clash.requested:
        return _("%(resource)s: you have asked for it yourself %(time)s, the host has not decided", **told)
    if clash.yours:
        return _("%(resource)s: you have it yourself %(time)s", **told)
    if clash.requested:
        return _("%(resource)s is asked for %(time)s, the host has not decided", **told)
    return _("%(resource)s is taken %(time)s", **told)


def when_in_the_way(clash: Clash, tz: Zone, *, named: bool) -> str:
    """When alone, below what says whose it is (`say_whose`); of time kept free, what. `named`: of what."""
    if clash.only_buffer:
        return _buffer(clash, tz)
    time = span(clash.start, clash.end, tz)
    return f"{clash.resource_name} {time}" if named else time


def are_alike(clashes: Iterable[Clash]) -> bool:
    """Whether one sentence of `say_whose` is about all of them."""
    return len({(_whose(each), each.calendar) for each in clashes}) == 1


def say_clash(clash: Clash, tz: Zone) -> str:
    """The same with the day, as a sentence, for a mail: what is called by its title is one's own alone."""
    wanted = clash.wanted.start if clash.wanted else clash.start
    told = {"day": sentence(day(wanted, tz)), "what": in_the_way(clash, tz)}
    if clash.booking and clash.yours:
        return _("%(day)s: %(what)s (“%(title)s”).", title=titled(clash.booking.title), **told)
    return _("%(day)s: %(what)s.", **told)


def say_whose(clashes: Iterable[Clash]) -> str:
    """Whose the time is: one sentence for those that somebody else has, one for one's own, and so on."""
    names: dict[str, dict[str, None]] = {}
    known = list(clashes)
    for clash in known:
        names.setdefault(_whose(clash), {})[clash.resource_name] = None
    told = {whose: ", ".join(found) for whose, found in names.items()}
    sentences = {
        "booked": lambda who: _("%(resources)s: somebody else has that time.", resources=who),
        "yours": lambda who: _("%(resources)s: you have that time yourself.", resources=who),
        "asked": lambda who: _(
            "%(resources)s: you have asked for that time yourself, and the host has not decided.",
            resources=who,
        ),
        "requested": lambda who: _(
            "%(resources)s: somebody has asked for that time, and the host has not decided.", resources=who
        ),
        "buffer": lambda who: _(
            "%(resources)s: there has to be time between this and another booking.", resources=who
        ),
        "calendar": lambda who: _(
            "%(resource)s: the calendar “%(calendar)s” has that time.",
            resource=who,
            calendar=", ".join(dict.fromkeys(each.calendar for each in known if each.calendar)),
        ),
    }
    return " ".join(say(told[whose]) for whose, say in sentences.items() if whose in told)


def _whose(clash: Clash) -> str:
    return "asked" if clash.why == "yours" and clash.requested else clash.why


def _buffer(clash: Clash, tz: Zone) -> str:
    """Which time is kept free, where it is that of the other booking; else when that begins or ends."""
    wanted, blocks = clash.wanted, clash.blocks
    assert wanted is not None
    told = {"resource": clash.resource_name}
    if wanted.end <= clash.start:
        if blocks and blocks.start < wanted.end:
            told["time"] = span(blocks.start, clash.start, tz)
            if clash.yours:
                return _("%(resource)s is kept free %(time)s before your own booking", **told)
            return _("%(resource)s is kept free %(time)s before another booking", **told)
        told["time"] = clock(clash.start, tz)
        return _("%(resource)s: no time to clear away before the booking that starts at %(time)s", **told)
    if blocks and blocks.end > wanted.start:
        told["time"] = span(clash.end, blocks.end, tz)
        if clash.yours:
            return _("%(resource)s is kept free %(time)s after your own booking", **told)
        return _("%(resource)s is kept free %(time)s after another booking", **told)
    told["time"] = clock(clash.end, tz)
    return _("%(resource)s: no time to set up after the booking that ends at %(time)s", **told)
