"""Feeds over HTTP: what calendar programs ask for, and how."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Person
from app.services import bookings
from app.services.bookings import Wish
from app.services.feeds import feed_url
from app.web.log_masking import MaskSecrets, mask
from calendars.lint import lint
from tests.calendars.sound import defects_at
from tests.conftest import Clock
from tests.databases import both
from tests.factories import Factory
from tests.services.test_feeds import TEN
from tests.web.accounts import add_account, sign_in

Address = Callable[..., str]


@pytest.fixture
def member(make: Factory) -> Person:
    make.room("tallen")
    return make.person()


@pytest.fixture
def address(app: Flask, member: Person) -> Address:
    """The path of the member's feed of a thing."""

    def path(thing: str = "resource:tallen") -> str:
        url = feed_url(member, thing, base_url=app.config["BASE_URL"], secret=app.config["SECRET_KEY"])
        assert url.startswith("http://localhost/")
        return urlsplit(url).path

    return path


def book(by: Person, clock: Clock, hours: int = 0) -> None:
    start = TEN + timedelta(hours=hours)
    wish = Wish(("tallen",), start, start + timedelta(hours=1), "Kanariefågel", "granit", "meeting")
    bookings.book(wish, by=by, now=clock.at)
    clock.at += timedelta(minutes=1)


def test_a_feed_as_calendar_programs_want_it(
    client: FlaskClient, address: Address, member: Person, clock: Clock
) -> None:
    book(member, clock)
    for thing in ("resource:tallen", "office:stockholm", "mine"):
        answer = client.get(address(thing), headers={"Accept-Encoding": "gzip, br"})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.headers["Last-Modified"] == "Mon, 07 Sep 2026 07:01:00 GMT", "when it was first written"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "private" in answer.headers["Cache-Control"]
        assert ".ics" in answer.headers["Content-Disposition"]
        assert "Content-Encoding" not in answer.headers, (
            "compressed feeds broke subscription in Microsoft 365"
        )
        assert "Set-Cookie" not in answer.headers
        assert lint(answer.data, kind="feed") == []
        assert b"Kanarief\xc3\xa5gel" in answer.data
        head = client.head(address(thing))
        assert (head.status_code, head.data) == (200, b"")
        for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length"):
            assert head.headers[name] == answer.headers[name]
        odd = client.get(address(thing), headers={"Authorization": "Bearer"})
        assert odd.data == answer.data


def test_every_answer_passes_the_checklist(
    client: FlaskClient, address: Address, member: Person, clock: Clock
) -> None:
    book(member, clock)
    clock.at += timedelta(minutes=1)
    things = ("resource:tallen", "office:stockholm", "kind:stockholm:room", "organisation:granit", "mine")
    for path in [*map(address, things), "/feeds/busy/tallen.ics"]:
        assert list(defects_at(client, path)) == [], path


