"""Repetitions in words."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from app.wording.repetition import repeats

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("rule", "swedish", "english"),
    [
        (
            "FREQ=WEEKLY;UNTIL=20261215;BYDAY=TU",
            "Varje tisdag till och med 15 december 2026",
            "Every Tuesday until 15 December 2026",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=3;COUNT=10;BYDAY=MO,TH",
            "Var 3:e vecka på måndag och torsdag, 10 gånger",
            "Every 3rd week on Monday and Thursday, 10 times",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;COUNT=1;BYDAY=MO",
            "Varannan vecka på måndag, 1 gång",
            "Every other week on Monday, 1 time",
        ),
        ("FREQ=WEEKLY;COUNT=5;BYDAY=MO,TU,WE,TH,FR", "Varje vardag, 5 gånger", "Every weekday, 5 times"),
        ("FREQ=DAILY;COUNT=5", "Varje dag, 5 gånger", "Every day, 5 times"),
        ("FREQ=DAILY;INTERVAL=2;COUNT=5", "Varannan dag, 5 gånger", "Every other day, 5 times"),
        ("FREQ=DAILY;INTERVAL=21;COUNT=5", "Var 21:a dag, 5 gånger", "Every 21st day, 5 times"),
        (
            "FREQ=MONTHLY;COUNT=12;BYDAY=-1FR",
            "Den sista fredagen i varje månad, 12 gånger",
            "The last Friday of every month, 12 times",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=2;COUNT=12;BYDAY=2TU",
            "Den andra tisdagen varannan månad, 12 gånger",
            "The second Tuesday of every other month, 12 times",
        ),
        (
            "FREQ=MONTHLY;COUNT=3;BYMONTHDAY=24",
            "Den 24:e i varje månad, 3 gånger",
            "The 24th of every month, 3 times",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=3;COUNT=3;BYMONTHDAY=-1",
            "Den sista dagen var 3:e månad, 3 gånger",
            "The last day of every 3rd month, 3 times",
        ),
        (
            "FREQ=MONTHLY;COUNT=3;BYMONTHDAY=1,15",
            "Upprepas efter en egen regel",
            "Repeats by a rule of its own",
        ),
    ],
)
def test_in_words(app: Flask, rule: str, swedish: str, english: str) -> None:
    for locale, words in (("sv_SE", swedish), ("en_GB", english)):
        with force_locale(locale):
            assert repeats(rule, TUESDAY, STOCKHOLM) == words


@pytest.mark.parametrize(
    ("rule", "dates", "swedish", "english"),
    [
        ("FREQ=WEEKLY;COUNT=10;BYDAY=TU", 9, "Varje tisdag, 9 tillfällen", "Every Tuesday, 9 dates"),
        ("FREQ=WEEKLY;COUNT=10;BYDAY=TU", 10, "Varje tisdag, 10 gånger", "Every Tuesday, 10 times"),
        (
            "FREQ=WEEKLY;UNTIL=20261215;BYDAY=TU",
            3,
            "Varje tisdag till och med 15 december 2026",
            "Every Tuesday until 15 December 2026",
        ),
    ],
)
def test_where_dates_were_left_out_it_says_how_many_there_are(
    app: Flask, rule: str, dates: int, swedish: str, english: str
) -> None:
    with app.test_request_context():
        for language, words in (("sv", swedish), ("en", english)):
            with force_locale(language):
                assert repeats(rule, TUESDAY, STOCKHOLM, dates) == words
