"""Kept feeds as they are sent: whole files, new at once, right for who asks by time alone."""

from datetime import timedelta
from io import FileIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Person, Role
from app.web import feeds
from tests.conftest import Clock
from tests.databases import both
from tests.factories import Factory
from tests.web.test_feeds import Address, address, book, member

__all__ = ["address", "member"]  # fixtures


@both
def test_a_change_is_seen_at_once(
    client: FlaskClient, address: Address, member: Person, clock: Clock, make: Factory
) -> None:
    book(member, clock)
    with pytest.MonkeyPatch.context() as patched:
        first = client.get(address()).data
        patched.setattr(feeds, "words_of", lambda *_: pytest.fail("written again"))
        assert client.get(address()).data == first
    book(member, clock, hours=2)
    second = client.get(address()).data
    assert second.count(b"BEGIN:VEVENT") == first.count(b"BEGIN:VEVENT") + 1


@both
@pytest.mark.parametrize("what", ["language", "role", "name"])
def test_who_asks_by_time_alone_hears_of_every_change(
    client: FlaskClient, address: Address, member: Person, clock: Clock, make: Factory, what: str
) -> None:
    book(member, clock)
    first = client.get(address())
    known = {"If-Modified-Since": first.headers["Last-Modified"]}
    clock.at += timedelta(hours=1)
    assert client.get(address(), headers=known).status_code == 304
    match what:
        case "language":
            member.language = "en"
        case "role":
            member.roles.append(Role(role="host", office_id=make.office().id))
        case "name":
            make.room("tallen").name = "Stora tallen"
    db.session.commit()
    answer = client.get(address(), headers=known)
    assert answer.status_code == 200
    assert answer.headers["Last-Modified"] != known["If-Modified-Since"]
    known = {"If-Modified-Since": answer.headers["Last-Modified"]}
    assert client.get(address(), headers=known).status_code == 304
    assert client.get(address(), headers={"If-Modified-Since": "yesterday"}).status_code == 200


def test_what_is_sent_is_an_open_file_and_ends_where_it_says(
    app: Flask, client: FlaskClient, address: Address, member: Person, clock: Clock
) -> None:
    book(member, clock)
    client.get(address())
    handed: list[FileIO] = []

    def wrapper(file: FileIO, _size: int) -> list[bytes]:
        handed.append(file)
        return [file.read()]

    answer = client.get(address(), environ_overrides={"wsgi.file_wrapper": wrapper})
    (file,) = handed
    assert answer.data == client.get(address()).data
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    with file:
        assert file.fileno() > 0


def test_what_cannot_be_kept_is_sent_all_the_same(
    app: Flask, client: FlaskClient, address: Address, member: Person, clock: Clock, tmp_path: Path
) -> None:
    book(member, clock)
    first = client.get(address()).data
    app.config["KEPT_FEEDS"] = tmp_path / "a file"
    (tmp_path / "a file").write_text("where the folder should be")
    assert client.get(address()).data == first
