"""Fetching by IMAP: what is handed over, what becomes of it, what is tried again. See also `make interop`."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Self

import pytest
from imapclient.exceptions import IMAPClientAbortError, LoginError

from app import mailbox
from app.mailbox import FORM, Fate, mailbox_of, watch

URL = "imaps://us%40er:p%2Fw@mail.example"


def settings(url: str = URL) -> dict[str, str]:
    return {"MAILROOM_IMAP_URL": url, "MAILROOM_IMAP_HANDLED": "Handled"}


@dataclass
class Server:
    """Stands in for IMAPClient, notes what is asked of it, and says `stop` when there is nothing more."""

    stop: Event
    mails: dict[int, bytes] = field(default_factory=dict)
    can: set[str] = field(default_factory=lambda: {"MOVE", "IDLE"})
    errors: list[Exception] = field(default_factory=list)  # at the next sign-ins
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def made(self, host: str, port: int | None, *, ssl: bool, **_: object) -> Self:
        self.calls.append(("connect", host, port, ssl))
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def starttls(self, context: ssl.SSLContext) -> None:
        self.calls.append(("starttls", context.check_hostname))

    def login(self, user: str, password: str) -> None:
        self.calls.append(("login", user, password))
        if self.errors:
            raise self.errors.pop(0)

    def has_capability(self, name: str) -> bool:
        return name in self.can

    def folder_exists(self, folder: str) -> bool:
        return False

    def create_folder(self, folder: str) -> None:
        self.calls.append(("create", folder))

    def select_folder(self, folder: str) -> None:
        self.calls.append(("select", folder))

    def search(self, _: object) -> list[int]:
        return list(self.mails)

    def fetch(self, uids: list[int], what: list[str]) -> dict[int, dict[bytes, Any]]:
        found = {uid: self.mails[uid] for uid in uids if self.mails[uid] != b"gone"}
        if what == ["RFC822.SIZE"]:
            return {uid: {b"RFC822.SIZE": len(raw)} for uid, raw in found.items()}
        return {uid: {b"BODY[]": raw} for uid, raw in found.items()}

    def add_flags(self, uids: list[int], flags: list[bytes]) -> None:
        self.calls.append(("flag", *uids, *flags))

    def move(self, uids: list[int], folder: str) -> None:
        self.calls.append(("move", *uids, folder))

    def idle(self) -> None:
        self.calls.append(("idle",))
        self.stop.set()

    def idle_check(self, timeout: int) -> list[object]:
        return []

    def idle_done(self) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server(Event())
    monkeypatch.setattr(mailbox, "IMAPClient", server.made)
    return server


def watched(server: Server, take: Callable[[bytes], Fate], url: str = URL) -> list[str]:
    said: list[str] = []
    watch(mailbox_of(settings(url)), take, most_bytes=10, stop=server.stop, say=said.append)
    return said


FATES = {b"mail": Fate.DONE, b"odd": Fate.ODD, b"later": Fate.LATER}


def test_each_mail_is_handed_over_and_moved_when_it_is_done(server: Server) -> None:
    server.mails = {3: b"later", 1: b"mail", 2: b"odd", 4: b"x" * 11, 5: b"gone"}
    taken: list[bytes] = []

    def take(raw: bytes) -> Fate:
        taken.append(raw)
        return FATES[raw]

    assert watched(server, take) == ["fetching from mail.example"]
    assert taken == [b"mail", b"odd", b"later"]
    odd = (b"\\Seen", b"\\Flagged")
    assert server.calls == [
        ("connect", "mail.example", None, True),
        ("login", "us@er", "p/w"),
        ("create", "Handled"),
        ("select", "INBOX"),
        ("flag", 1, b"\\Seen"),
        ("move", 1, "Handled"),
        ("flag", 2, *odd),
        ("move", 2, "Handled"),
        ("flag", 4, *odd),
        ("move", 4, "Handled"),
        ("idle",),
    ]


def test_without_tls_at_once_it_comes_before_the_password(server: Server) -> None:
    watched(server, FATES.__getitem__, "imap://user:pw@mail.example:1143/Rooms")
    assert server.calls[:3] == [
        ("connect", "mail.example", 1143, False),
        ("starttls", True),
        ("login", "user", "pw"),
    ]
    assert ("select", "Rooms") in server.calls


def test_what_fails_is_tried_again_after_pauses_that_grow(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.errors = [ConnectionResetError("p/w"), LoginError("p/w"), IMAPClientAbortError("p/w")]
    pauses: list[float] = []
    monkeypatch.setattr(server.stop, "wait", lambda pause: pauses.append(pause))
    said = watched(server, FATES.__getitem__)
    assert [each.partition(";")[0] for each in said[:3]] == [
        "mail.example: ConnectionResetError",
        "mail.example: LoginError",
        "mail.example: abort",
    ]
    assert said[3] == "fetching from mail.example"
    assert "p/w" not in "".join(said)
    assert [4 <= pauses[0] <= 5, 8 <= pauses[1] <= 10, 16 <= pauses[2] <= 20] == [True] * 3


def test_a_server_that_cannot_move_mails_is_given_none_to_copy(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.can, server.mails = {"IDLE"}, {1: b"mail"}
    monkeypatch.setattr(server.stop, "wait", lambda _: server.stop.set())
    (said,) = watched(server, FATES.__getitem__)
    assert "CapabilityError" in said
    assert not any(call[0] == "flag" for call in server.calls)


def test_a_server_that_tells_nothing_is_asked_every_minute(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.can = {"MOVE"}
    waits: list[float] = []

    def wait(pause: float) -> None:
        waits.append(pause)
        server.stop.set()

    monkeypatch.setattr(server.stop, "wait", wait)
    watched(server, FATES.__getitem__)
    assert waits == [60]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example",
        "https://user:pw@mail.example",
        "imaps://mail.example",
        "imaps://user@mail.example",
        "imaps://user:secr/et@mail.example",
        "imaps://user:secret@[x",
    ],
)
def test_an_address_that_is_none_is_told_without_the_password(url: str) -> None:
    with pytest.raises(ValueError, match="MAILROOM_IMAP_URL has the form") as told:
        mailbox_of(settings(url))
    assert str(told.value) == FORM


def test_the_password_stands_in_no_trace() -> None:
    assert "p/w" not in repr(mailbox_of(settings()))
