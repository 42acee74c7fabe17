"""Mails that have not left: who sees them, and trying again."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.domain.errors import NotAllowed, NotFound
from app.extensions import db
from app.models import Office, OutboxMail
from app.services import outbox
from app.services.outbox import Beside, Counts, Undeliverable, put_mail, send_waiting
from app.services.transaction import use_case
from app.services.unsent_mails import (
    LATE,
    MOST_SHOWN,
    count_unsent,
    dead_letters,
    is_leaving,
    try_again,
    try_all_again,
    waiting_mails,
)
from tests.databases import both
from tests.factories import Factory

MINUTE = timedelta(minutes=1)


@use_case
def put(office: Office | None, key: str, now: datetime) -> None:
    beside = Beside(office_id=office.id if office else None)
    put_mail(key, f"{key}@example.org", "Hej", "Text", "sv", now, beside)


def away(mail: OutboxMail) -> None:
    raise ConnectionRefusedError("no way")


def gone(mail: OutboxMail) -> None:
    raise Undeliverable("550 no such mailbox")


def gone_if(key: str) -> Callable[[OutboxMail], None]:
    return lambda mail: gone(mail) if mail.key == key else away(mail)


def taken(mail: OutboxMail) -> None:
    pass


@both
def test_what_waits_is_shown_to_its_own_office_alone(app: object, make: Factory, now: datetime) -> None:
    here, there = make.office(), make.office("umea")
    for office, key in ((here, "here"), (there, "there"), (None, "link")):
        put(office, key, now)
    host, admin = make.host("here@example.org", office=here), make.person("a@example.org", role="admin")
    assert [mail.key for mail in waiting_mails(here, by=host).mails] == ["here"]
    assert [mail.key for mail in waiting_mails(None, by=admin).mails] == ["link"]
    for place, who in ((there, host), (None, host), (None, make.host()), (here, make.person())):
        with pytest.raises(NotAllowed):
            waiting_mails(place, by=who)
        with pytest.raises(NotAllowed):
            count_unsent(place, now, by=who)
        with pytest.raises(NotAllowed):
            try_again(1, place, by=who, now=now)
        with pytest.raises(NotAllowed):
            try_all_again(place, by=who, now=now)
    (theirs,) = waiting_mails(there, by=admin).mails
    with pytest.raises(NotFound):
        try_again(theirs.id, here, by=admin, now=now)
    with pytest.raises(NotFound):
        try_again(10**6, here, by=admin, now=now)


@both
def test_one_that_waits_leaves_at_the_next_sending_once_it_is_asked_for(
    app: object, make: Factory, now: datetime
) -> None:
    office, host = make.office(), make.host()
    put(office, "a", now)
    for turn in range(4):
        send_waiting(now + turn * timedelta(hours=9), away)
    now += timedelta(days=2)
    (mail,) = waiting_mails(office, by=host).mails
    assert mail.attempts == 4
    mail.due_at = now + timedelta(hours=4)
    db.session.commit()
    assert send_waiting(now, taken) == Counts()
    for _ in range(2):  # twice is once
        assert try_again(mail.id, office, by=host, now=now).due_at == now
    assert mail.attempts == 4
    assert send_waiting(now, taken) == Counts(sent=1)
    assert try_again(mail.id, office, by=host, now=now).state == "sent"
    assert send_waiting(now, taken) == Counts()


@both
def test_one_that_is_leaving_is_left_alone(app: object, make: Factory, now: datetime) -> None:
    office, host = make.office(), make.host()
    put(office, "a", now)
    send_waiting(now, away)
    seen: list[Counts] = []

    def slow(mail: OutboxMail) -> None:
        assert is_leaving(mail, now + MINUTE)
        try_again(mail.id, office, by=host, now=now + MINUTE)
        seen.append(send_waiting(now + MINUTE, taken))

    assert send_waiting(now + MINUTE, slow) == Counts(sent=1)
    assert seen == [Counts()]


def test_whoever_was_faster_goes_first(
    app: object, make: Factory, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, host = make.office(), make.host()
    put(office, "a", now)
    send_waiting(now, away)
    (mail,) = waiting_mails(office, by=host).mails
    due_at = now + outbox.LEASE

    def sees_the_past(mail: OutboxMail, moment: datetime) -> bool:
        claim = OutboxMail.__table__.update().values(attempts=2, due_at=due_at)
        db.session.connection().execute(claim)  # another process, just after it was looked at
        return False

    monkeypatch.setattr("app.services.unsent_mails.is_leaving", sees_the_past)
    asked = try_again(mail.id, office, by=host, now=now)
    assert (asked.attempts, asked.due_at) == (2, due_at)


def test_one_that_was_given_up_begins_anew(app: object, make: Factory, now: datetime) -> None:
    office, host = make.office(), make.host()
    put(office, "a", now)
    send_waiting(now, gone)
    (dead,) = dead_letters(office, by=host).mails
    for _ in range(2):
        asked = try_again(dead.id, office, by=host, now=now)
        assert (asked.state, asked.attempts, asked.due_at) == ("waiting", 0, now)
        assert asked.last_error == "Undeliverable: 550 no such mailbox"  # until it is known better
    assert send_waiting(now, taken) == Counts(sent=1)


def test_what_needs_a_look_is_what_failed_or_is_late(app: object, make: Factory, now: datetime) -> None:
    office, host = make.office(), make.host()
    put(office, "a", now)
    assert count_unsent(office, now, by=host) == (0, 0)
    assert count_unsent(office, now + LATE + MINUTE, by=host) == (1, 0)
    send_waiting(now, away)
    assert count_unsent(office, now, by=host) == (1, 0)
    send_waiting(now + MINUTE, gone)
    assert count_unsent(office, now, by=host) == (0, 1)


def test_of_many_the_first_are_shown_and_all_are_counted(app: object, make: Factory, now: datetime) -> None:
    office = make.office()
    for number in range(MOST_SHOWN + 3):
        put(office, f"m{number}", now)
    waiting = waiting_mails(office, by=make.host())
    assert (len(waiting.mails), waiting.count) == (MOST_SHOWN, MOST_SHOWN + 3)
    assert waiting.mails[0].key == "m0"


@both
def test_all_that_wait_are_tried_at_once_and_of_the_own_office_alone(
    app: object, make: Factory, now: datetime
) -> None:
    here, there, host = make.office(), make.office("umea"), make.host()
    for office, key in ((here, "a"), (here, "b"), (there, "c"), (None, "d")):
        put(office, key, now)
    send_waiting(now, gone_if("b"))
    put(here, "leaving", now)
    put(here, "new", now)
    (leaving,) = (mail for mail in waiting_mails(here, by=host).mails if mail.key == "leaving")
    leaving.attempts, leaving.due_at = 1, now + outbox.LEASE
    db.session.commit()
    due = {mail.key: mail.due_at for mail in db.session.scalars(select(OutboxMail))}
    assert due["a"] > now
    assert [try_all_again(here, by=host, now=now) for _ in range(2)] == [1, 0]
    assert {mail.key: mail.due_at for mail in db.session.scalars(select(OutboxMail))} == {**due, "a": now}
    assert [mail.key for mail in dead_letters(here, by=host).mails] == ["b"], "given up stays so"
