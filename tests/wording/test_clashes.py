"""What is in the way, as what it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from app.domain.errors import BookingInTheWay, Clash, Refusal, Refused, Taken
from app.domain.interval import Interval
from app.wording import say, say_all, say_clash
from app.wording.clashes import are_alike, in_the_way, when_in_the_way

STOCKHOLM = "Europe/Stockholm"
NINE = datetime(2027, 1, 12, 8, 0, tzinfo=UTC)  # next year, by the tests' clock
HOUR = timedelta(hours=1)
QUARTER = HOUR / 4
USE = Interval(NINE, NINE + HOUR)
BOOKED = Clash(
    "tallen",
    "Tallen",
    NINE,
    NINE + HOUR,
    wanted=USE,
    blocks=Interval(NINE - QUARTER, NINE + HOUR + QUARTER),
)
BEFORE = replace(BOOKED, wanted=Interval(NINE - HOUR, NINE))
AFTER = replace(BOOKED, wanted=Interval(NINE + HOUR, NINE + 2 * HOUR))


def bare(clash: Clash) -> Clash:
    """Without buffers of its own: then it is the wish's that reach it."""
    return replace(clash, blocks=Interval(clash.start, clash.end))


@pytest.mark.parametrize(
    ("clash", "swedish", "english"),
    [
        (BOOKED, "Tallen: upptaget 09:00–10:00", "Tallen is taken 09:00–10:00"),
        (
            replace(BOOKED, yours=True),
            "Tallen: du har själv bokat 09:00–10:00",
            "Tallen: you have it yourself 09:00–10:00",
        ),
        (
            replace(BOOKED, yours=True, requested=True),
            "Tallen: du har själv bett om det 09:00–10:00, värden har inte svarat än",
            "Tallen: you have asked for it yourself 09:00–10:00, the host has not decided",
        ),
        (
            AFTER,
            "Tallen: hålls fritt 10:00–10:15 efter en annan bokning",
            "Tallen is kept free 10:00–10:15 after another booking",
        ),
        (
            replace(AFTER, yours=True),
            "Tallen: hålls fritt 10:00–10:15 efter din egen bokning",
            "Tallen is kept free 10:00–10:15 after your own booking",
        ),
        (
            BEFORE,
            "Tallen: hålls fritt 08:45–09:00 före en annan bokning",
            "Tallen is kept free 08:45–09:00 before another booking",
        ),
        (
            replace(BEFORE, yours=True),
            "Tallen: hålls fritt 08:45–09:00 före din egen bokning",
            "Tallen is kept free 08:45–09:00 before your own booking",
        ),
    ],
)
def test_each_is_told_as_what_it_is(app: Flask, clash: Clash, swedish: str, english: str) -> None:
    for locale, expected in (("sv_SE", swedish), ("en_GB", english)):
        with force_locale(locale):
            assert in_the_way(clash, STOCKHOLM) == expected


def test_a_wish_that_needs_time_around_it_is_told_so(app: Flask) -> None:
    with force_locale("en_GB"):
        assert in_the_way(bare(BEFORE), STOCKHOLM).startswith("Tallen: no time to clear away before")
        assert in_the_way(bare(AFTER), STOCKHOLM).startswith("Tallen: no time to set up after")
        asked = replace(BOOKED, requested=True)
        assert in_the_way(asked, STOCKHOLM) == "Tallen is asked for 09:00–10:00, the host has not decided"
        elsewhere = replace(BOOKED, calendar="Outlook")
        assert "in the calendar “Outlook”" in in_the_way(elsewhere, STOCKHOLM)


def test_whose_the_time_is_one_sentence_for_each(app: Flask) -> None:
    granen = replace(BOOKED, resource="granen", resource_name="Granen")
    found = (BOOKED, replace(granen, yours=True), replace(AFTER, resource_name="Eken"), BOOKED)
    with force_locale("en_GB"):
        assert say(Taken(found)) == (
            "Tallen: somebody else has that time. Granen: you have that time yourself."
            " Eken: there has to be time between this and another booking."
        )
        assert say(Taken((replace(BOOKED, requested=True),))) == (
            "Tallen: somebody has asked for that time, and the host has not decided."
        )
        refused = Refused(Refusal("title_missing", "title"), clashes=(BOOKED,))
        assert say_all(refused) == ["Give the booking a title.", "Tallen: somebody else has that time."]
    with force_locale("sv_SE"):
        assert say(Taken((replace(BOOKED, yours=True),))) == "Tallen: du har själv den tiden."


def test_a_mail_tells_the_day_with_its_year_and_no_title_but_ones_own(app: Flask) -> None:
    known = replace(BOOKED, booking=BookingInTheWay(1, 2, "Styrgrupp"))
    with force_locale("en_GB"):
        assert say_clash(known, STOCKHOLM) == "Tuesday 12 January 2027: Tallen is taken 09:00–10:00."
        own = say_clash(replace(known, yours=True), STOCKHOLM)
        assert own == "Tuesday 12 January 2027: Tallen: you have it yourself 09:00–10:00 (“Styrgrupp”)."
    with force_locale("sv_SE"):
        own = say_clash(replace(known, yours=True), STOCKHOLM)
        assert own == "Tisdag 12 januari 2027: Tallen: du har själv bokat 09:00–10:00 (”Styrgrupp”)."


@pytest.mark.parametrize(
    ("clash", "told", "named"),
    [
        (BOOKED, "09:00–10:00", "Tallen 09:00–10:00"),
        (replace(BOOKED, calendar="Outlook"), "09:00–10:00", "Tallen 09:00–10:00"),
        (AFTER, "Tallen is kept free 10:00–10:15 after another booking", None),
    ],
)
def test_below_whose_it_is_stands_when_alone(app: Flask, clash: Clash, told: str, named: str | None) -> None:
    with force_locale("en_GB"):
        assert when_in_the_way(clash, STOCKHOLM, named=False) == told
        assert when_in_the_way(clash, STOCKHOLM, named=True) == (named or told)


def test_those_of_one_sentence_are_alike() -> None:
    later = replace(BOOKED, resource="granen", start=NINE + HOUR / 2, end=NINE + 2 * HOUR)
    assert are_alike((BOOKED,))
    assert are_alike((BOOKED, later))
    asked = replace(BOOKED, yours=True, requested=True)
    assert not are_alike((asked, replace(later, yours=True)))
    for other in (replace(later, yours=True), replace(BOOKED, calendar="Outlook"), AFTER):
        assert not are_alike((BOOKED, other))
    assert not are_alike(())