def test_what_has_not_changed_is_not_sent_again(
    client: FlaskClient, address: Address, member: Person, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    book(member, clock)
    first = client.get(address())
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    earlier = "Mon, 07 Sep 2026 06:00:00 GMT"

    def ask(**headers: str) -> int:
        return client.get(
            address(), headers={name.replace("_", "-"): value for name, value in headers.items()}
        ).status_code

    with monkeypatch.context() as patched:
        patched.setattr("app.web.feeds.current_feed", lambda *_, **__: pytest.fail("rendered"))
        assert ask(If_None_Match=tag) == 304
        assert ask(If_None_Match=f'"x", W/{tag}') == 304
        assert ask(If_Modified_Since=modified) == 304
        assert ask(If_None_Match=tag, If_Modified_Since=earlier) == 304, "the tag counts"
        assert client.head(address(), headers={"If-None-Match": tag}).status_code == 304
    not_modified = client.get(address(), headers={"If-None-Match": tag})
    assert (not_modified.data, not_modified.headers["ETag"]) == (b"", tag)
    assert ask(If_None_Match='"x"', If_Modified_Since=modified) == 200
    assert ask(If_Modified_Since=earlier) == 200
    book(member, clock, hours=2)
    assert ask(If_None_Match=tag) == 200
    assert ask(If_Modified_Since=modified) == 200


def test_only_the_whole_feed_reaches_beyond_the_window(
    client: FlaskClient, address: Address, member: Person, clock: Clock
) -> None:
    book(member, clock)
    clock.at += timedelta(days=100)
    assert b"BEGIN:VEVENT" not in client.get(address()).data
    whole = client.get(address() + "?all=1")
    assert b"BEGIN:VEVENT" in whole.data
    assert whole.headers["ETag"] != client.get(address()).headers["ETag"]


def test_many_things_together_reach_less_far_back(
    client: FlaskClient, address: Address, member: Person, clock: Clock
) -> None:
    """Else an office would be more than Google takes."""
    book(member, clock)
    own, of_many = ("resource:tallen", "mine"), ("office:stockholm", "kind:stockholm:room")
    clock.at += timedelta(days=14)
    assert all(b"BEGIN:VEVENT" in client.get(address(each)).data for each in (*own, *of_many))
    clock.at += timedelta(days=2)
    assert not any(b"BEGIN:VEVENT" in client.get(address(each)).data for each in of_many)
    assert all(b"BEGIN:VEVENT" in client.get(address(each)).data for each in own)
    assert all(b"BEGIN:VEVENT" in client.get(address(each) + "?all=1").data for each in of_many)


def test_a_calendar_that_is_more_than_google_takes_says_so(
    client: FlaskClient,
    address: Address,
    member: Person,
    make: Factory,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_account(make, member.email)
    sign_in(client, member.email)
    client.post("/language", data={"language": "en"})
    book(member, clock)
    said = "Google takes about 1 MB or 1 100 events of a calendar"
    assert said not in client.get("/feeds/office:stockholm").text
    size = len(client.get(address("office:stockholm")).data)
    monkeypatch.setattr("app.web.feed_panel.GOOGLE_BYTES", size)
    assert said not in client.get("/feeds/office:stockholm").text
    monkeypatch.setattr("app.web.feed_panel.GOOGLE_BYTES", size - 1)
    assert said in client.get("/feeds/office:stockholm").text
    monkeypatch.setattr("app.web.feed_panel.GOOGLE_BYTES", size + 1)
    monkeypatch.setattr("app.web.feed_panel.GOOGLE_EVENTS", 0)
    assert "and 1 events: some may be missing there" in client.get("/feeds/office:stockholm").text
    assert said not in client.get("/resources/tallen").text, "never written, and never that large"
    client.get(address("resource:tallen"))
    assert said in client.get("/resources/tallen").text
    client.post("/language", data={"language": "sv"})
    assert "Google tar emot omkring 1 MB" in client.get("/feeds/office:stockholm").text


def test_a_feed_speaks_its_owners_language(
    client: FlaskClient, app: Flask, address: Address, member: Person, make: Factory, clock: Clock
) -> None:
    book(make.host(), clock)
    other = make.person("other@example.org", organisation="basalt")
    url = feed_url(other, "resource:tallen", base_url="", secret=app.config["SECRET_KEY"])
    english = {"Accept-Language": "en"}
    assert "SUMMARY:Upptaget" in client.get(url, headers=english).text, "the office's"
    other.language = "en"
    db.session.commit()
    assert "SUMMARY:Busy" in client.get(url).text


def name_of(feed: TestResponse) -> str:
    """What calendar programs call it: the same in both properties."""
    old, new = (re.search(rf"^{name}:(.*)\r$", feed.text, re.MULTILINE) for name in ("X-WR-CALNAME", "NAME"))
    assert old
    assert new
    assert old[1] == new[1]
    return old[1]


def test_a_feed_is_named_in_the_language_its_owner_chose(
    client: FlaskClient, app: Flask, make: Factory
) -> None:
    owner = add_account(make)
    sign_in(client)
    url = feed_url(owner, "mine", base_url="", secret=app.config["SECRET_KEY"])
    program = app.test_client()  # has no cookie, and asks for no language
    assert name_of(program.get(url)) == "Mina bokningar", "nothing chosen: the office's"
    before = program.get(url)
    client.post("/language", data={"language": "en"})
    after = program.get(url, headers={"If-None-Match": before.headers["ETag"]})
    assert name_of(after) == "My bookings"
    assert after.data.replace(b"My bookings", b"Mina bokningar") == before.data, "nothing else moved"
    client.post("/language", data={"language": "sv"})
    assert program.get(url).data == before.data


@both
def test_ones_own_feed_follows_ones_own_office_where_nothing_was_chosen(
    client: FlaskClient, app: Flask, make: Factory
) -> None:
    make.office(language="sv")
    english = make.office("london", language="en")
    at_one, anywhere = make.person("at@example.org", office=english), make.person()
    for owner, name in ((at_one, "My bookings"), (anywhere, "Mina bokningar")):
        url = feed_url(owner, "mine", base_url="", secret=app.config["SECRET_KEY"])
        assert name_of(client.get(url)) == name


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/mine/1-{}/x.ics",
        "/feeds/resource/tallen/1-{}/tallen.ics",
        "/feeds/office/stockholm/x/stockholm.ics",
        "/feeds/person/1/1-{}/x.ics",
        "/feeds/",
    ],
)
def test_a_wrong_address_is_not_found(client: FlaskClient, member: Person, path: str) -> None:
    assert client.get(path.format("A" * 43)).status_code == 404


