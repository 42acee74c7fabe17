"""Bookings of every kind, published and read by readers that share no code with us: the same to the minute.

Readers that have to be installed apart are in tests/interop/calendars.
"""

from calendars.event import occurrences
from calendars.lint import lint
from calendars.read import read
from tests.calendars.published import downloads, publish
from tests.calendars.readers import by_recurring_ical_events, by_vobject, by_xandikos
from tests.databases import both
from tests.factories import Factory

EVERYTHING = (
    "\r\nRRULE:FREQ=WEEKLY",
    "\r\nRRULE:FREQ=DAILY",
    "\r\nRRULE:FREQ=MONTHLY",
    "\r\nEXDATE;TZID=Europe/Stockholm",
    "\r\nRECURRENCE-ID;TZID=Europe/Stockholm",
    "\r\nTZID:Europe/London",
    "\r\nSTATUS:TENTATIVE",
    "\r\nCONFERENCE;VALUE=URI",
    "🎉👩‍👩‍👧‍👦",
    "möte " * 39,
)


@both
def test_what_is_published_is_what_was_booked(make: Factory) -> None:
    published = publish(make)  # takes a while: all that is asked of it is asked here
    for name, ics, expected in published:
        assert expected, name
        for reader in (by_recurring_ical_events, by_xandikos):
            assert reader(ics) == expected, (name, reader)
        for exact in (True, False):
            assert by_vobject(ics, exact=exact) == expected, (name, exact)
        assert sorted(span for event in read(ics) for span in occurrences(event)) == expected, name
        assert lint(ics, kind="feed", free_busy=name in ("busy", "stranger's")) == [], name
        assert (b"\r\nRRULE:FREQ=WEEKLY" in ics) == (name in ("mine", "organisation", "room")), name
    mine = published.feeds["mine"].replace(b"\r\n ", b"")
    assert [said for said in EVERYTHING if said.encode() not in mine] == []


def test_what_is_handed_out_one_by_one_is_read_too(make: Factory) -> None:
    for ics, expected in downloads(make):
        assert lint(ics, kind="download") == []
        assert by_recurring_ical_events(ics) == by_vobject(ics, exact=True) == by_xandikos(ics) == expected
