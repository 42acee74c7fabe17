"""Debian's swaks delivers to a mail room that runs as it does in an office; libical reads the answers."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.interop.calendars.programs import Read, install, message_by_libical, run
from tests.interop.mail_office import OTHER, MailOffice, calendar_in, day
from tests.services.mails import AT, AUTHSERV, MEMBER, UNTIL, calendar, mail

ROOM, HALL = "bjorken@rum.example", "hall@rum.example"
OTHERS_WORD = f"{AUTHSERV}; dmarc=pass header.from=example.org"
WEEKLY = "RRULE:FREQ=WEEKLY;COUNT=5"
# What libical has to find in every answer, and nothing besides.
ALWAYS = {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "ORGANIZER", "ATTENDEE", "SUMMARY", "COMMENT"}


class Delivered:
    """What has been delivered so far."""

    def __init__(self, port: str, folder: Path) -> None:
        self.port, self.folder, self.number = port, folder, 0

    def __call__(self, raw: bytes, to: str = ROOM) -> str:
        """What the mail room says to swaks."""
        file = self.folder / "mail.eml"
        file.write_bytes(raw)
        server = ("--protocol", "LMTP", "--server", "127.0.0.1", "--port", self.port)
        return run("swaks", *server, "--from", "bounce@example.org", "--to", to, "--data", f"@{file}")

    def ask(
        self,
        uid: str,
        days: int,
        *lines: str,
        hours: tuple[int, int] = (8, 9),
        to: str = ROOM,
        **more: object,
    ) -> None:
        """An invitation, or what else `more` makes of it; a new mail each time."""
        self.number += 1
        settings = {key: more.pop(key) for key in ("method", "sequence", "organizer", "extra") if key in more}
        method = str(settings.pop("method", "REQUEST"))
        start, end = (
            f"{zone}{day(days)}T{hour:02}0000" for zone, hour in zip((AT, UNTIL), hours, strict=True)
        )
        room = f"ATTENDEE;CUTYPE=ROOM;ROLE=NON-PARTICIPANT;RSVP=TRUE:mailto:{to}"
        ics = calendar(method, start, end, *lines, uid=uid, attendee=room, **settings)
        assert "250 2.0.0 OK" in self(mail(ics, number=self.number, **more), to)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> MailOffice:
    install(("swaks", "swaks"))
    return MailOffice(tmp_path_factory.mktemp("office"))


def single(send: Delivered) -> None:
    """In base64, in quoted-printable and plain; taken, closed, and where the host decides."""
    for number, cte in enumerate(("base64", "quoted-printable", "8bit")):
        send.ask(f"by-{cte}", number, cte=cte)
    send.ask("theirs", 0, hours=(11, 12), sender=OTHER, organizer=OTHER)
    send.ask("taken", 0, hours=(11, 12))
    send.ask("closed", 0, hours=(20, 21))
    send.ask("hosts", 0, to=HALL)


def repeated(send: Delivered) -> None:
    """The very same mail twice, and what programs and our own rooms send."""
    send.ask("twice", 3)
    send.number -= 1
    send.ask("twice", 3)
    send.ask("automatic", 4, Auto_Submitted="auto-replied")
    send.ask(
        "loop", 4, sender=HALL, organizer=HALL, vouched=f"{AUTHSERV}; dmarc=pass header.from=rum.example"
    )


def strangers(send: Delivered) -> None:
    """Whom nobody vouches for, whom we do not know, and who is not the organiser."""
    send.ask("forged", 4, vouched=None)
    send.ask("others-word", 4, vouched=OTHERS_WORD.replace(AUTHSERV, "mx.evil.example"))
    send.ask("unknown", 4, sender="eve@example.org", organizer="eve@example.org")
    send.ask("in-somebodys-name", 4, sender=OTHER)


def changed(send: Delivered) -> None:
    """Moved by a newer version, not by an older one; cancelled by its organiser alone."""
    send.ask("moved", 5)
    send.ask("moved", 5, hours=(13, 14), sequence=2)
    send.ask("moved", 5, hours=(15, 16), sequence=1)
    send.ask("kept", 6)
    send.ask("kept", 6, method="CANCEL", sequence=1, sender=OTHER, organizer=OTHER)
    send.ask("gone", 7)
    send.ask("gone", 7, method="CANCEL", sequence=1)


def series(send: Delivered) -> None:
    """With one of five dates taken, with two, without an end; one date moved, one cancelled."""
    send.ask("in-the-way", 14, hours=(10, 11))
    send.ask("also-in-the-way", 21, hours=(11, 12))
    send.ask("few-clashes", 7, WEEKLY, hours=(10, 11))
    send.ask("many-clashes", 7, WEEKLY, hours=(10, 12))
    send.ask("endless", 7, "RRULE:FREQ=WEEKLY", hours=(14, 15))
    send.ask("dates", 8, WEEKLY)
    original = "RECURRENCE-ID;TZID=W. Europe Standard Time:{}T080000"
    send.ask("dates", 15, original.format(day(15)), hours=(13, 14), sequence=1)
    send.ask("dates", 22, original.format(day(22)), method="CANCEL", sequence=2)


Told = dict[str, list[tuple[EmailMessage, list[dict[str, Read]]]]]


@pytest.fixture(scope="module")
def told(office: MailOffice, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """All of it delivered; the answers by the UID they are about, with their events as libical reads them."""
    with office.mail_room("--port", "0") as room:
        send = Delivered(room.says(r":(\d+)$")[1], tmp_path_factory.mktemp("mails"))
        with pytest.raises(AssertionError, match="550"):
            send(mail(calendar()), "nothing@rum.example")
        for cases in (single, repeated, strangers, changed, series):
            cases(send)
    answers: Told = defaultdict(list)
    for message in office.sent():
        head, events = message_by_libical(calendar_in(message))
        assert head["METHOD"].value == "REPLY"
        answers[events[0]["UID"].value].append((message, events))
    return answers


def said(told: Told, uid: str) -> list[list[str]]:
    """What the answers about this were, event by event."""
    return [[event["ATTENDEE"].parameters["PARTSTAT"] for event in events] for _, events in told[uid]]


def test_libical_finds_all_that_an_answer_needs_and_nothing_else(told: Told) -> None:
    every = [(message, event) for answers in told.values() for message, events in answers for event in events]
    assert len(every) > 15
    for message, event in every:
        assert set(event) - {"RECURRENCE-ID"} == ALWAYS
        room = event["ATTENDEE"].value.removeprefix("mailto:")
        assert room in (ROOM, HALL)
        assert message["From"].addresses[0].addr_spec == room
        assert event["ATTENDEE"].parameters["CUTYPE"] == "ROOM"
        assert event["ATTENDEE"].parameters["PARTSTAT"] in ("ACCEPTED", "TENTATIVE", "DECLINED")
        assert "RSVP" not in event["ATTENDEE"].parameters
        assert message["To"] in (MEMBER, OTHER)
        assert event["ORGANIZER"].value == f"mailto:{message['To']}"
        assert event["SUMMARY"].value == "Styrgrupp å\\, ä & ö"
        assert event["DTSTART"].value.endswith("Z")
        assert event["DTSTART"].value < event["DTEND"].value
        assert message["Auto-Submitted"] == "auto-generated"


def test_single_meetings_by_the_rules_of_the_browser(told: Told) -> None:
    for cte in ("base64", "quoted-printable", "8bit"):
        assert said(told, f"by-{cte}") == [["ACCEPTED"]]
    assert said(told, "hosts") == [["TENTATIVE"]]
    assert said(told, "taken") == said(told, "closed") == [["DECLINED"]]
    ((message, (event,)),) = told["taken"]
    reason, _, instead = event["COMMENT"].value.partition("Ledigt i stället:")
    assert "Björken: upptaget 11:00–12:00" in reason
    assert "Björken: " in instead
    assert event["COMMENT"].value.count("Styrgrupp") == 1  # their own title, not the other's
    body = message.get_body(("plain",))
    assert body is not None
    assert "Ledigt i stället:" in body.get_content()


def test_nothing_is_answered_twice_or_to_programs_and_strangers(told: Told) -> None:
    assert said(told, "twice") == [["ACCEPTED"]]
    for uid in ("automatic", "loop", "forged", "others-word", "unknown", "in-somebodys-name"):
        assert uid not in told


def test_newer_versions_and_cancellations_of_the_organiser_alone(told: Told) -> None:
    assert said(told, "moved") == [["ACCEPTED"], ["ACCEPTED"]]
    assert [events[0]["SEQUENCE"].value for _, events in told["moved"]] == ["0", "2"]
    assert said(told, "kept") == said(told, "gone") == [["ACCEPTED"]]


def test_series_by_the_share_of_dates_that_are_taken(told: Told) -> None:
    assert said(told, "few-clashes") == [["ACCEPTED", "DECLINED"]]
    ((_, (whole, one)),) = told["few-clashes"]
    assert "RECURRENCE-ID" not in whole
    assert one["RECURRENCE-ID"].value == one["DTSTART"].value
    assert one["RECURRENCE-ID"].value[:8] == day(14)
    assert said(told, "many-clashes") == said(told, "endless") == [["DECLINED"]]
    assert said(told, "dates") == [["ACCEPTED"], ["ACCEPTED"]]
    assert told["dates"][1][1][0]["RECURRENCE-ID"].value[:8] == day(15)


def test_what_stands_is_what_was_answered_and_what_was_refused_is_kept(
    told: Told, office: MailOffice
) -> None:
    with closing(sqlite3.connect(office.folder / "office.db")) as database:
        kept = database.execute(
            "SELECT outcome, reasons FROM received_mail WHERE outcome <> 'booked'"
        ).fetchall()
        status = "SELECT d.status, count(*) FROM booking_date d GROUP BY d.status"
        dates = dict(database.execute(status).fetchall())
    assert sorted(outcome for outcome, _ in kept).count("refused") == 9
    reasons = " ".join(text for _, text in kept)
    for code in ("not_authenticated", "unknown_sender", "not_the_organiser", "automatic", "from_ourselves"):
        assert code in reasons
    assert dates["requested"] == 1
    assert dates["cancelled"] >= 2  # the meeting that is gone, and one date of the series
