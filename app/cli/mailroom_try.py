"""`flask mailroom try`: sends the mail room an invitation, as the office's mail server would hand it over."""

import smtplib
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import uuid4

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext
from sqlalchemy import select

from app import clock
from app.cli.files import refuse
from app.domain.errors import DomainError
from app.domain.localtime import local_date, to_utc_shifting, zone
from app.extensions import db
from app.mailer import file_of, message_of
from app.models import Office, OutboxMail, Person, Pool, ReceivedMail, Resource
from app.services import bookings
from app.services.bookings import Wish
from app.services.directory import directory
from app.services.invitations import PostOffice
from app.services.mailroom import thing_at
from app.services.offices import activities
from app.wording.languages import LOCALES
from calendars.event import Event
from calendars.message import Attendee, Parties, write_requests

HOST = "127.0.0.1"  # nobody else's mail room is told whom to believe
HOUR = timedelta(hours=1)
LOOKS_AHEAD = 14  # days
HOURS_TRIED = range(9, 16)


@click.command("try")
@click.argument("room")
@click.option(
    "--from", "sender", default="member@example.org", show_default=True, help="Who invites the room."
)
@click.option(
    "--start", metavar="'2026-11-24 10:00'", help="By the room's clock. Without it, when it is free next."
)
@click.option("--port", default=2424, show_default=True, type=click.IntRange(1, 65535))
@with_appcontext
def try_out(room: str, sender: str, start: str | None, port: int) -> None:
    """Invites ROOM (such as tallen) for an hour, and tells what becomes of it.

    The mail room has to run on this computer. The mail says that the sender was checked: only whoever
    runs the service can have that believed.
    """
    post = PostOffice.of(current_app.config)
    address = post.room(room.partition("@")[0].lower())
    thing = thing_at(address, post)
    if thing is None:
        refuse([f"{room}: there is no room with that name"])
    person = db.session.scalar(select(Person).where(Person.email == sender.strip().lower(), Person.active))
    if person is None:
        refuse([f"{sender}: nobody here has that address"])
    office, now = directory().office_of(thing), clock.now()
    at = _given(start, office) if start else _free(thing, office, person, now)
    mail = _invitation(person, thing, address, office, at, now)
    click.echo(f"{person.email} invites {address}: {_when(at, office)}, “{mail.subject}”")
    _hand_over(mail, post, port)
    db.session.rollback()  # to see what the mail room has written since
    _tell(mail, office, at)


def _given(start: str, office: Office) -> datetime:
    try:
        return to_utc_shifting(datetime.fromisoformat(start), zone(office.timezone))
    except ValueError:
        refuse([f"{start}: a time has the form '2026-11-24 10:00'"])


def _free(thing: Resource | Pool, office: Office, person: Person, now: datetime) -> datetime:
    """When the person could book it next, on a whole hour of the day."""
    tz = zone(office.timezone)
    for days in range(1, LOOKS_AHEAD):
        for hour in HOURS_TRIED:
            day = local_date(now, tz) + timedelta(days=days)
            at = to_utc_shifting(datetime.combine(day, time(hour)), tz)
            if _is_free(thing, at, person, now):
                return at
    refuse([f"{thing.name} is not free in the next {LOOKS_AHEAD} days: give a --start"])


def _is_free(thing: Resource | Pool, at: datetime, person: Person, now: datetime) -> bool:
    organisation = person.organisations[0].slug if person.organisations else ""
    wish = Wish((thing.slug,), at, at + HOUR, "–", organisation, activities()[0].slug)
    try:
        return not bookings.plan(wish, by=person, now=now).clashes
    except DomainError:
        return False


def _invitation(
    person: Person, thing: Resource | Pool, address: str, office: Office, at: datetime, now: datetime
) -> OutboxMail:
    """The mail as the person's calendar program would write it; it is stored nowhere."""
    uid = f"{uuid4()}@{person.email.rpartition('@')[2]}"
    language = person.language or office.language
    with force_locale(LOCALES[language]):
        title = gettext("Trying the mail room")
    event = Event(uid, at, at + HOUR, office.timezone, title, now, 0, "CONFIRMED", location=thing.name)
    room = Attendee(address, thing.name, room=True)
    (ics,) = write_requests(event, Parties(person.email, person.name, attendees=(room,))).values()
    return OutboxMail(
        message_id=str(uuid4()),
        sender=person.email,
        recipient=address,
        subject=title,
        body=f"{title}\n",
        language=language,
        calendars=[ics.decode()],
        created_at=now,
    )


def _hand_over(mail: OutboxMail, post: PostOffice, port: int) -> None:
    message = message_of(mail, post.sender)
    del message["Auto-Submitted"]  # a person sends it
    domain = str(mail.sender).rpartition("@")[2]
    server = current_app.config["MAIL_AUTHSERV_ID"]
    message["Authentication-Results"] = f"{server}; dmarc=pass header.from={domain}"
    mail.message_id = message["Message-ID"]
    try:
        with smtplib.LMTP(HOST, port) as lmtp:
            lmtp.send_message(message, mail.sender, [mail.recipient])
    except smtplib.SMTPException as error:
        refuse([f"The mail room did not take it: {error}"])
    except OSError:
        refuse(
            [
                f"No mail room listens on {HOST}:{port}. Start it in another terminal:",
                "  .venv/bin/flask --app wsgi mailroom",
            ]
        )


def _tell(mail: OutboxMail, office: Office, at: datetime) -> None:
    """What became of it, where that is seen, and where the answer will be."""
    base = current_app.config["BASE_URL"]
    came = db.session.scalars(select(ReceivedMail).filter_by(message_id=mail.message_id)).one()
    click.echo(f"The mail room: {', '.join([came.outcome, *came.reasons])}")
    if came.booking_id:
        click.echo(f"The booking:   {base}/bookings/{came.booking_id}")
    click.echo(f"The board:     {base}/offices/{office.slug}/days/{local_date(at, zone(office.timezone))}")
    answer = db.session.scalar(select(OutboxMail).filter_by(key=f"answer:mail:{came.id}"))
    if answer is None:
        click.echo("No answer is sent to that.")
    elif current_app.config["SMTP_URL"]:
        click.echo(f"The answer:    within a minute, to {answer.recipient}")
    else:
        click.echo(f"The answer:    within a minute, in {_from_here(file_of(answer, current_app.config))}")


def _from_here(file: Path) -> Path:
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


def _when(at: datetime, office: Office) -> str:
    return f"{at.astimezone(zone(office.timezone)):%A %d %B %Y, %H:%M}"
