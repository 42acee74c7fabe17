"""The outbox: written once, sent once, tried again with pauses."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select

from app.domain.errors import NotAllowed, NotFound
from app.extensions import db
from app.models import OutboxMail
from app.services import outbox
from app.services.outbox import (
    JITTER,
    MOST_ATTEMPTS,
    PAUSES,
    Beside,
    Counts,
    Undeliverable,
    put_mail,
    send_waiting,
)
from app.services.transaction import use_case
from app.services.unsent_mails import dead_letters, try_again
from tests.databases import both
from tests.factories import Factory

MINUTE = timedelta(minutes=1)


@use_case
def put(
    now: datetime, key: str = "a", recipient: str = "anna@example.org", subject: str = "Hej"
) -> OutboxMail:
    put_mail(key, recipient, subject, "Text\n", "sv", now)
    return db.session.scalars(select(OutboxMail).filter_by(key=key)).one()


class Post:
    """Takes mails, except for the addresses in `broken`."""

    def __init__(self, *broken: str) -> None:
        self.broken = set(broken)
        self.taken: list[OutboxMail] = []

    def __call__(self, mail: OutboxMail) -> None:
        if mail.recipient in self.broken:
            raise ConnectionRefusedError(f"no way to\n{mail.recipient}")
        self.taken.append(mail)


@both
def test_a_key_is_written_once(app: object, now: datetime) -> None:
    first, again = put(now), put(now + MINUTE, subject="Other")
    assert first.id == again.id
    assert again.subject == "Hej"
    assert db.session.scalar(select(func.count()).select_from(OutboxMail)) == 1
    assert put(now, key="b").message_id != first.message_id


def test_the_mail_goes_back_with_the_transaction_that_wrote_it(app: object, now: datetime) -> None:
    @use_case
    def fails() -> None:
        put_mail("a", "anna@example.org", "Hej", "Text", "sv", now)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert db.session.scalars(select(OutboxMail)).all() == []


def test_a_subject_is_one_line(app: object, now: datetime) -> None:
    mail = put(now, subject="Hej\r\nBcc: all@example.org\u2028x" + "y" * 400)
    assert mail.subject.startswith("Hej Bcc: all@example.org x")
    assert len(mail.subject) == 300


@both
def test_what_is_due_is_sent_once(app: object, now: datetime) -> None:
    put(now)
    post = Post()
    assert send_waiting(now, post) == Counts(sent=1)
    assert send_waiting(now + timedelta(days=1), post) == Counts()
    (mail,) = post.taken
    assert (mail.state, mail.sent_at, mail.attempts) == ("sent", now, 1)


@both
def test_one_that_fails_stops_no_other_and_is_tried_again(app: object, now: datetime) -> None:
    put(now, "a", "broken@example.org")
    put(now, "b")
    post = Post("broken@example.org")
    assert send_waiting(now, post) == Counts(sent=1, failed=1)
    assert [mail.recipient for mail in post.taken] == ["anna@example.org"]
    assert send_waiting(now + MINUTE / 2, post) == Counts()
    post.broken.clear()
    assert send_waiting(now + MINUTE, post) == Counts(sent=1)


def test_pauses_grow_and_at_last_it_is_given_up(app: object, now: datetime) -> None:
    mail = put(now)
    post = Post("anna@example.org")
    moments = [now]
    while send_waiting(moments[-1], post).failed:
        moments.append(db.session.get_one(OutboxMail, mail.id).due_at)
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    second = timedelta(seconds=1)  # instants are whole seconds
    assert all(
        most * (1 - JITTER) - second <= pause <= most for pause, most in zip(pauses, PAUSES, strict=True)
    )
    assert pauses != list(PAUSES)  # never all at their longest: chance is in it
    mail = db.session.get_one(OutboxMail, mail.id)
    assert (mail.state, mail.attempts) == ("dead", MOST_ATTEMPTS)
    assert mail.last_error == "ConnectionRefusedError: no way to anna@example.org"
    assert send_waiting(now + timedelta(days=99), post) == Counts()


@both
def test_while_one_process_sends_another_leaves_the_mail_alone(app: object, now: datetime) -> None:
    put(now)
    seen: list[Counts] = []
    post = Post()

    def slow(mail: OutboxMail) -> None:
        seen.append(send_waiting(now + MINUTE, post))
        post(mail)

    assert send_waiting(now, slow) == Counts(sent=1)
    assert seen == [Counts()]
    assert len(post.taken) == 1


def test_two_that_saw_the_same_mail_due_send_it_once(
    app: object, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = put(now)
    monkeypatch.setattr(outbox, "_due", lambda _now: [mail.id])  # the second looked before the first claimed
    post = Post()
    assert send_waiting(now, post) == Counts(sent=1)
    assert send_waiting(now, post) == Counts()
    assert len(post.taken) == 1


def test_a_mail_whose_sender_died_is_sent_with_the_same_message_id(app: object, now: datetime) -> None:
    put(now)
    message_ids = []

    def dies(mail: OutboxMail) -> None:
        message_ids.append(mail.message_id)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_waiting(now, dies)
    post = Post()
    assert send_waiting(now + MINUTE, post) == Counts()
    assert send_waiting(now + outbox.LEASE, post) == Counts(sent=1)
    assert [mail.message_id for mail in post.taken] == message_ids


def test_who_lost_the_lease_does_not_overwrite_what_came_after(app: object, now: datetime) -> None:
    put(now)
    post = Post()

    def stalls(mail: OutboxMail) -> None:
        assert send_waiting(now + outbox.LEASE, post) == Counts(sent=1)
        raise TimeoutError

    assert send_waiting(now, stalls) == Counts(sent=1)
    assert db.session.scalars(select(OutboxMail.state)).all() == ["sent"]


def refuse_for_good(mail: OutboxMail) -> None:
    raise Undeliverable("550 no such mailbox")


@use_case
def put_about(office_id: int | None, key: str, now: datetime) -> None:
    put_mail(key, "anna@example.org", "Hej", "Text", "sv", now, Beside(office_id=office_id))


@both
def test_an_address_that_takes_nothing_is_given_up_at_once(app: object, make: Factory, now: datetime) -> None:
    office, elsewhere, host = make.office(), make.office("umea"), make.host()
    put_about(office.id, "a", now)
    assert send_waiting(now, refuse_for_good) == Counts(dead=1)
    (dead,) = dead_letters(office, by=host).mails
    assert dead.last_error == "Undeliverable: 550 no such mailbox"
    assert dead_letters(elsewhere, by=host).mails == []


@both
def test_a_host_tries_a_dead_mail_again_under_its_old_message_id(
    app: object, make: Factory, now: datetime
) -> None:
    office, host = make.office(), make.host()
    put_about(office.id, "a", now)
    send_waiting(now, refuse_for_good)
    (dead,) = dead_letters(office, by=host).mails
    try_again(dead.id, office, by=host, now=now + MINUTE)
    assert dead_letters(office, by=host).mails == []
    post = Post()
    assert send_waiting(now + MINUTE, post) == Counts(sent=1)
    assert [mail.message_id for mail in post.taken] == [outbox.message_id("a")]


def test_only_its_hosts_see_an_offices_dead_mails(app: object, make: Factory, now: datetime) -> None:
    here, there = make.office(), make.office("umea")
    put_about(there.id, "there", now)
    put_about(None, "link", now)
    send_waiting(now, refuse_for_good)
    host_here = make.host("here@example.org", office=here)
    assert dead_letters(here, by=host_here).mails == []
    (theirs,) = dead_letters(there, by=make.host("there@example.org", office=there)).mails
    with pytest.raises(NotFound):
        try_again(theirs.id, here, by=host_here, now=now)
    with pytest.raises(NotAllowed):
        try_again(theirs.id, there, by=host_here, now=now)
    with pytest.raises(NotAllowed):
        dead_letters(None, by=make.host())  # of all offices, and yet no administrator
    of_none = dead_letters(None, by=make.person("admin@example.org", role="admin"))
    assert ([mail.key for mail in of_none.mails], of_none.count) == (["link"], 1)
