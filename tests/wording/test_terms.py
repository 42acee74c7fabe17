"""One Swedish word for one thing: a date of a booking is a tillfälle; datum is a day of the calendar."""

import re

from babel.messages.pofile import read_po

from config import ROOT

CATALOG = ROOT / "app" / "translations" / "sv" / "LC_MESSAGES" / "messages.po"
# English has one word for both. What is new here and speaks of a day of the calendar is added.
OF_THE_CALENDAR = {
    "A series needs an end. Send it again with a last date, or a number of times.",
    "Choose a date",
    "Choose the column of the date, or of the start.",
    "Date",
    "Date of granting",
    "Give a date and a time, for example 2026-11-24 and 09:30.",
    "Give a date and a time.",
    "Give a date between 1990 and 2100.",
    "Give a date, for example 2026-11-24.",
    "On a date",
    "there is no such date",
    "“%(text)s” is no date",
}
BEGINS = "A time of its own, or date and time in one column."  # goes on over several lines
IN_GUIDES = ("på ett datum", "samma datum")


def test_datum_is_a_day_of_the_calendar_alone() -> None:
    with CATALOG.open("rb") as file:
        texts = [
            (message.id, message.string) if isinstance(message.id, str) else (message.id[0], *message.string)
            for message in read_po(file)
        ]
    found = {said[0] for said in texts if any(re.search("datum", text, re.I) for text in said[1:])}
    assert {text for text in found if not text.startswith(BEGINS)} == OF_THE_CALENDAR


def test_so_it_is_in_the_swedish_guides() -> None:
    for name in ("boka.md", "vard.md"):
        text = (ROOT / "docs" / name).read_text("utf-8")
        for known in IN_GUIDES:
            text = text.replace(known, "")
        assert re.findall(r".*\bdatum.*", text, re.I) == [], name
