"""Mails to hosts: what will be sent in three days, and what they still hold back."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from app.models import Office, ReportHold
from app.services.deliveries.ahead import Preview, coming, preview
from app.services.deliveries.holds import open_holds
from app.services.notices import hosts_of, was_told
from app.services.offices import offices
from app.services.outbox import Beside, put_mail
from app.services.reports.monthly import DueReport
from app.services.transaction import use_case

BETWEEN_REMINDERS = timedelta(days=7)  # of what is held back

PreviewLetter = Callable[[Office, Sequence[Preview], str], tuple[str, str]]
HeldLetter = Callable[[Office, Sequence[ReportHold], str], tuple[str, str]]


def tell_hosts_ahead(write: PreviewLetter, now: datetime) -> int:
    """Mails the hosts of every office of what will be sent in three days: once for each day of sending."""
    return sum(_tell_of(office, [*some], write, now) for office in offices() for some in _soon(office, now))


def tell_of_held(write: HeldLetter, now: datetime) -> int:
    """Reminds hosts of what should have been sent and is held back: once a week."""
    late: defaultdict[int, list[ReportHold]] = defaultdict(list)
    for hold in open_holds():
        if _is_late(hold, now):
            late[hold.project.office_id].append(hold)
    return sum(_remind(office, late[office.id], write, now) for office in offices() if office.id in late)


def _soon(office: Office, now: datetime) -> list[list[DueReport]]:
    ahead = [each for each in coming(office, now) if each.remind_at <= now < each.due_at]
    return [[*some] for _, some in groupby(ahead, key=lambda each: each.due_at)]


def _tell_of(office: Office, some: Sequence[DueReport], write: PreviewLetter, now: datetime) -> int:
    key = f"report-preview:{office.id}:{some[0].due_at:%Y-%m-%d}"
    if was_told(key):
        return 0
    shown = [preview(each, now) for each in some]
    return _put(office, key, lambda language: write(office, shown, language), now)


def _is_late(hold: ReportHold, now: datetime) -> bool:
    return hold.held_at <= now - BETWEEN_REMINDERS and hold.ends_on <= now.date()


def _remind(office: Office, held: Sequence[ReportHold], write: HeldLetter, now: datetime) -> int:
    week = min(now - hold.held_at for hold in held) // BETWEEN_REMINDERS
    key = f"report-held:{office.id}:{max(hold.id for hold in held)}:{week}"
    if was_told(key):
        return 0
    return _put(office, key, lambda language: write(office, held, language), now)


@use_case
def _put(office: Office, key: str, write: Callable[[str], tuple[str, str]], now: datetime) -> int:
    """A mail to every host in their language; each once, however many look at the same time."""
    mails = 0
    for host in hosts_of(office):
        language = host.language or office.language
        subject, body = write(language)
        beside = Beside(office_id=office.id)
        mails += put_mail(f"{key}:{host.id}", host.email, subject, body, language, now, beside)
    return mails
