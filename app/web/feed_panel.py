"""What pages need to offer calendars to follow, and to say which are followed."""

from collections.abc import Iterator
from typing import Any

from flask import current_app, url_for
from flask_babel import get_locale, gettext

from app.clock import now
from app.domain.alphabet import alphabetical
from app.models import Person
from app.services.authorize import may
from app.services.availability import bookable
from app.services.directory import directory
from app.services.feed_writing import size_of
from app.services.feeds import MINE, addresses_in_use, busy_url, feed_of, feed_url
from app.services.place_names import with_office
from app.web.naming import KIND_HEADINGS
from app.web.security import person
from app.web.written_feeds import variant_of, words_of
from app.wording.formats import date_near, number

Link = dict[str, str]
# In which order things stand in a list.
SORTS = ("mine", "organisation", "office", "kind", "resource")
KINDS = tuple(KIND_HEADINGS)
OF_MANY = ("office", "kind", "organisation")
GOOGLE_BYTES, GOOGLE_EVENTS = 1_000_000, 1100


def feed_panel(thing: str, name: str) -> dict[str, str | None] | None:
    """The reader's own address of a feed; None for a visitor, who has none."""
    who = person()
    if who is None:
        return None
    config = current_app.config
    kind, _, slug = thing.partition(":")
    panel: dict[str, str | None] = {
        "url": feed_url(who, thing, base_url=config["BASE_URL"], secret=config["SECRET_KEY"]),
        "name": name,
        "renew_url": url_for("feeds.renew", thing=thing),
        "all_url": url_for("feeds.index"),
        "too_large": _too_large(who, thing),
    }
    if kind == "resource":
        panel["busy_url"] = busy_url(slug, base_url=config["BASE_URL"])
    return panel


def _too_large(who: Person, thing: str) -> str | None:
    """Where the feed is more than Google takes: as it was written, not as one may guess."""
    feed = feed_of(who, thing)
    if feed is None:
        return None
    # Of one room or person it is never that much, unless it has been seen to be.
    may_be_large = thing.partition(":")[0] in OF_MANY
    measured = size_of(variant_of(feed), lambda: words_of(feed.language), write=may_be_large, now=now())
    if measured is None or (measured[0] <= GOOGLE_BYTES and measured[1] <= GOOGLE_EVENTS):
        return None
    return gettext(
        "Google takes about 1 MB or 1 100 events of a calendar, as far as is known."
        " This one has %(size)s MB and %(events)s events: some may be missing there."
        " A calendar of less, such as one room, comes whole.",
        size=number(measured[0] / 1_000_000, 1),
        events=number(measured[1]),
    )


def name_of(thing: str) -> str | None:
    """What a feed is called in the reader's language. None where there is no such thing."""
    known = directory()
    match thing.split(":"):
        case ["mine"]:
            return gettext("My bookings")
        case ["resource", slug] if slug in known.resources:
            resource = known.resources[slug]
            return with_office(resource.name, known.office_of(resource))
        case ["office", slug] if slug in known.offices:
            return known.offices[slug].name
        case ["kind", slug, kind] if slug in known.offices and kind in KIND_HEADINGS:
            return with_office(str(KIND_HEADINGS[kind]), known.offices[slug])
        case ["organisation", slug] if slug in known.organisations:
            return known.organisations[slug].name
    return None


def is_followable(thing: str, who: Person) -> bool:
    """Whether the feed of a thing that there is, is for this person."""
    kind, _, slug = thing.partition(":")
    return kind != "organisation" or any(each.slug == slug for each in who.organisations)


def addresses_of(who: Person) -> list[dict[str, Any]]:
    """The person's addresses that calendars ask for, with what can be done about each.

    By kind of thing, then by name.
    """
    found = [(each, name_of(each.thing)) for each in addresses_in_use(who)]
    known = [(each, name) for each, name in found if name and is_followable(each.thing, who)]
    return [
        {
            "name": name,
            "used": date_near(each.used_on) if each.used_on else None,
            "url": url_for("feeds.follow", thing=each.thing),
            "renew_url": url_for(
                "feeds.renew", thing=each.thing, next=url_for("feeds.follow", thing=each.thing)
            ),
            "revoke_url": url_for("feeds.revoke", thing=each.thing),
        }
        for each, name in sorted(known, key=lambda pair: _in_order(pair[0].thing, pair[1]))
    ]


def _in_order(thing: str, name: str) -> tuple[int, int, tuple[str, str]]:
    sort, *slugs = thing.split(":")
    kind = slugs[1] if sort == "kind" else directory().resources[slugs[0]].kind if sort == "resource" else ""
    return SORTS.index(sort), KINDS.index(kind) if kind in KINDS else 0, _by_name(name)


def _by_name(name: str) -> tuple[str, str]:
    return alphabetical(name, get_locale().language)


def things_to_follow(who: Person) -> list[dict[str, Any]]:
    """Everything that this person can follow, in groups: their own, then office by office."""
    own = [MINE, *(f"organisation:{each.slug}" for each in who.organisations if not each.retired)]
    seen = [office for office in directory().offices.values() if may(who, "see_board", office)]
    return [
        {"title": gettext("Your own"), "links": [_link(thing) for thing in own]},
        *({"title": office.name, "links": list(_links_at(office.slug))} for office in seen),
    ]


def _links_at(slug: str) -> Iterator[Link]:
    resources = bookable(directory().offices[slug])
    yield _link(f"office:{slug}", gettext("Everything"))
    kinds = {each.kind for each in resources}
    if len(kinds) > 1:
        for kind, heading in KIND_HEADINGS.items():
            if kind in kinds:
                yield _link(f"kind:{slug}:{kind}", str(heading))
    for each in sorted(resources, key=lambda each: _in_order(f"resource:{each.slug}", each.name)):
        yield _link(f"resource:{each.slug}", each.name)


def _link(thing: str, name: str | None = None) -> Link:
    return {"name": name or name_of(thing) or thing, "url": url_for("feeds.follow", thing=thing)}
