"""Canaries: words that nobody could write by chance, and every place where they must not be heard.

A member's bookings carry them as title, name, e-mail, organisation and meeting link. Whoever may not read
those opens every page, call, feed, report and file there is, and tries what can be posted; the words must
be nowhere in the answers, in the mails that others get, nor in any log.
"""

import logging
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from io import BytesIO
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import AnyConverter, Rule
from werkzeug.routing.converters import NumberConverter
from werkzeug.test import TestResponse

from app.api import access
from app.extensions import db
from app.jobs.table import JOBS
from app.models import Booking, BookingDate, OutboxMail, Person, Resource
from app.services import bookings, waiting
from app.services.bookings import Wish
from app.services.door import door_path
from app.services.feeds import feed_url
from app.services.people import new_token
from app.services.presence import check_in, mark_no_show
from calendars.lint import lint
from tests.conftest import Clock
from tests.factories import Factory
from tests.services.test_feeds import HOUR, TEN
from tests.web.accounts import add_account, sign_in

TITLE, NAME, LINK = "Flamingoplanen", "Kakadua Papegojsson", "https://meet.example.org/pelikan"
EMAIL, ORGANISATION = "tukan@hemligt.example", "Struts & Emu AB"
OF_PERSON = ("flamingo", "kakadua", "papegoj", "pelikan", "tukan@", "hemligt.example")
CANARIES = (*OF_PERSON, "struts &")
HIDDEN_UIDS = 12  # at least so many bookings are made below
DAYS = ("2026-09-07", "2026-09-08", "2026-09-15")
VALUES: dict[str, list[str]] = {
    "office": ["stockholm", "umea"],
    "resource": ["tallen", "granen", "viken"],
    "date": list(DAYS),
    "week": ["2026-W37", "2026-W38"],
    "period": ["2026-09", "2026-Q3", "2026"],
    "thing": ["mine", "resource:tallen", "office:stockholm", "kind:stockholm:room", "organisation:granit"],
    "token": ["x"],
    "organisation": ["granit"],
    "project": ["kontoret"],
    "job": ["send-mail"],
    "filename": [],  # static files are the same for all
    "key": [],  # secret addresses are tried apart
    "name": [],
    "part": [],
}


class World:
    """The member with the canaries, their bookings, and those who must not hear them."""

    def __init__(self, make: Factory, app: Flask, clock: Clock) -> None:
        self.app, self.clock, self.now = app, clock, clock.at
        self.rooms = [make.room("tallen"), make.room("granen", approval=True), make.room("viken", "umea")]
        make.office("visby")
        self.member = add_account(make, EMAIL)
        self.member.name = NAME
        self.member.organisations[0].name = ORGANISATION
        self.strangers = {
            "member": add_account(make, "stranger@example.org"),
            "funder": add_account(make, "funder@example.org", role="funder"),
            "host": make.person("host@visby.example", role="host", office=make.office("visby")),
        }
        for person in self.strangers.values():
            person.organisations[:] = [make.organisation("basalt")]
        self.host = make.host("host@example.org", organisation="basalt")
        db.session.commit()
        self.book()

    def book(self) -> None:
        """All kinds of bookings, in every state."""
        plain = [self._one(TEN + n * HOUR) for n in range(4)]
        asked = [self._one(TEN + n * HOUR, "granen") for n in range(2)]
        series = self._one(TEN + 5 * HOUR, recurrence="FREQ=WEEKLY;COUNT=4")
        self._one(TEN + 26 * HOUR, "tallen viken")
        self.running = self._one(self.now, "tallen")
        bookings.cancel(plain[0].id, by=self.member, now=self.now)
        bookings.cancel(series.id, by=self.member, now=self.now, dates=[series.dates[1].id])
        check_in(self.running.dates[0].id, by=self.host, now=self.now)
        mark_no_show(plain[1].dates[0].id, by=self.host, now=plain[1].dates[0].starts_at + HOUR / 2)
        assert [date.status for date in asked[0].dates] == ["requested"]

    def _one(self, start: datetime, room: str = "tallen", **more: Any) -> Booking:
        wish = Wish(
            tuple(room.split()), start, start + HOUR, TITLE, "granit", "meeting", meeting_url=LINK, **more
        )
        return bookings.book(wish, by=self.member, now=self.now)

    def values(self, rule: Rule, name: str) -> list[str]:
        converter = rule._converters[name]
        if isinstance(converter, AnyConverter):
            return sorted(converter.items)
        if name in ("booking", "booking_id"):
            return [str(each) for each in db.session.scalars(select(Booking.id))]
        if name in ("date_id", "occurrence_id"):
            return [str(each) for each in db.session.scalars(select(BookingDate.id).limit(6))]
        if name == "slug":
            return ["tallen", "granen"]
        if isinstance(converter, NumberConverter):
            return ["1"]
        assert name in VALUES, f"VALUES is to say what {name} in {rule} can be"
        return VALUES[name]

    def addresses(self, method: str) -> Iterator[str]:
        """Every address that takes this method, with every value that means something."""
        for rule in self.app.url_map.iter_rules():
            if method not in (rule.methods or ()) or rule.endpoint in ("sessions.end", "languages.choose"):
                continue
            names = sorted(rule.arguments)
            choices = [self.values(rule, name) for name in names]
            if rule.endpoint.startswith("api.") and "occurrence_id" in names:
                choices = [each[:3] for each in choices]
            for chosen in product(*choices):
                built = rule.build(dict(zip(names, chosen, strict=True)), append_unknown=False)
                assert built
                yield built[1]

    def doors(self) -> list[str]:
        return [
            door_path(db.session.get_one(Resource, room.id), self.app.config["SECRET_KEY"])
            for room in self.rooms
        ]


