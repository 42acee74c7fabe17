"""The lines of a booking's history as sentences."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from app.wording.formats import Zone, clock, date_short, span
from app.wording.set_aside import set_aside_names

Details = Mapping[str, Any]

# What needs no more than its name.
ACTIONS = {
    "undone": lazy_gettext("Undone at once"),
    "restored": lazy_gettext("Cancellation taken back"),
    "approved": lazy_gettext("Approved"),
    "lapsed": lazy_gettext("Nobody answered in time; the time was freed by itself"),
    "split": lazy_gettext("The dates from here on were changed and go on as a booking of their own"),
    "imported": lazy_gettext("Imported from older records; what happened before that is not known here"),
}


def history_line(action: str, details: Details, tz: Zone = "UTC") -> str:
    """What happened, with what belongs to it; times by the clock of `tz`."""
    if action in SENTENCES:
        return SENTENCES[action](details, tz)
    return str(ACTIONS.get(action, action))


def _booked(d: Details, tz: Zone) -> str:
    said = [_("Requested") if d.get("status") == "requested" else _("Booked")]
    left_out = sum((d.get("left_out") or {}).values())
    if left_out:
        said.append(ngettext("one date left out", "%(num)d dates left out", left_out))
    return ", ".join([*said, *_beside(d)])


def _beside(d: Details) -> list[str]:
    """What a series and a host's override leave to tell."""
    said = []
    if d.get("moved"):
        said.append(ngettext("one date in another room", "%(num)d dates in another room", len(d["moved"])))
    if names := set_aside_names(d.get("set_aside") or ()):
        said.append(_("past the rules: %(rules)s", rules=", ".join(names)))
    return said


def _changed(d: Details, tz: Zone) -> str:
    said = []
    if d.get("dates", 1) > 1:
        said.append(_("Changed, %(n)s dates", n=d["dates"]))
    if "start" in d and (d["start"], d.get("end")) != (d.get("to_start"), d.get("to_end")):
        before = _when(d["start"], d.get("end"), tz)
        if "to_start" in d:
            after = _when(d["to_start"], d.get("to_end"), tz)
            said.append(_("from %(before)s to %(after)s", before=before, after=after))
        else:
            said.append(_("before: %(before)s", before=before))
    if d.get("places") != d.get("to_places"):
        before, after = (", ".join(d.get(name) or ()) for name in ("places", "to_places"))
        said.append(_("from %(before)s to %(after)s", before=before, after=after))
    if d.get("reworded"):
        said.append(_("title, activity, organisation or link"))
    if d.get("asks_again"):
        said.append(_("to be approved again"))
    said += _beside(d)
    if not said or d.get("dates", 1) == 1:
        said.insert(0, _("Changed"))
    return f"{said[0]}: {'; '.join(said[1:])}" if said[1:] else said[0]


def _continued(d: Details, tz: Zone) -> str:
    return ngettext(
        "Changed, and made a booking of its own: one date",
        "Changed, and made a booking of its own: %(num)d dates",
        d.get("dates", 1),
    )


def _cancelled(d: Details, tz: Zone) -> str:
    if not d.get("closed"):
        return _("Cancelled")
    if d.get("reason"):
        return _("Cancelled, since it is closed then: %(reason)s", reason=d["reason"])
    return _("Cancelled, since it is closed then")


def _declined(d: Details, tz: Zone) -> str:
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
    if all(d.get(name) is None for name in ("women", "men", "other")):
        return _("Head count taken back")
    heads = {name: d.get(name) or 0 for name in ("women", "men", "other")}
    if d.get("where") == "door":
        return _("Head count at the door: %(women)s women, %(men)s men, %(other)s other", **heads)
    return _("Head count saved: %(women)s women, %(men)s men, %(other)s other", **heads)


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
    "declined": _declined,
    "checked_in": _checked_in,
    "no_show": _no_show,
    "presence_undone": _presence_undone,
    "ended_early": _ended_early,
    "heads_counted": _heads_counted,
}
