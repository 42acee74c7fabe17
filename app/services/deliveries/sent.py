"""What was sent to whom: one row for each mail, in the transaction that puts it into the outbox."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.domain.errors import NotFound, Refusal, Refused
from app.domain.period import Period
from app.extensions import db
from app.models import Office, OutboxMail, Person, Project, ReportSent, ReportSnapshot
from app.services.authorize import authorize
from app.services.deliveries.recipients import Recipient, recipients_of
from app.services.outbox import Beside, put_mail
from app.services.transaction import use_case

# Of all files of a mail: many mail servers take no more, and in a mail they are larger.
MOST_BYTES = 10_000_000

# Writes the mail about a snapshot to one who gets it: subject and body.
Letter = Callable[[ReportSnapshot, Recipient], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Delivered:
    """A mail about a report, with its state in the outbox; None where the outbox has forgotten it."""

    sent: ReportSent
    state: str | None
    sent_at: datetime | None
    error: str | None


def send(
    snapshot: ReportSnapshot,
    to: Recipient,
    write: Letter,
    *,
    now: datetime,
    by: Person | None = None,
    key: str | None = None,
) -> bool:
    """Puts the mail into the outbox and notes it, in the caller's transaction.

    False where it was sent before: the same revision goes to the same reader once, unless `key` is another.
    """
    key = key or _key(snapshot, to)
    subject, body = write(snapshot, to)
    files = _files(snapshot, to) if to.attached else ()
    beside = Beside(office_id=snapshot.office_id, attachments=files)
    if not put_mail(key, to.address, subject, body, to.language, now, beside):
        return False
    db.session.add(
        ReportSent(
            snapshot_id=snapshot.id,
            mail_key=key,
            organisation_id=to.organisation.id,
            person_id=to.person.id if to.person else None,
            recipient=to.address,
            language=to.language,
            audience=to.audience,
            formats=list(to.formats),
            attached=to.attached,
            checksums={},
            at=now,
            by_id=by.id if by else None,
        )
    )
    return True


@use_case
def send_again(sent_id: int, office: Office, write: Letter, *, by: Person, now: datetime) -> bool:
    """The same report to the same reader, as they would get it today; False where that was done already.

    NotFound where the mail is none of the office's, Refused where the reader gets no reports any more.
    """
    authorize(by, "host", office)
    row = db.session.get(ReportSent, sent_id)
    if row is None or row.snapshot.office_id != office.id:
        raise NotFound()
    about = row.snapshot
    readers = recipients_of(about.project, Period(about.starts_on, about.ends_on))
    to = next((each for each in readers if each.address == row.recipient), None)
    if to is None:
        raise Refused(Refusal("report_reader_gone", "recipient", {"address": row.recipient}))
    return send(row.snapshot, to, write, now=now, by=by, key=f"report-again:{row.id}")


@use_case
def note_files(mail_key: str, checksums: dict[str, str]) -> None:
    """Keeps the checksums of the files that a mail leaves with, by format."""
    row = db.session.scalar(select(ReportSent).filter_by(mail_key=mail_key))
    if row is not None:
        row.checksums = checksums


def deliveries_of(snapshots: Sequence[int]) -> dict[int, list[Delivered]]:
    """The mails about each of these snapshots (ids), the latest first."""
    query = (
        select(ReportSent, OutboxMail.state, OutboxMail.sent_at, OutboxMail.last_error)
        .join(OutboxMail, OutboxMail.key == ReportSent.mail_key, isouter=True)
        .where(ReportSent.snapshot_id.in_(snapshots))
        .order_by(ReportSent.id.desc())
    )
    found: dict[int, list[Delivered]] = {}
    for sent, state, sent_at, error in db.session.execute(query):
        found.setdefault(sent.snapshot_id, []).append(Delivered(sent, state, sent_at, error))
    return found


def last_sent(project: Project, period: Period) -> dict[str, int]:
    """The latest revision of the report that was sent to each address."""
    query = (
        select(ReportSent.recipient, func.max(ReportSnapshot.revision))
        .join(ReportSnapshot, ReportSnapshot.id == ReportSent.snapshot_id)
        .where(
            ReportSnapshot.project_id == project.id,
            ReportSnapshot.starts_on == period.first,
            ReportSnapshot.ends_on == period.last_exclusive,
        )
        .group_by(ReportSent.recipient)
    )
    return dict(db.session.execute(query).all())


def _key(snapshot: ReportSnapshot, to: Recipient) -> str:
    if to.person is not None:
        return f"report:{snapshot.id}:{to.person.id}"
    return f"report:{snapshot.id}:to:{hashlib.sha256(to.address.encode()).hexdigest()[:32]}"


def _files(snapshot: ReportSnapshot, to: Recipient) -> tuple[dict[str, object], ...]:
    told = {"snapshot": snapshot.id, "language": to.language, "audience": to.audience}
    return tuple({**told, "form": form} for form in to.formats)