def test_nobody_shut_out_goes_on_reading(client: FlaskClient, address: Address, member: Person) -> None:
    assert client.get(address()).status_code == 200
    member.active = False
    db.session.commit()
    assert client.get(address()).status_code == 404


def test_a_member_renews_an_address_from_the_page(
    client: FlaskClient, address: Address, member: Person, make: Factory
) -> None:
    add_account(make, member.email)
    sign_in(client, member.email)
    for thing, page in (
        ("mine", "/bookings"),
        ("resource:tallen", "tallen"),
        ("office:stockholm", "stockholm"),
    ):
        old = address(thing)
        assert client.get(old).status_code == 200
        answer = client.post(f"/feeds/{thing}/renewal")
        assert (answer.status_code, page in answer.location) == (303, True)
        assert client.get(old).status_code == 404
        assert client.get(address(thing)).status_code == 200
    assert client.post("/feeds/resource:nowhere/renewal").status_code == 404


def test_the_page_of_addresses(
    client: FlaskClient, address: Address, member: Person, make: Factory, clock: Clock
) -> None:
    make.room("skrivbord", kind="desk")
    add_account(make, member.email)
    sign_in(client, member.email)
    page = client.get("/feeds").text
    for path in ("mine", "organisation:granit", "office:stockholm", "kind:stockholm:desk", "resource:tallen"):
        assert f'href="/feeds/{path}"' in page
        shown = client.get(f"/feeds/{path}")
        assert shown.status_code == 200
        assert address(path) in shown.text
        followed = client.get(address(path))
        assert followed.status_code == 200, path
        assert lint(followed.data, kind="feed") == []
    assert "basalt" not in page
    used = client.get("/feeds").text
    assert used.count("7 september") == 5
    old = address("kind:stockholm:desk")
    answer = client.post("/feeds/kind:stockholm:desk/renewal", data={"next": "/feeds/kind:stockholm:desk"})
    assert (answer.status_code, answer.location) == (303, "/feeds/kind:stockholm:desk")
    assert client.get(old).status_code == 404
    assert address("kind:stockholm:desk") in client.get("/feeds/kind:stockholm:desk").text
    old = address("organisation:granit")
    assert client.post("/feeds/organisation:granit/revocation").location == "/feeds"
    assert client.get(old).status_code == 404
    assert client.get("/feeds").text.count("7 september") == 3


