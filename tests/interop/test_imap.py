"""The mail room fetches from Debian's Dovecot: each mail once, whatever breaks meanwhile."""

import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from tests.interop.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.interop.mail_office import PATIENCE, MailOffice, calendar_in, day
from tests.services.mails import AT, UNTIL, calendar, mail


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> MailOffice:
    return MailOffice(tmp_path_factory.mktemp("office"))


@pytest.fixture(autouse=True)
def empty(server: Dovecot) -> None:
    with server.mailbox() as client:
        for folder in ("INBOX", "Handled"):
            if client.folder_exists(folder):
                client.select_folder(folder)
                client.delete_messages(client.search())
                client.expunge()


def address(server: Dovecot, *, tls: bool = True, password: str = PASSWORD, folder: str = "") -> str:
    scheme, port = ("imaps", server.tls) if tls else ("imap", server.plain)
    return f"{scheme}://{quote(USER, safe='')}:{quote(password, safe='')}@localhost:{port}/{folder}"


def settings(server: Dovecot, **more: bool) -> dict[str, str]:
    return {"MAILROOM_IMAP_URL": address(server, **more), "SSL_CERT_FILE": str(server.folder / "ca.pem")}


def invitation(number: int, to: str = "bjorken@rum.example") -> bytes:
    """To a room, each on a day of its own."""
    times = (f"{AT}{day(number)}T080000", f"{UNTIL}{day(number)}T083000")
    ics = calendar("REQUEST", *times, uid=f"meeting{number}", attendee=f"ATTENDEE;CUTYPE=ROOM:mailto:{to}")
    return mail(ics, number=number, X_Original_To=to)


def answered(office: MailOffice, number: int) -> int:
    """How many times it was accepted."""
    texts = [calendar_in(each) for each in office.sent()]
    return len([each for each in texts if b"UID:meeting%d\r\n" % number in each and b"=ACCEPTED" in each])


def put(server: Dovecot, *mails: bytes) -> None:
    with server.mailbox() as client:
        for each in mails:
            client.append("INBOX", each)


def lying(server: Dovecot) -> dict[str, list[tuple[bytes, ...]]]:
    """The flags of the mails in each folder; \\Recent tells nothing."""
    found = {}
    with server.mailbox() as client:
        for folder in ("INBOX", "Handled"):
            found[folder] = []
            if client.folder_exists(folder):
                client.select_folder(folder, readonly=True)
                flags = client.get_flags(client.search()).values()
                found[folder] = [tuple(sorted(set(each) - {b"\\Recent"})) for each in flags]
    return found


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < until
        time.sleep(0.2)


SEEN, ODD = (b"\\Seen",), (b"\\Flagged", b"\\Seen")


@pytest.mark.parametrize("tls", [True, False], ids=["imaps", "starttls"])
def test_what_lies_there_and_what_comes_is_booked_answered_and_moved(
    server: Dovecot, office: MailOffice, tls: bool
) -> None:
    first, second = (1, 2) if tls else (3, 4)
    put(server, invitation(first))
    with office.mail_room("--imap", **settings(server, tls=tls)) as room:
        room.says("fetching from localhost")
        wait_for(lambda: lying(server) == {"INBOX": [], "Handled": [SEEN]})
        began = time.monotonic()
        put(server, invitation(second))
        wait_for(lambda: lying(server) == {"INBOX": [], "Handled": [SEEN, SEEN]})
        assert time.monotonic() - began < 15  # the server tells at once: it is not waited for the next look
    assert (answered(office, first), answered(office, second)) == (1, 1)


def test_what_is_for_no_room_or_cannot_be_read_is_flagged(server: Dovecot, office: MailOffice) -> None:
    large = b"Subject: x\r\n\r\n" + b"x" * 5_000_001
    put(server, invitation(5, "nothing@rum.example"), large, b"\xff\xfe")
    with office.mail_room("--imap", **settings(server)):
        wait_for(lambda: lying(server) == {"INBOX": [], "Handled": [ODD, ODD, ODD]})
    assert answered(office, 5) == 0


def test_a_mail_that_comes_again_is_moved_and_not_answered_again(server: Dovecot, office: MailOffice) -> None:
    put(server, invitation(6), invitation(6))
    with office.mail_room("--imap", **settings(server)):
        wait_for(lambda: lying(server) == {"INBOX": [], "Handled": [SEEN, SEEN]})
    # As after a crash between the answer and the moving.
    with server.mailbox() as client:
        client.select_folder("Handled")
        client.move(client.search(), "INBOX")
    with office.mail_room("--imap", **settings(server)):
        wait_for(lambda: lying(server) == {"INBOX": [], "Handled": [SEEN, SEEN]})
    assert answered(office, 6) == 1


def test_a_server_that_goes_away_is_found_again(server: Dovecot, office: MailOffice) -> None:
    with office.mail_room("--imap", **settings(server)) as room:
        room.says("fetching")
        server.stop()
        try:
            room.says(r"localhost: \w+; again in \d s")
            room.says(r"localhost: \w+; again in \d+ s")
        finally:
            server.start()
        room.says("fetching")
        put(server, invitation(7))
        wait_for(lambda: lying(server) == {"INBOX": [], "Handled": [SEEN]})
    assert answered(office, 7) == 1


def test_a_wrong_password_is_told_but_not_repeated(server: Dovecot, office: MailOffice) -> None:
    wrong = {**settings(server), "MAILROOM_IMAP_URL": address(server, password="opensesame")}
    with office.mail_room("--imap", **wrong) as room:
        room.says("localhost: LoginError; again in")
    assert "opensesame" not in "".join(room.said)


def test_a_server_whose_certificate_nobody_vouches_for_gets_no_password(
    server: Dovecot, office: MailOffice
) -> None:
    for tls in (True, False):
        with office.mail_room("--imap", MAILROOM_IMAP_URL=address(server, tls=tls)) as room:
            room.says("SSLCertVerificationError; again in")
