"""Secret addresses of feeds: the same until renewed, and opened by no other key."""

from datetime import date, datetime, timedelta

import pytest

from app.domain.errors import NotFound
from app.extensions import db
from app.models import Person
from app.services.feeds import (
    addresses_in_use,
    busy_feed,
    feed_url,
    feed_urls,
    find_feed,
    keep_use,
    renew_feed,
)
from tests.databases import both, statements
from tests.factories import Factory

SECRET, BASE = "a secret", "https://rum.example.org"


@pytest.fixture
def member(make: Factory) -> Person:
    make.room("tallen")
    return make.person()


@pytest.fixture
def stranger(make: Factory) -> Person:
    return make.person("stranger@example.org", organisation="basalt")


def test_an_address_is_the_same_until_it_is_renewed(member: Person, stranger: Person, now: datetime) -> None:
    urls = feed_urls(member, ["resource:tallen", "office:stockholm", "mine"], base_url=BASE, secret=SECRET)
    assert feed_url(member, "mine", base_url=BASE, secret=SECRET) == urls["mine"]
    assert urls["resource:tallen"].startswith(f"{BASE}/feeds/resource/tallen/{member.id}-")
    assert urls["resource:tallen"].endswith("/tallen.ics")
    old = urls["mine"].split("/")[-2]
    for generation in (1, 2):
        renew_feed(member, "mine", now=now)
        assert find_feed("mine", old, secret=SECRET) is None, generation
        old = feed_url(member, "mine", base_url=BASE, secret=SECRET).split("/")[-2]
        assert find_feed("mine", old, secret=SECRET)
    assert feed_urls(member, list(urls), base_url=BASE, secret=SECRET) != urls
    assert feed_url(member, "office:stockholm", base_url=BASE, secret=SECRET) == urls["office:stockholm"]


@pytest.mark.parametrize(
    "thing",
    [
        *("", "mine:x", "person:1", "resource:nowhere", "office:nowhere", "busy:tallen", "kind:stockholm"),
        *("kind:stockholm:", "kind:stockholm:desk", "organisation:", "organisation:basalt"),
    ],
)
def test_what_there_is_no_feed_of(member: Person, now: datetime, thing: str) -> None:
    with pytest.raises(NotFound):
        renew_feed(member, thing, now=now)
    key = feed_url(member, thing, base_url=BASE, secret=SECRET).split("/")[-2]
    assert find_feed(thing, key, secret=SECRET) is None


def test_no_other_key_opens_a_feed(make: Factory, member: Person, stranger: Person) -> None:
    key = feed_url(member, "resource:tallen", base_url=BASE, secret=SECRET).split("/")[-2]
    code = key.partition("-")[2]
    make.room("granen")
    wrong = [
        f"{stranger.id}-{code}",
        f"{member.id}-{code[:-1]}",
        f"{member.id}-{'A' * 43}",
        code,
        "",
        "-",
        "²-" + code,
    ]
    wrong += [f"{10**12}-{code}", f"{member.id}-{'å' * 43}", f" {member.id}-{code}"]
    assert [find_feed("resource:tallen", each, secret=SECRET) for each in wrong] == [None] * len(wrong)
    for thing in ("resource:granen", "office:tallen", "mine"):
        assert find_feed(thing, key, secret=SECRET) is None
    assert find_feed("resource:tallen", key, secret="another") is None
    assert find_feed("resource:tallen", key, secret=SECRET)
    member.active = False
    db.session.commit()
    assert find_feed("resource:tallen", key, secret=SECRET) is None


@both
def test_the_day_of_the_last_use_is_kept_and_written_once_a_day(member: Person, now: datetime) -> None:
    def use(at: datetime) -> None:
        key = feed_url(member, "mine", base_url=BASE, secret=SECRET).split("/")[-2]
        feed = find_feed("mine", key, secret=SECRET)
        assert feed
        keep_use(feed, now=at)

    assert addresses_in_use(member) == []
    use(now)
    (known,) = addresses_in_use(member)
    assert (known.thing, known.used_on) == ("mine", date(2026, 9, 7))
    with statements() as asked:
        use(now + timedelta(hours=5))
    assert [each for each in asked if not each.startswith("SELECT")] == []
    use(now + timedelta(days=1))
    assert [each.used_on for each in addresses_in_use(member)] == [date(2026, 9, 8)]
    renew_feed(member, "mine", now=now)
    assert addresses_in_use(member) == [], "the new one is not used yet"


@both
def test_that_a_feed_is_used_does_not_change_its_tag(member: Person, now: datetime) -> None:
    key = feed_url(member, "mine", base_url=BASE, secret=SECRET).split("/")[-2]
    tags = []
    for days in range(2):
        feed = find_feed("mine", key, secret=SECRET)
        assert feed
        tags.append(feed.etag(whole=True, base_url=BASE, now=now + timedelta(days=days)))
        keep_use(feed, now=now + timedelta(days=days))
    assert tags[0] == tags[1]


@both
def test_busy_times_are_for_everybody_and_nobody(member: Person, now: datetime) -> None:
    feed = busy_feed("tallen")
    assert feed
    assert (feed.person_id, feed.language) == (None, "sv")
    keep_use(feed, now=now)
    assert busy_feed("nowhere") is None