def test_addresses_stand_by_kind_of_thing_then_in_the_readers_alphabet(
    client: FlaskClient, address: Address, member: Person, make: Factory
) -> None:
    rooms = {"asken": "Asken", "alven": "Älven", "zinken": "Zinken"}
    for slug, name in rooms.items():
        make.room(slug).name = name
    make.room("apelsin", kind="desk").name = "Apelsin"
    db.session.commit()
    add_account(make, member.email)
    sign_in(client, member.email)
    things = [f"resource:{slug}" for slug in ("zinken", "apelsin", "alven", "asken")]
    for thing in (*things, "kind:stockholm:desk", "office:stockholm", "kind:stockholm:room", "mine"):
        assert client.get(address(thing)).status_code == 200
    others = ["mine", "office:stockholm", "kind:stockholm:room", "kind:stockholm:desk"]
    for language, named in (("sv", ["asken", "zinken", "alven"]), ("en", ["alven", "asken", "zinken"])):
        client.post("/language", data={"language": language})
        used, _, more = client.get("/feeds").text.partition('id="to-follow"')
        wanted = [f"resource:{slug}" for slug in (*named, "apelsin")]
        assert re.findall(r'<h3><a href="/feeds/([^"]+)"', used) == [*others, *wanted]
        chips = re.findall(r'href="/feeds/(resource:[^"]+)"', more)
        assert [each for each in chips if each in wanted] == wanted


@pytest.mark.parametrize(
    "thing", ["resource:nowhere", "organisation:basalt", "kind:stockholm:yacht", "busy:tallen", "mine:1", "x"]
)
def test_what_cannot_be_followed_has_no_page(
    client: FlaskClient, member: Person, make: Factory, thing: str
) -> None:
    make.organisation("basalt")
    add_account(make, member.email)
    sign_in(client, member.email)
    assert client.get(f"/feeds/{thing}").status_code == 404
    for what in ("renewal", "revocation"):
        assert client.post(f"/feeds/{thing}/{what}").status_code == 404


@both
def test_everybody_may_follow_when_a_room_is_taken_and_reads_nothing_else(
    client: FlaskClient, member: Person, clock: Clock
) -> None:
    book(member, clock)
    wish = Wish(
        ("tallen",),
        TEN + timedelta(hours=2),
        TEN + timedelta(hours=3),
        "Kanariefågel",
        "granit",
        "meeting",
        recurrence="FREQ=WEEKLY;COUNT=3",
    )
    series = bookings.book(wish, by=member, now=clock.at)
    answer = client.get("/feeds/busy/tallen.ics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "public" in answer.headers["Cache-Control"]
    secrets = ("Kanarie", "Granit", "member@", series.uid, "/bookings/")
    assert lint(answer.data, kind="feed", free_busy=True, forbidden=secrets) == []
    assert answer.text.count("SUMMARY:Upptaget") == 4
    assert b"RRULE:FREQ=WEEKLY" not in answer.data
    again = client.get("/feeds/busy/tallen.ics", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/feeds/busy/tallen.ics?all=1").data == answer.data
    assert client.get("/feeds/busy/nowhere.ics").status_code == 404


def test_visitors_renew_nothing(client: FlaskClient, address: Address) -> None:
    before = address("mine")
    assert client.post("/feeds/mine/renewal").status_code in (302, 303, 403)
    assert client.get("/feeds/mine/renewal").status_code == 303
    assert address("mine") == before


def test_addresses_do_not_reach_the_logs(
    address: Address, caplog: pytest.LogCaptureFixture, client: FlaskClient
) -> None:
    secret = address().split("/")[-2]
    assert secret not in mask(f'"GET {address()}?all=1 HTTP/1.1" 200')
    assert mask("GET /offices/stockholm") == "GET /offices/stockholm"
    for thing in ("mine", "kind:stockholm:room", "organisation:granit", "office:stockholm"):
        told = mask(f'"GET {address(thing)}?all=1 HTTP/1.1" 200')
        assert address(thing).split("/")[-2] not in told
        assert "/***/" in told
    assert mask("GET /sign-in/links/once-only HTTP/1.1") == "GET /sign-in/links/*** HTTP/1.1"
    for name in ("werkzeug", "gunicorn.access", "gunicorn.error"):
        assert any(isinstance(each, MaskSecrets) for each in logging.getLogger(name).filters)
        with caplog.at_level(logging.INFO, logger=name):
            logging.getLogger(name).info('"%s" %s', f"GET {address()} HTTP/1.1", 200)
        assert secret not in caplog.text
        assert "/feeds/resource/tallen/***/tallen.ics" in caplog.text
        caplog.clear()
