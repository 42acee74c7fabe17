"""The lines of a booking's history as sentences."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from app.models import Organisation
from app.services.directory import directory
from app.wording.formats import Zone, clock, date_short, sentence, span
from app.wording.heads import heads_in_words
from app.wording.names import own_name
from app.wording.set_aside import set_aside_names

Details = Mapping[str, Any]
Change = Sequence[str | None] | None  # what it was and what it is; None: erased

# What needs no more than its name.
ACTIONS = {
    "undone": lazy_gettext("Undone at once"),
    "restored": lazy_gettext("Cancellation taken back"),
    "lapsed": lazy_gettext("Nobody answered in time; the time was freed by itself"),
    "handed_over": lazy_gettext("Handed over to whoever goes on with it"),
    "split": lazy_gettext("The dates from here on were changed and go on as a booking of their own"),
    "replaced": lazy_gettext("Replaced by another booking, since its organiser's calendar changed it"),
    "imported": lazy_gettext("Imported from older records; what happened before that is not known here"),
}


def history_line(action: str, details: Details, tz: Zone = "UTC") -> str:
    """What happened, with what belongs to it; times by the clock of `tz`."""
    if action in SENTENCES:
        return SENTENCES[action](details, tz)
    return str(ACTIONS.get(action, action))


def what_changed(details: Details, tz: Zone, *, names: Collection[str] | None = None) -> list[str]:
    """From what to what, each a sentence of its own. `names`: of the words these alone are told."""
    reworded = details.get("reworded")
    if names is not None and isinstance(reworded, Mapping):
        details = {**details, "reworded": {name: reworded[name] for name in names if name in reworded}}
    said = [*_from_what_to_what(details, tz)]
    if stays := details.get("stays"):
        said.append(ngettext("one date stays as it was", "%(num)d dates stay as they were", len(stays)))
    return [sentence(each) for each in said]


def _booked(d: Details, tz: Zone) -> str:
    said = [_("Requested") if d.get("status") == "requested" else _("Booked")]
    left_out = sum((d.get("left_out") or {}).values())
    if left_out:
        said.append(ngettext("one date left out", "%(num)d dates left out", left_out))
    if d.get("to_approve"):
        said.append(ngettext("one date to be approved", "%(num)d dates to be approved", d["to_approve"]))
    return ", ".join([*said, *_beside(d)])


def _beside(d: Details) -> list[str]:
    """What a series and a host's override leave to tell."""
    said = []
    if d.get("moved"):
        said.append(ngettext("one date in another room", "%(num)d dates in another room", len(d["moved"])))
    if d.get("stays"):
        said.append(ngettext("one date stays as it was", "%(num)d dates stay as they were", len(d["stays"])))
    if names := set_aside_names(d.get("set_aside") or ()):
        said.append(_("past the rules: %(rules)s", rules=", ".join(names)))
    return said


def _changed(d: Details, tz: Zone) -> str:
    said = [*_from_what_to_what(d, tz), *_besides(d)]
    several = d.get("dates", 1) > 1
    done = _("Changed, %(n)s dates", n=d["dates"]) if several else _("Changed")
    return f"{done}: {'; '.join(said)}" if said else done


def _continued(d: Details, tz: Zone) -> str:
    done = ngettext(
        "Changed, and made a booking of its own: one date",
        "Changed, and made a booking of its own: %(num)d dates",
        d.get("dates", 1),
    )
    return "; ".join([done, *_from_what_to_what(d, tz), *_besides(d)])


def _besides(d: Details) -> list[str]:
    guests = [_("guests")] if d.get("guests") else []
    again = [_("to be approved again")] if d.get("asks_again") else []
    return [*guests, *again, *_beside(d)]


def _from_what_to_what(d: Details, tz: Zone) -> Iterator[str]:
    if "start" in d and (d["start"], d.get("end")) != (d.get("to_start"), d.get("to_end")):
        before = _when(d["start"], d.get("end"), tz)
        if "to_start" in d:
            yield _told(_("Time"), before, _when(d["to_start"], d.get("to_end"), tz))
        else:
            yield _("before: %(before)s", before=before)
    if d.get("places") != d.get("to_places"):
        before, after = (", ".join(d.get(name) or ()) for name in ("places", "to_places"))
        yield _told(_("Place"), before, after)
    reworded = d.get("reworded")
    if isinstance(reworded, Mapping):
        for name, words in WORDS.items():
            if name in reworded:
                yield words(reworded[name])
    elif reworded:  # as it was kept until titles were
        yield _("title, activity, organisation or link")


