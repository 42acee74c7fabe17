"""Fills the database of the journeys: two offices, five people, and a few bookings around NOW."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from app.jobs.table import monthly_reports, send_mail
from app.models import Booking
from app.services import presence
from app.services.bookings import Wish, book
from app.services.office_file import load_office
from app.services.people import add_person, person_by_email

HERE = Path(__file__).parent
STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOW = datetime(2026, 9, 7, 7, 20, tzinfo=UTC)  # a Monday, 09:20 in Stockholm
TODAY = date(2026, 9, 7)
EARLIER = NOW - timedelta(days=60)  # when what stands there already was booked
PASSWORD = "snöstorm i Umeå"
CANARY = "Förvärvet av Kanariefågeln"  # somebody else's title: for its own people and hosts only

PEOPLE = {
    "member": ("Moa Granit", "granit"),
    "other": ("Olle Exempel", "exempelbolaget"),
    "host": ("Hanna Värdling", "region-vasterbotten"),
    "funder": ("Folke Medel", "skelleftea-kommun"),
    "admin": ("Ada Drift", "region-vasterbotten"),
}


def email_of(who: str) -> str:
    return f"{who}@example.org"


def local(clock: str, on: date = TODAY) -> datetime:
    """ "09:30" on the offices' clock, in UTC."""
    return datetime.combine(on, time.fromisoformat(clock), STOCKHOLM).astimezone(UTC)


def booked(
    who: str,
    resource: str,
    start: str,
    end: str,
    title: str = "Möte",
    *,
    on: date = TODAY,
    now: datetime = EARLIER,
    recurrence: str | None = None,
) -> Booking:
    """A booking by the use case, as if made on another page."""
    organisation = PEOPLE[who][1]
    wish = Wish(
        (resource,), local(start, on), local(end, on), title, organisation, "external-meeting", recurrence
    )
    return book(wish, by=person_by_email(email_of(who)), now=now)


def fill() -> None:
    """Everything that is there when a journey begins."""
    for name in ("stockholm", "umea"):
        load_office((HERE / f"{name}.toml").read_text("utf-8"), now=EARLIER)
    for who, (name, organisation) in PEOPLE.items():
        role = "member" if who == "other" else who
        add_person(
            email_of(who), role=role, organisation=organisation, name=name, password=PASSWORD, now=EARLIER
        )
    _fill_august()
    _fill_today()


def _fill_august() -> None:
    """A month with figures: what was used, and one who did not come; reported to the funder."""
    host = person_by_email(email_of("host"))
    for day in range(3, 29):
        on = date(2026, 8, day)
        if on.weekday() > 4:
            continue
        who, resource = (("member", "tallen"), ("other", "granen"), ("funder", "asken"))[day % 3]
        organiser = "host" if who == "funder" else who
        made = booked(organiser, resource, "09:00", "12:00", "Styrgrupp", on=on).dates[0]
        after = local("12:30", on)
        if day == 20:
            presence.mark_no_show(made.id, by=host, now=after)
            continue
        presence.check_in(made.id, by=host, now=after)
        presence.count_heads(made.id, women=day % 5, men=day % 4, other=0, by=host, now=after)
    morning = local("07:00", date(2026, 9, 1))
    monthly_reports(morning, asked=True)
    send_mail(morning, asked=True)


def _fill_today() -> None:
    host = person_by_email(email_of("host"))
    came = booked("other", "bjorken", "08:30", "10:30", CANARY)
    presence.check_in(came.dates[0].id, by=host, now=local("08:35"))
    missing = booked("other", "granen", "08:00", "09:00", "Frukostmöte")
    presence.mark_no_show(missing.dates[0].id, by=host, now=local("08:30"))
    booked("member", "tallen", "13:00", "14:30", "Kundmöte")
    booked("member", "granen", "09:00", "10:00", "Avstämning")
    booked("member", "storstugan", "15:00", "17:00", "Lansering")  # waits for the host's approval
    booked("other", "videorum-1", "10:00", "10:30", "Distansmöte")
    booked("host", "asken", "09:00", "10:00", "Veckomöte", recurrence="FREQ=WEEKLY;COUNT=6")