def text_of(answer: TestResponse) -> str:
    """What can be read in an answer, also in the parts of a spreadsheet or PDF."""
    parts = [answer.data]
    if answer.data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(answer.data)) as file:
            parts = [file.read(name) for name in file.namelist()]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", answer.data, re.DOTALL):
        with suppress(zlib.error):  # not all of them are compressed
            parts.append(zlib.decompress(stream))
    return b"\n".join(parts).decode(errors="replace")


def heard(text: str, words: tuple[str, ...] = CANARIES) -> list[str]:
    return [word for word in words if word in text.casefold()]


@pytest.fixture
def world(make: Factory, app: Flask, clock: Clock, caplog: pytest.LogCaptureFixture) -> World:
    caplog.set_level(logging.DEBUG)
    for limit in (access.READS, access.WRITES):
        limit.forget()
    return World(make, app, clock)


QUERIES = [
    "",
    "?office=stockholm&from=2026-09-07T00:00:00%2B02:00&to=2026-10-07T00:00:00%2B02:00",
    "?resource=tallen&from=2026-09-07T00:00:00%2B02:00&to=2026-10-07T00:00:00%2B02:00",
    "?date=2026-09-08&start=10:00&end=11:00&office=stockholm&resources=tallen&q=f",
]


def test_the_words_are_there_for_those_who_may_read(world: World, client: FlaskClient) -> None:
    sign_in(client, EMAIL)
    found = {
        path
        for path in world.addresses("GET")
        for word in heard(text_of(client.get(path)))
        if word == "flamingo"
    }
    assert {"/bookings", f"/bookings/{world.running.id}", f"/bookings/{world.running.id}.ics"} <= found
    url = feed_url(world.member, "resource:tallen", base_url="", secret=world.app.config["SECRET_KEY"])
    assert len(heard(client.get(url).text.replace("\r\n ", ""), ("flamingo", "pelikan"))) == 2


