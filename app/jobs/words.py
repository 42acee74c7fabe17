"""What a turn's counts say: for the terminal and the log, so in English alone."""

from collections.abc import Mapping

# Of each count: what to say of none (nothing, mostly), of one, and of more.
WORDS = {
    "reports": ("", "1 report frozen", "{} reports frozen"),
    "mails": ("no mail queued", "1 mail queued", "{} mails queued"),
    "lapsed": ("", "1 request lapsed", "{} requests lapsed"),
    "told": ("", "1 host told", "{} hosts told"),
    "released": ("", "1 booking released", "{} bookings released"),
    "freed": ("", "1 waiting person told", "{} waiting people told"),
    "invited": ("", "1 invitation written", "{} invitations written"),
    "sent": ("", "1 mail sent", "{} mails sent"),
    "failed": ("", "1 mail to be tried again", "{} mails to be tried again"),
    "dead": ("", "1 mail given up", "{} mails given up"),
    "fetched": ("", "1 calendar fetched", "{} calendars fetched"),
    "unreachable": ("", "1 calendar did not come", "{} calendars did not come"),
    "days": ("", "1 day rolled up", "{} days rolled up"),
    "differing": ("", "1 day differed", "{} days differed"),
    "stored": ("", "1 public holiday stored", "{} public holidays stored"),
    "asked": ("", "1 person asked for head counts", "{} people asked for head counts"),
    "backups": ("", "1 copy made and checked", "{} copies made and checked"),
    "elsewhere": ("", "PostgreSQL is backed up by its own means (pg_dump)", ""),
    "waits": ("", "1 wait forgotten", "{} waits forgotten"),
    "feeds": ("", "1 kept feed cleared away", "{} kept feeds cleared away"),
    "anonymous": ("", "1 booking made anonymous", "{} bookings made anonymous"),
    "mails_forgotten": ("", "1 old mail forgotten", "{} old mails forgotten"),
    "in_use": ("", "the database was being read: tried again", ""),
    "guests": ("", "1 guest forgotten", "{} guests forgotten"),
    "forgotten": ("", "1 expired sign-in or link forgotten", "{} expired sign-ins and links forgotten"),
}


def told(counts: Mapping[str, int]) -> str:
    """The counts in words: "2 reports frozen, 1 mail queued"."""
    if not any(counts.values()):
        return "nothing to do"
    parts = [WORDS[name][min(count, 2)].format(count) for name, count in counts.items()]
    return ", ".join(part for part in parts if part)
