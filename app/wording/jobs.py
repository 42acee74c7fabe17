"""What the jobs do, what came of them and what went wrong, as hosts read it."""

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext, ngettext

NAMES = {
    "monthly-reports": lazy_gettext("Monthly reports"),
    "report-previews": lazy_gettext("Reports that leave soon"),
    "requests": lazy_gettext("Requests that nobody answered"),
    "no-shows": lazy_gettext("Releasing what nobody came to"),
    "waiting": lazy_gettext("Telling those who wait for a time"),
    "send-mail": lazy_gettext("Sending mail"),
    "outside-calendars": lazy_gettext("Fetching calendars from outside"),
    "roll-up": lazy_gettext("Figures by day"),
    "roll-up-check": lazy_gettext("Figures by day held against the bookings"),
    "holidays": lazy_gettext("Public holidays of coming years"),
    "clean-up": lazy_gettext("Forgetting expired sign-ins"),
    "retention": lazy_gettext("Making old bookings anonymous"),
    "leftovers": lazy_gettext("Overwriting what was erased"),
    "head-counts": lazy_gettext("Asking for head counts"),
    "aid": lazy_gettext("Aid near its cap"),
    "backup": lazy_gettext("Copy of the database"),
}
PURPOSES = {
    "monthly-reports": lazy_gettext(
        "Freezes the report of the month that is over, on the first working day, and tells the funders."
    ),
    "report-previews": lazy_gettext(
        "Tells hosts three days ahead which reports leave, so that they can hold one."
    ),
    "requests": lazy_gettext(
        "Lets requests lapse that nobody answered in time, and tells hosts what waits for them."
    ),
    "no-shows": lazy_gettext("Frees rooms that nobody has checked in to, and tells whoever booked."),
    "waiting": lazy_gettext("Writes to people who wait for a time, when it becomes free."),
    "send-mail": lazy_gettext(
        "Sends invitations and all other mail, and tries again what did not get through."
    ),
    "outside-calendars": lazy_gettext("Fetches the calendars that are kept elsewhere."),
    "roll-up": lazy_gettext("Adds up the hours of each day, so that reports of many years open at once."),
    "roll-up-check": lazy_gettext("Counts all days again from the bookings, and puts right what differs."),
    "holidays": lazy_gettext("Enters the public holidays of the next two years."),
    "clean-up": lazy_gettext("Clears away old sign-ins, links, guests and waiting lists."),
    "retention": lazy_gettext("Takes bookers and titles out of bookings as old as the office says."),
    "leftovers": lazy_gettext("Has the database's file forget, byte by byte, what was erased."),
    "head-counts": lazy_gettext(
        "In the last days of a month, asks hosts and bookers how many came, once for each booking."
    ),
    "aid": lazy_gettext("Tells hosts, once, when a company comes near its cap for aid or over it."),
    "backup": lazy_gettext("Copies all data every night and looks whether the copy is whole."),
}
# The beginning of the program's own words for what went wrong, and what that means.
TROUBLES = (
    (("DiskFull",), lazy_gettext("The disk is full: there is no new copy.")),
    (("Unsound",), lazy_gettext("The copy was not whole, so it was thrown away.")),
    (("BackupFailed",), lazy_gettext("The copy could not be written.")),
    (
        ("ConnectionRefused", "gaierror", "SMTPConnect", "SMTPServerDisconnected"),
        lazy_gettext("A server that it needs does not answer."),
    ),
    (("Timeout", "timeout"), lazy_gettext("A server that it needs did not answer in time.")),
    (("SMTPAuthentication",), lazy_gettext("The mail server does not accept the installation's password.")),
    (("OperationalError", "InterfaceError"), lazy_gettext("The database was busy or did not answer.")),
    (("NotRolledUp",), lazy_gettext("Some days were not what the bookings come to. They are counted anew.")),
    (("PartlyFailed",), lazy_gettext("Some of it could not be done. The rest is done.")),
)


def job_result(counts: Mapping[str, object]) -> str:
    """What came of a turn: "2 mails sent"."""
    said = [_said(name, count) for name, count in counts.items() if isinstance(count, int) and count]
    return ", ".join(said) or gettext("nothing to do")


def job_trouble(error: str) -> str:
    """What went wrong, for those who run the office; the program's own words are for its administrators."""
    name = error.partition(":")[0]
    for signs, sentence in TROUBLES:
        if any(sign in name for sign in signs):
            return str(sentence)
    return gettext(
        "Something went wrong that the program did not foresee. The log of the scheduler says more."
    )


def _said(name: str, count: int) -> str:
    sentences = {
        "reports": lambda n: ngettext("%(num)d report frozen", "%(num)d reports frozen", n),
        "mails": lambda n: ngettext("%(num)d mail written", "%(num)d mails written", n),
        "lapsed": lambda n: ngettext("%(num)d request lapsed", "%(num)d requests lapsed", n),
        "told": lambda n: ngettext("%(num)d host told", "%(num)d hosts told", n),
        "released": lambda n: ngettext("%(num)d booking released", "%(num)d bookings released", n),
        "freed": lambda n: ngettext("%(num)d waiting person told", "%(num)d waiting people told", n),
        "invited": lambda n: ngettext("%(num)d invitation written", "%(num)d invitations written", n),
        "sent": lambda n: ngettext("%(num)d mail sent", "%(num)d mails sent", n),
        "failed": lambda n: ngettext("%(num)d mail to be tried again", "%(num)d mails to be tried again", n),
        "dead": lambda n: ngettext("%(num)d mail given up", "%(num)d mails given up", n),
        "fetched": lambda n: ngettext("%(num)d calendar fetched", "%(num)d calendars fetched", n),
        "unreachable": lambda n: ngettext(
            "%(num)d calendar did not come", "%(num)d calendars did not come", n
        ),
        "days": lambda n: ngettext("%(num)d day added up", "%(num)d days added up", n),
        "differing": lambda n: ngettext("%(num)d day differed", "%(num)d days differed", n),
        "stored": lambda n: ngettext("%(num)d public holiday entered", "%(num)d public holidays entered", n),
        "waits": lambda n: ngettext("%(num)d wait forgotten", "%(num)d waits forgotten", n),
        "feeds": lambda n: ngettext(
            "%(num)d old calendar file removed", "%(num)d old calendar files removed", n
        ),
        "guests": lambda n: ngettext("%(num)d guest forgotten", "%(num)d guests forgotten", n),
        "anonymous": lambda n: ngettext(
            "%(num)d booking made anonymous", "%(num)d bookings made anonymous", n
        ),
        "mails_forgotten": lambda n: ngettext("%(num)d old mail forgotten", "%(num)d old mails forgotten", n),
        "asked": lambda n: ngettext(
            "%(num)d person asked for head counts", "%(num)d people asked for head counts", n
        ),
        "backups": lambda n: ngettext("%(num)d copy made and checked", "%(num)d copies made and checked", n),
        "in_use": lambda n: gettext("somebody was reading just then; it is tried again"),
        "elsewhere": lambda n: gettext("PostgreSQL is backed up by its own means (pg_dump)"),
        "forgotten": lambda n: ngettext("%(num)d old sign-in forgotten", "%(num)d old sign-ins forgotten", n),
    }
    found = sentences.get(name)
    return found(count) if found else f"{name}: {count}"