def _told(what: str, before: str, after: str) -> str:
    return _("%(what)s: %(before)s → %(after)s", what=what, before=before, after=after)


def _title(change: Change) -> str:
    if change is None:
        return _("another title")
    return _told(_("Title"), *(_("“%(title)s”", title=each) for each in change))


def _organisation(change: Change) -> str:
    return _told(_("Organisation"), *(_name(directory().organisations, each) for each in change or ()))


def _activity(change: Change) -> str:
    known = {each.slug: own_name(each.names) for each in directory().activities.values()}
    return _told(_("Activity"), *(known.get(each or "", each or "") for each in change or ()))


def _link(change: Change) -> str:
    if change is None:
        return _("another meeting link")
    return _told(_("Meeting link"), *(each or _("none") for each in change))


def _name(known: Mapping[str, Organisation], slug: str | None) -> str:
    return known[slug].name if slug in known else slug or ""


def _cancelled(d: Details, tz: Zone) -> str:
    if not d.get("closed"):
        return _("Cancelled")
    if d.get("reason"):
        return _("Cancelled, since it is closed then: %(reason)s", reason=d["reason"])
    return _("Cancelled, since it is closed then")


def _approved_here(d: Details, tz: Zone) -> str:
    offices, left = (", ".join(d.get(name) or ()) for name in ("offices", "left"))
    return _("Approved by %(offices)s; waits for %(left)s", offices=offices, left=left)


def _approved(d: Details, tz: Zone) -> str:
    if not d.get("offices"):
        return _("Approved")
    return _("Approved by %(offices)s", offices=", ".join(d["offices"]))


def _declined(d: Details, tz: Zone) -> str:
    if d.get("offices"):
        said = _("Declined by %(offices)s", offices=", ".join(d["offices"]))
        return f"{said}: {d['reason']}" if d.get("reason") else said
    return _("Declined: %(reason)s", reason=d["reason"]) if d.get("reason") else _("Declined")


def _checked_in(d: Details, tz: Zone) -> str:
    return {
        "door": _("Checked in at the door"),
        "host": _("Checked in by the host"),
        "api": _("Checked in by a program"),
    }.get(d.get("where", ""), _("Checked in"))


def _no_show(d: Details, tz: Zone) -> str:
    if not d.get("due"):
        return _("Marked as no-show; the time was freed")
    due = clock(_instant(d["due"]), tz)
    return _("Nobody had checked in by %(time)s: no-show, and the time was freed by itself", time=due)


def _presence_undone(d: Details, tz: Zone) -> str:
    return {
        "checked_in": _("Check-in taken back"),
        "no_show": _("No-show taken back"),
    }.get(d.get("was", ""), _("Check-in or no-show taken back"))


def _ended_early(d: Details, tz: Zone) -> str:
    if not d.get("planned_end"):
        return _("Ended early")
    planned = clock(_instant(d["planned_end"]), tz)
    if d.get("where") == "door":
        return _("Ended early at the door, instead of at %(time)s", time=planned)
    return _("Ended early, instead of at %(time)s", time=planned)


def _heads_counted(d: Details, tz: Zone) -> str:
    heads = heads_in_words(d)
    if heads is None:
        return _("Head count taken back")
    if d.get("where") == "door":
        return _("Head count at the door: %(heads)s", heads=heads)
    return _("Head count saved: %(heads)s", heads=heads)


def _when(start: str, end: Any, tz: Zone) -> str:
    """8 sep. 10:00–11:00"""
    first = _instant(start)
    if not end:
        return f"{date_short(first, tz)} {clock(first, tz)}"
    text = span(first, _instant(end), tz)
    return text if " – " in text else f"{date_short(first, tz)} {text}"


def _instant(text: Any) -> datetime:
    return datetime.fromisoformat(str(text))


SENTENCES: Mapping[str, Callable[[Details, Zone], str]] = {
    "booked": _booked,
    "changed": _changed,
    "continued": _continued,
    "cancelled": _cancelled,
    "approved": _approved,
    "approved_here": _approved_here,
    "declined": _declined,
    "checked_in": _checked_in,
    "no_show": _no_show,
    "presence_undone": _presence_undone,
    "ended_early": _ended_early,
    "heads_counted": _heads_counted,
}

WORDS: Mapping[str, Callable[[Change], str]] = {
    "title": _title,
    "organisation": _organisation,
    "activity": _activity,
    "meeting_url": _link,
}
