"""Subscribable calendars: their addresses, whether anything changed, and revoking them.

An address is derived from person, thing and generation with the secret key, so it can be shown again
and is revoked by raising the generation. A thing is "mine", "resource:SLUG", "office:SLUG",
"kind:OFFICE:KIND" or "organisation:SLUG"; "busy:SLUG" says when a resource is taken, to everybody, and
so has an address without a secret. What stands in a feed is in `feed_events`.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.domain.errors import NotFound
from app.domain.interval import Interval
from app.extensions import db
from app.models import FeedGeneration, Person
from app.services.feed_state import State, state_of
from app.services.transaction import use_case

MINE, BUSY = "mine", "busy"
FORMAT = "4"  # raise it when the same bookings are to be written differently
BACK, AHEAD = timedelta(days=90), timedelta(days=400)  # from midnight
BACK_OF_MANY = timedelta(days=14)  # of an office or a kind: three months of it are more than Google takes
KEY_LENGTH = 43


@dataclass(frozen=True)
class Feed:
    """One feed of one person, as far as it takes to know whether it changed; nothing is rendered."""

    person_id: int | None
    """Whose it is; None where it is for everybody."""
    thing: str
    language: str
    state: State
    changed_at: datetime

    def etag(self, *, whole: bool, base_url: str, now: datetime) -> str:
        """The same as long as the bytes are. `whole`: without the window, so that no day matters."""
        return _digest(*self._asked(whole, base_url), *self.state.told, "" if whole else day_of(now))

    def frame(self, *, whole: bool, base_url: str) -> str:
        """The same as long as only bookings change, or the day."""
        return _digest(*self._asked(whole, base_url), *self.state.frame)

    def _asked(self, whole: bool, base_url: str) -> tuple[object, ...]:
        return FORMAT, self.thing, self.person_id, self.language, whole, base_url


def day_of(now: datetime) -> date:
    """The day by which windows move: in UTC, the same for all."""
    return now.astimezone(UTC).date()


def window_of(thing: str, day: date) -> Interval:
    """What is in a feed that is not whole: the same all day."""
    midnight = datetime.combine(day, time(), UTC)
    back = BACK_OF_MANY if thing.partition(":")[0] in ("office", "kind") else BACK
    return Interval(midnight - back, midnight + AHEAD)


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Address:
    """What is known of one of a person's addresses."""

    thing: str
    since: datetime
    """When it was made anew, or first used."""
    used_on: date | None


def feed_url(person: Person, thing: str, *, base_url: str, secret: str) -> str:
    """The address at which the person subscribes to the thing."""
    return feed_urls(person, [thing], base_url=base_url, secret=secret)[thing]


def feed_urls(person: Person, things: Iterable[str], *, base_url: str, secret: str) -> dict[str, str]:
    """The same for several, in one query."""
    query = select(FeedGeneration.thing, FeedGeneration.generation).filter_by(person_id=person.id)
    generations = dict(db.session.execute(query).all())
    return {
        thing: base_url + _path(person.id, thing, generations.get(thing, 0), secret)
        for thing in dict.fromkeys(things)
    }


def busy_url(slug: str, *, base_url: str) -> str:
    """The address at which everybody sees when a resource is taken, and nothing else."""
    return f"{base_url}/feeds/{BUSY}/{slug}.ics"


def find_feed(thing: str, key: str, *, secret: str) -> Feed | None:
    """The feed at an address, in one small query.

    None where the address is wrong or an old one, or where its owner is shut out.
    """
    person_id, dash, code = key.partition("-")
    if not dash or len(code) != KEY_LENGTH or not (person_id.isascii() and person_id.isdigit()):
        return None
    if len(person_id) > 9 or len(thing) > 120 or thing.startswith(f"{BUSY}:"):
        return None
    state = state_of(thing, int(person_id))
    if state is None:
        return None
    right = _code(int(person_id), thing, state.generation or 0, secret)
    if not hmac.compare_digest(right.encode(), code.encode()) or not state.active:
        return None
    return _feed(int(person_id), thing, state)


def feed_of(person: Person, thing: str) -> Feed | None:
    """A person's own feed of a thing. None where there is no such thing, or it is not for them."""
    state = state_of(thing, person.id)
    return _feed(person.id, thing, state) if state else None


def busy_feed(slug: str) -> Feed | None:
    """What everybody may follow of a resource. None where there is none."""
    thing = f"{BUSY}:{slug}"
    state = state_of(thing, 0)
    return _feed(None, thing, state) if state else None


def keep_use(feed: Feed, *, now: datetime) -> None:
    """Remembers that somebody asked for the feed today; writes on the first time of a day only."""
    today = day_of(now)
    if feed.person_id is not None and feed.state.used_on != today.isoformat():
        with suppress(DBAPIError):  # two ask at once, or somebody writes for long: the next time will do
            _keep_use(feed.person_id, feed.thing, today, now)


@use_case
def _keep_use(person_id: int, thing: str, today: date, now: datetime) -> None:
    kept = db.session.get(FeedGeneration, (person_id, thing))
    if kept is None:
        db.session.add(FeedGeneration(person_id=person_id, thing=thing, renewed_at=now, used_on=today))
    else:
        kept.used_on = today


def addresses_in_use(person: Person) -> Sequence[Address]:
    """The person's addresses that a calendar asks for, as far as is known."""
    query = select(FeedGeneration).filter_by(person_id=person.id).order_by(FeedGeneration.thing)
    in_use = db.session.scalars(query.where(FeedGeneration.used_on.is_not(None)))
    return [Address(each.thing, each.renewed_at, each.used_on) for each in in_use]


@use_case
def renew_feed(person: Person, thing: str, *, now: datetime) -> None:
    """Gives the feed another address; the old one is gone, and the new one not used yet.

    That is all there is to revoking too: then nobody is told the new one. NotFound for a thing that does
    not exist, or that is not this person's to follow.
    """
    if thing.startswith(f"{BUSY}:") or state_of(thing, person.id) is None:
        raise NotFound(what="feed", name=thing)
    kept = db.session.get(FeedGeneration, (person.id, thing))
    if kept is None:
        kept = FeedGeneration(person_id=person.id, thing=thing, generation=0)
        db.session.add(kept)
    kept.generation += 1
    kept.renewed_at, kept.used_on = now, None


def opaque_id(secret: str, *parts: object) -> str:
    """A lasting id that tells nothing about what it stands for."""
    return _hmac(secret, "opaque", *parts).hex()[:32]


def _feed(person_id: int | None, thing: str, state: State) -> Feed:
    language = state.language or state.office_language or "sv"
    return Feed(person_id, thing, language, state, datetime.fromtimestamp(state.changed_at, UTC))


def _path(person_id: int, thing: str, generation: int, secret: str) -> str:
    place = thing.replace(":", "/")
    name = "-".join(thing.split(":")[1:]) or "motesplats"
    return f"/feeds/{place}/{person_id}-{_code(person_id, thing, generation, secret)}/{name}.ics"


@lru_cache(maxsize=4096)  # the same calendar programs ask again and again
def _code(person_id: int, thing: str, generation: int, secret: str) -> str:
    return urlsafe_b64encode(_hmac(secret, "feed", person_id, thing, generation)).rstrip(b"=").decode()


def _hmac(secret: str, *parts: object) -> bytes:
    return hmac.digest(secret.encode(), "\n".join(map(str, parts)).encode(), "sha256")
