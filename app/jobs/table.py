"""The jobs. A trigger only says "look": what is due and not done is found out by looking.

They come at intervals, not at times of day, so no change of the clocks skips one or makes it come twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from app.jobs.attachments import attachments_of
from app.jobs.backup import backup
from app.jobs.leftovers import leftovers
from app.jobs.retention import retention
from app.jobs.roll_up import roll_up, roll_up_check
from app.mailer import RefusedForGood, deliver
from app.models import OutboxMail
from app.services import job_claims, outbox
from app.services.deliveries.reminders import tell_hosts_ahead, tell_of_held
from app.services.feed_writing import clean_up as clean_up_feeds
from app.services.guests import KEPT, forget_guests
from app.services.holidays import extend_holidays
from app.services.invitations import PostOffice, tell_untold
from app.services.job_claims import ClaimLost
from app.services.job_paces import PACES, Pace
from app.services.money.passing import tell_of_caps
from app.services.outside_calendars import forget_past_times
from app.services.outside_fetching import fetch_due
from app.services.received_mails import forget_received
from app.services.release import release_due
from app.services.reminders import remind
from app.services.reports.monthly import JOB as MONTHLY
from app.services.reports.monthly import due_reports
from app.services.requests import lapse_due, tell_hosts
from app.services.sign_in import forget_expired
from app.services.snapshots import ReportHeld, publish
from app.services.waiting import forget_past, tell_waiting
from app.wording.deliveries import held_letter, preview_letter
from app.wording.report_letter import report_letter
from calendars.fetch import fetch

Counts = dict[str, int]


class PartlyFailed(Exception):
    """Some of what was due could not be done; the rest was."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a job does; how often, `app.services.job_paces` says. `work` tells what it did.

    `work` is given the present instant, and whether a person asked for the job.
    """

    name: str
    work: Callable[[datetime, bool], Counts]

    @property
    def pace(self) -> Pace:
        return PACES[self.name]


def monthly_reports(now: datetime, asked: bool) -> Counts:
    """Freezes what is due and mails the funders: one transaction each, whose failure stops no other."""
    counts, errors = {"reports": 0, "mails": 0}, []
    for due in due_reports(now, asked=asked):
        held = job_claims.claim(MONTHLY, due.key, now=now)
        if held is None:
            continue
        try:
            published = publish(
                due.office, due.project, due.period, report_letter, now=now, held=held, every=due.every
            )
            counts["reports"] += published.is_new  # a revision that stood already is only mailed
            counts["mails"] += published.mails
        except (ClaimLost, ReportHeld):
            continue  # another process has done it meanwhile, or a host holds it back
        except Exception as error:
            current_app.logger.exception("the report %s failed", due.key)
            job_claims.fail(held, f"{type(error).__name__}: {error}", now=now)
            errors.append(f"{due.key}: {error}")
    if errors:
        raise PartlyFailed("; ".join(errors))
    return counts


def send_mail(now: datetime, asked: bool) -> Counts:
    """Writes the invitations that are due, and hands over what waits in the outbox."""
    invited, failures = tell_untold(PostOffice.of(current_app.config), now)

    def hand_over(mail: OutboxMail) -> None:
        try:
            deliver(mail, current_app.config, attachments_of(mail))
        except RefusedForGood as refused:
            raise outbox.Undeliverable(str(refused)) from None

    counts = outbox.send_waiting(now, hand_over)
    if failures:
        told = "; ".join(f"invitations to booking {each.booking_id}: {each.error}" for each in failures)
        raise PartlyFailed(told)
    return {"invited": invited, "sent": counts.sent, "failed": counts.failed, "dead": counts.dead}


def report_previews(now: datetime, asked: bool) -> Counts:
    """Tells hosts which reports will be sent soon, and which they hold back."""
    return {"told": tell_hosts_ahead(preview_letter, now) + tell_of_held(held_letter, now)}


def requests(now: datetime, asked: bool) -> Counts:
    """Requests that nobody answered in time lapse; hosts are told of those that wait."""
    return {"lapsed": lapse_due(now), "told": tell_hosts(now)}


def no_shows(now: datetime, asked: bool) -> Counts:
    """Releases what nobody checked in to."""
    return {"released": release_due(now)}


def waiting(now: datetime, asked: bool) -> Counts:
    """Tells whoever waits for a time that has become free."""
    return {"freed": tell_waiting(now)}


def outside_calendars(now: datetime, asked: bool) -> Counts:
    """Fetches the calendars kept elsewhere whose turn it is."""
    hosts = current_app.config["CALENDAR_HOSTS"]
    turn = fetch_due(now, lambda address, known: fetch(address, hosts=hosts, known=known))
    if turn.wrong:
        raise PartlyFailed("; ".join(turn.wrong))
    return {"fetched": turn.fetched, "unreachable": turn.unreachable}


def head_counts(now: datetime, asked: bool) -> Counts:
    """Asks for head counts that lack, before the month is reported."""
    return {"asked": remind(now)}


def aid(now: datetime, asked: bool) -> Counts:
    """Tells hosts which companies come near their caps."""
    return {"told": tell_of_caps(now)}


def holidays(now: datetime, asked: bool) -> Counts:
    """Stores the public holidays of the years to come."""
    return {"stored": extend_holidays(now)}


def clean_up(now: datetime, asked: bool) -> Counts:
    """Forgets expired sign-ins, links and wrong passwords, who waited, guests and feeds of old."""
    expired = forget_expired(now, current_app.config["SIGN_IN_LASTS"])
    forget_received(now - KEPT)
    forget_past_times(now)
    feeds = clean_up_feeds(current_app.config["KEPT_FEEDS"], now)
    waits, guests = forget_past(now), forget_guests(now)
    return {"forgotten": expired, "waits": waits, "guests": guests, "feeds": feeds}


def _table(*jobs: Job) -> Mapping[str, Job]:
    return {job.name: job for job in jobs}


JOBS: Mapping[str, Job] = _table(
    Job(MONTHLY, work=monthly_reports),
    Job("report-previews", work=report_previews),
    Job("requests", work=requests),
    Job("no-shows", work=no_shows),
    Job("waiting", work=waiting),
    Job("send-mail", work=send_mail),
    Job("outside-calendars", work=outside_calendars),
    Job("roll-up", work=roll_up),
    Job("roll-up-check", work=roll_up_check),
    Job("holidays", work=holidays),
    Job("clean-up", work=clean_up),
    Job("retention", work=retention),
    Job("leftovers", work=leftovers),
    Job("head-counts", work=head_counts),
    Job("aid", work=aid),
    Job("backup", work=backup),
)