@pytest.mark.parametrize("who", ["visitor", "member", "funder", "host"])
def test_nobody_else_hears_them_on_any_page(
    world: World, client: FlaskClient, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    if who != "visitor":
        sign_in(client, world.strangers[who].email)
    # Whom an hour is counted for, a report says to those who pay for it; not what for, nor by whom.
    words = OF_PERSON if who == "funder" else CANARIES
    opened = 0
    for path in [*world.addresses("GET"), *world.doors()]:
        for query in QUERIES if "." not in path else QUERIES[:1]:
            answer = client.get(path + query)
            assert heard(text_of(answer), words) == [], path + query
            assert heard(str(answer.headers), words) == [], path + query
            opened += answer.status_code == 200
    assert opened > 40
    assert heard(caplog.text) == []


@pytest.mark.parametrize("who", ["visitor", "member", "host"])
def test_nobody_else_hears_them_from_what_is_posted(
    world: World, client: FlaskClient, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    if who != "visitor":
        sign_in(client, world.strangers[who].email)
    form = {
        "resources": "tallen",
        "resource": "tallen",
        "date": "2026-09-08",
        "start": "11:00",
        "end": "12:00",
        "title": "Annat",
        "organisation": "basalt",
        "activity": "meeting",
        "email": "nobody@example.org",
        "password": "fel",
        "action": "check_in",
        "repeat": "weekly",
        "count": "4",
    }
    for path in [*world.addresses("POST"), *world.doors()]:
        answer = client.post(path, data=form)
        assert heard(answer.text) == [], path
    assert heard(caplog.text) == []


@pytest.mark.parametrize("who", ["member", "funder", "host"])
def test_nobody_else_hears_them_from_the_api(
    world: World, client: FlaskClient, who: str, caplog: pytest.LogCaptureFixture
) -> None:
    words = OF_PERSON if who == "funder" else CANARIES
    headers = {"Authorization": f"Bearer {new_token(world.strangers[who].email, world.now)}"}
    wish = {
        "resources": ["tallen"],
        "start": "2026-09-08T11:00:00+02:00",
        "end": "2026-09-08T12:00:00+02:00",
        "title": "Annat",
        "organisation": "basalt",
        "activity": "meeting",
    }
    answered = 0
    for method in ("GET", "POST", "PATCH", "DELETE"):
        for path in world.addresses(method):
            if not path.startswith("/api/"):
                continue
            for query in QUERIES if method == "GET" else QUERIES[:1]:
                for limit in (access.READS, access.WRITES):
                    limit.forget()
                body = None if method == "GET" else wish
                answer = client.open(path + query, method=method, headers=headers, json=body)
                # A host books for any organisation, so all there are have names; none has bookings here.
                names = who == "host" and path == "/api/v1/organisations"
                assert heard(answer.text, OF_PERSON if names else words) == [], f"{method} {path}{query}"
                answered += 1
    assert answered > 60
    assert heard(caplog.text) == []


@pytest.mark.parametrize("who", ["member", "funder", "host"])
def test_nobody_else_hears_them_in_a_feed(world: World, client: FlaskClient, who: str) -> None:
    person = world.strangers[who]
    hidden = [*CANARIES, *db.session.scalars(select(Booking.uid))]
    assert len(hidden) > len(CANARIES) + HIDDEN_UIDS - 4
    things = ["mine", "resource:tallen", "resource:granen", "office:stockholm", "kind:stockholm:room"]
    paths = [feed_url(person, each, base_url="", secret=world.app.config["SECRET_KEY"]) for each in things]
    for path in [*paths, "/feeds/busy/tallen.ics", "/feeds/busy/granen.ics"]:
        ics = client.get(path + "?all=1").data
        assert (
            lint(ics, kind="feed", forbidden=hidden, free_busy="office" not in path and "kind" not in path)
            == []
        )
        assert b"RRULE:FREQ=WEEKLY" not in ics
    assert (
        client.get(
            feed_url(person, "organisation:granit", base_url="", secret=world.app.config["SECRET_KEY"])
        ).status_code
        == 404
    )


def test_mails_tell_others_nothing_and_logs_nobody(
    world: World, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    person = world.strangers["member"]
    second = TEN + 2 * HOUR
    wish = Wish(("tallen",), second, second + HOUR, "Annat", "basalt", "meeting")
    waiting.wait(wish, by=person, now=world.now)
    taken = db.session.scalars(select(BookingDate).where(BookingDate.starts_at == second)).one()
    bookings.cancel(taken.booking_id, by=world.member, now=world.now)
    for job in JOBS.values():
        job.work(world.now + timedelta(days=1), True)
    mails = db.session.scalars(select(OutboxMail)).all()
    others = [mail for mail in mails if mail.recipient not in (EMAIL, world.host.email)]
    assert [mail.recipient for mail in others if mail.recipient == person.email] == [person.email]
    for mail in others:
        assert heard(f"{mail.subject} {mail.body}") == [], mail.recipient
    assert heard(caplog.text) == []


def test_secret_addresses_reach_no_log(
    world: World, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    secret = world.app.config["SECRET_KEY"]
    for thing in (
        "mine",
        "resource:tallen",
        "office:stockholm",
        "kind:stockholm:room",
        "organisation:granit",
    ):
        path = urlsplit(feed_url(world.member, thing, base_url="", secret=secret)).path
        assert client.get(path).status_code == 200
        assert path.split("/")[-2] not in caplog.text
    assert heard(caplog.text) == []
    assert isinstance(world.member, Person)
