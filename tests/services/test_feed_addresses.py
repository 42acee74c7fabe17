"""Secret addresses of feeds: the same until renewed, and opened by no other key."""

from datetime import datetime

import pytest

from app.domain.errors import NotFound
from app.extensions import db
from app.models import Person
from app.services.feeds import feed_url, feed_urls, find_feed, renew_feed
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


@pytest.mark.parametrize("thing", ["resource:nowhere", "office:nowhere", "person:1", "", "mine:x"])
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
