"""What recurs: kept as single bookings, each made for its own day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.demo.rhythm import QUIET, season

MON, TUE, WED, THU, FRI = range(5)
MEMBERS_PARTY = "granit-son"
MEMBERS_FIRST_DAY = date(2025, 1, 1)


@dataclass(frozen=True, slots=True)
class Standing:
    """Every `weeks` ISO weeks on a weekday, at a local minute of the day, in all the places at once.

    Without a `party` whoever comes by the shares; without a `title` a new one each time.
    """

    places: tuple[str, ...]
    weekday: int
    at: int
    minutes: int
    activity: str
    title: str = ""
    party: str = ""
    weeks: int = 1
    since: date = date.min
    in_quiet_weeks: bool = False

    def is_on(self, day: date) -> bool:
        return (
            day.weekday() == self.weekday
            and day >= self.since
            and day.isocalendar().week % self.weeks == 0
            and (self.in_quiet_weeks or season(day) >= QUIET)
        )


def standing_on(day: date) -> Iterator[Standing]:
    """Those of the day, the rare ones first: they get the time if two want it."""
    return (each for each in _ALL if each.is_on(day))


def _clock(hour: int, minute: int = 0) -> int:
    return hour * 60 + minute


def _members(place: str, weekday: int, at: int, minutes: int, activity: str, title: str) -> Standing:
    return Standing(
        (place,),
        weekday,
        at,
        minutes,
        activity,
        title,
        MEMBERS_PARTY,
        since=MEMBERS_FIRST_DAY,
        in_quiet_weeks=True,
    )


_ALL = (
    Standing(("storstugan", "linden"), THU, _clock(9), 390, "event", weeks=6),
    Standing(
        ("ronnen",), FRI, _clock(9), 180, "internal", "Styrelsemöte", "foretagarna-vasterbotten", weeks=4
    ),
    Standing(("storstugan",), THU, _clock(13), 180, "seminar", weeks=2),
    Standing(("storstugan",), WED, _clock(8), 90, "breakfast-meeting", weeks=3),
    Standing(("linden",), TUE, _clock(8), 90, "breakfast-meeting"),
    Standing(("linden",), THU, _clock(8), 90, "breakfast-meeting", weeks=2),
    Standing(("ronnen",), FRI, _clock(8), 90, "breakfast-meeting", weeks=2),
    Standing(("asken",), WED, _clock(8), 90, "breakfast-meeting"),
    Standing(("granen",), MON, _clock(9), 60, "internal", "Veckomöte", "region-vasterbotten"),
    Standing(("asken",), MON, _clock(13), 60, "internal", "Samordning Stockholm", "umea-kommun", weeks=2),
    Standing(
        ("videorum-1", "videostudion"),
        WED,
        _clock(10),
        60,
        "video-conference",
        "Avstämning Stockholm–Umeå",
        "region-vasterbotten",
    ),
    Standing(
        ("asken", "videorum-2"),
        TUE,
        _clock(13),
        90,
        "video-conference",
        "Näringslivsgruppen på länk",
        "skelleftea-kommun",
        weeks=2,
    ),
    *(
        Standing(("bjorken",), THU, _clock(hour), 60, "advice", "Rådgivning på plats")
        for hour in (13, 14, 15)
    ),
    Standing(("bryggan",), TUE, _clock(8), 90, "breakfast-meeting", weeks=2),
    Standing(("holmen",), MON, _clock(9), 90, "internal", "Veckomöte", "umea-kommun"),
    _members("tallen", TUE, _clock(13), 90, "external-meeting", "Möte med referensgruppen"),
    _members("bjorken", FRI, _clock(10), 60, "external-meeting", "Säljmöte"),
    _members("skrivbord-b", WED, _clock(8), 240, "desk-work", "Arbete mellan möten"),
)
