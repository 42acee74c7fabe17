"""Rules for what an audience may see."""

from collections.abc import Collection, Iterator

from calendars.lint.defect import Defect
from calendars.lint.tree import Component

_TELLING = (
    *("LOCATION", "DESCRIPTION", "ORGANIZER", "ATTENDEE", "URL", "CONFERENCE", "CATEGORIES", "CONTACT"),
    *("COMMENT", "GEO", "ATTACH", "RELATED-TO", "RESOURCES", "RRULE", "X-ALT-DESC"),
)


def check_forbidden(root: Component, forbidden: Collection[str]) -> Iterator[Defect]:
    """No property may hold any of these texts (titles, names, UIDs), in whatever case."""
    needles = [text.casefold() for text in forbidden if text]
    for component in root.walk() if needles else ():
        for prop in component.properties:
            said = "\n".join([prop.text, prop.value, *(v for vs in prop.parameters.values() for v in vs)])
            if any(needle in said.casefold() for needle in needles):
                yield Defect(prop.line, "privacy", f"{prop.name} tells what this audience must not see")


def check_free_busy(calendar: Component) -> Iterator[Defect]:
    """Free and busy only: the same word on every event, and nothing that says more."""
    events = calendar.children("VEVENT")
    for event in events:
        for name in _TELLING:
            if prop := event.get(name):
                yield Defect(prop.line, "privacy", f"{name} in a free/busy feed")
    words = {event.value("SUMMARY") for event in events}
    if len(words) > 1:
        yield Defect(events[0].line, "privacy", f"{len(words)} different titles in a free/busy feed")
