"""Files of rooms from other programs: what holds the room, what does not, what cannot be read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.entries import MOST_BYTES, Entry, FileError, Found, read_apart, read_entries

FILES = Path(__file__).parents[1] / "data" / "calendars"
HERE = ZoneInfo("Europe/Stockholm")
SINCE = datetime(2026, 1, 1, tzinfo=HERE)
UNTIL = datetime(2028, 1, 1, tzinfo=HERE)


def calendar(*events: str, before: str = "") -> bytes:
    """A file of these events: their lines without BEGIN and END."""
    parts = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{before}{parts}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def found_in(ics: bytes, most: int = 1000) -> Found:
    return read_entries(ics, timezone="Europe/Stockholm", since=SINCE, until=UNTIL, most=most)


def local(entry: Entry) -> tuple[str, str]:
    return f"{entry.start.astimezone(HERE):%Y-%m-%d %H:%M}", f"{entry.end.astimezone(HERE):%Y-%m-%d %H:%M}"


def starts(found: Found) -> list[str]:
    return [local(each)[0] for each in found.entries]


def one(*events: str, before: str = "") -> Entry:
    (entry,) = found_in(calendar(*events, before=before)).entries
    return entry


def why(*events: str, before: str = "") -> tuple[str, str]:
    (each,) = found_in(calendar(*events, before=before)).unreadable
    return each.code, each.detail


def test_outlook() -> None:
    found = found_in((FILES / "outlook.ics").read_bytes())
    by_title = {each.title: each for each in found.entries}
    series = [each for each in found.entries if "series" in each.notes]
    assert len(series) == 60 - 2 - 1  # two dates left out, one moved
    assert {f"{each.start.astimezone(HERE):%H:%M}" for each in series} == {"09:00"}  # summer and winter
    assert {each.title for each in series} == {"Veckomöte, projektet"}
    assert {each.organiser for each in series} == {"anna@example.org"}
    moved = by_title["Veckomöte, projektet (flyttat)"]
    assert (*local(moved), moved.original) == ("2026-09-15 13:30", "2026-09-15 15:00", "20260914T070000Z")
    assert moved.notes == ("moved",)
    assert by_title[""].notes == ("private",)
    assert local(by_title["Ombyggnad"]) == ("2026-09-17 00:00", "2026-09-19 00:00")
    assert by_title["Kanske kundbesök"].notes == ("tentative",)
    assert [(each.title, each.code) for each in found.skipped] == [("Kanelbullens dag", "free")]
    assert found.unreadable == ()


def test_google() -> None:
    found = found_in((FILES / "google.ics").read_bytes())
    every_other = [each for each in found.entries if each.title == "Avstämning"]
    assert starts(Found(tuple(every_other)))[:4] == [
        "2026-09-03 13:00",
        "2026-10-02 13:00",  # moved from the day before; the 17th of September is left out
        "2026-10-29 13:00",  # the 15th is cancelled, and winter has come
        "2026-11-12 13:00",
    ]
    assert found.after == 0
    assert every_other[-1].start < UNTIL  # it has no end of its own
    floating = next(each for each in found.entries if each.notes == ("floating",))
    assert local(floating) == ("2026-09-09 08:00", "2026-09-09 09:00")
    assert found.entries[1].title == "Frukostmöte ☕ – regionen"
    assert [(each.uid, each.code) for each in found.unreadable] == [
        ("backwards1@google.com", "end_before_start")
    ]
    assert [(each.code, each.line) for each in found.skipped] == [("cancelled", 64)]


def test_exchange() -> None:
    found = found_in((FILES / "exchange.ics").read_bytes())
    board = [local(each) for each in found.entries if each.title == "Styrelsemöte"]
    assert board[0] == ("2026-01-13 09:00", "2026-01-13 12:00")
    assert board[-1] == ("2027-03-09 09:00", "2027-03-09 12:00")
    assert len(board) == 15
    own = next(each for each in found.entries if each.notes == ("own_zone",))
    assert local(own)[0] == "2026-09-22 09:00"  # an hour west of the zone that the file describes
    assert [(each.code, each.detail) for each in found.unreadable] == [
        ("unknown_zone", "Nowhere Standard Time")
    ]
    assert [each.title for each in found.skipped] == ["Lunch"]


def test_other_character_sets() -> None:
    ics = (FILES / "windows-1252.ics").read_bytes()
    found = found_in(ics)
    assert (found.entries[0].title, found.notes) == ("Räksmörgås", ("charset",))
    again = found_in(ics.decode("cp1252").encode("utf-16"))
    assert again.entries == found.entries
    assert found_in(b"\xef\xbb\xbf" + ics.decode("cp1252").encode()).notes == ()


def test_a_whole_day_is_as_long_as_the_clock_makes_it() -> None:
    days = [one(f"UID:a\nDTSTART;VALUE=DATE:{day}") for day in ("20260329", "20260330", "20261025")]
    assert [(each.end - each.start) / timedelta(hours=1) for each in days] == [23, 24, 25]
    assert all(each.notes == ("all_day",) for each in days)
    last_day_meant = one("UID:a\nDTSTART;VALUE=DATE:20260901\nDTEND;VALUE=DATE:20260901")
    assert local(last_day_meant) == ("2026-09-01 00:00", "2026-09-02 00:00")


def test_a_series_keeps_its_wall_clock_and_its_length() -> None:
    found = found_in(
        calendar(
            "UID:a\nDTSTART;TZID=Europe/Stockholm:20270327T023000\nDTEND;TZID=Europe/Stockholm:20270327T033000\n"
            "RRULE:FREQ=DAILY;COUNT=3"
        )
    )
    assert [local(each) for each in found.entries] == [
        ("2027-03-27 02:30", "2027-03-27 03:30"),
        ("2027-03-28 03:30", "2027-03-28 04:30"),  # there is no 02:30 that night
        ("2027-03-29 02:30", "2027-03-29 03:30"),
    ]
    autumn = "UID:b\nDTSTART;TZID=Europe/Stockholm:20271031T023000\nDURATION:PT1H"
    assert one(autumn).start == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)  # the first of two


@pytest.mark.parametrize(
    ("rule", "dates"),
    [
        ("FREQ=WEEKLY;COUNT=2", ["2026-09-01 10:00", "2026-09-08 10:00"]),
        ("FREQ=WEEKLY;UNTIL=20260908T080000Z", ["2026-09-01 10:00", "2026-09-08 10:00"]),
        ("FREQ=WEEKLY;UNTIL=20260908", ["2026-09-01 10:00", "2026-09-08 10:00"]),
        ("FREQ=WEEKLY;UNTIL=20260908T095959", ["2026-09-01 10:00"]),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1;COUNT=2", ["2026-09-01 10:00", "2026-09-28 10:00"]),
        ("FREQ=YEARLY;COUNT=2", ["2026-09-01 10:00", "2027-09-01 10:00"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", ["2026-09-01 10:00"]),
    ],
)
def test_rules(rule: str, dates: list[str]) -> None:
    event = f"UID:a\nDTSTART;TZID=Europe/Stockholm:20260901T100000\nDURATION:PT1H\nRRULE:{rule}"
    assert starts(found_in(calendar(event))) == dates


def test_dates_added_and_left_out() -> None:
    event = (
        "UID:a\nDTSTART;TZID=Europe/Stockholm:20260901T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\n"
        "RDATE;TZID=Europe/Stockholm:20260910T100000\nEXDATE:20260902T080000Z\nEXDATE;VALUE=DATE:20260903"
    )
    assert starts(found_in(calendar(event))) == ["2026-09-01 10:00", "2026-09-10 10:00"]


def test_an_endless_series_ends_with_the_window_however_old_it_is() -> None:
    event = "UID:a\nDTSTART;TZID=Europe/Stockholm:20000104T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=TU"
    found = found_in(calendar(event))
    assert (starts(found)[0], starts(found)[-1]) == ("2026-01-06 10:00", "2027-12-28 10:00")
    assert found.before > 1300
    with pytest.raises(FileError, match="too_many_dates"):
        found_in(calendar(event), most=50)


def test_of_two_versions_the_newer_one_counts() -> None:
    old = "UID:a\nSEQUENCE:1\nDTSTAMP:20260301T000000Z\nDTSTART:20260901T080000Z\nDURATION:PT1H\nSUMMARY:Old"
    new = "UID:a\nSEQUENCE:2\nDTSTAMP:20260201T000000Z\nDTSTART:20260902T080000Z\nDURATION:PT1H\nSUMMARY:New"
    for pair in ((old, new), (new, old)):
        found = found_in(calendar(*pair))
        assert [each.title for each in found.entries] == ["New"]
        assert [(each.title, each.code) for each in found.skipped] == [("Old", "superseded")]


def test_a_cancelled_series_takes_its_moved_dates_along() -> None:
    master = "UID:a\nDTSTART:20260901T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nSTATUS:CANCELLED"
    moved = "UID:a\nRECURRENCE-ID:20260902T080000Z\nDTSTART:20260902T100000Z\nDURATION:PT1H"
    found = found_in(calendar(master, moved))
    assert found.entries == ()
    assert [each.code for each in found.skipped] == ["cancelled", "cancelled"]
    assert (
        found_in(calendar("UID:b\nDTSTART:20260901T080000Z\nDURATION:PT1H", before="METHOD:CANCEL\n")).entries
        == ()
    )


def test_a_date_whose_change_cannot_be_read_does_not_stay_where_it_was() -> None:
    master = "UID:a\nDTSTART:20260901T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2"
    broken = "UID:a\nRECURRENCE-ID:20260902T080000Z\nDTSTART:tomorrow\nDURATION:PT1H"
    found = found_in(calendar(master, broken))
    assert starts(found) == ["2026-09-01 10:00"]
    assert [each.code for each in found.unreadable] == ["bad_time"]


@pytest.mark.parametrize(
    ("event", "code", "detail"),
    [
        ("UID:a\nSUMMARY:Nothing", "no_start", ""),
        ("UID:a\nDTSTART:20261301T080000Z\nDURATION:PT1H", "bad_time", "20261301T080000Z"),
        ("UID:a\nDTSTART:20260901T080000Z\nDURATION:-PT1H", "bad_time", "-PT1H"),
        ("UID:a\nDTSTART:02260901T080000Z\nDURATION:PT1H", "year_out_of_range", "02260901T080000Z"),
        ("UID:a\nDTSTART:20260901T080000Z\nDTEND:20260901T070000Z", "end_before_start", ""),
        ("UID:a\nDTSTART:20260901T080000Z\nDTEND:20280901T070000Z", "too_long", ""),
        ("UID:a\nDTSTART;TZID=Nowhere:20260901T080000\nDURATION:PT1H", "unknown_zone", "Nowhere"),
        ("UID:a\nDTSTART:20260901T080000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY", "bad_rule", "FREQ=HOURLY"),
        (
            "UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260901T080000Z\nDTSTART:20260901T080000Z",
            "this_and_future",
            "",
        ),
        ("UID:a\nDTSTART:20260901T080000Z\nEXDATE:" + "20260901T080000Z," * 600, "line_too_long", ""),
    ],
)
def test_what_cannot_be_read_is_said(event: str, code: str, detail: str) -> None:
    assert why(event) == (code, detail)


def test_it_is_said_where() -> None:
    ics = calendar("UID:good\nDTSTART:20260901T080000Z\nDURATION:PT1H", "UID:bad@example\nSUMMARY:Sad")
    found = found_in(ics)
    (each,) = found.unreadable
    assert (each.line, each.uid, each.title) == (8, "bad@example", "Sad")
    assert ics.split(b"\r\n")[each.line - 1] == b"BEGIN:VEVENT"
    assert len(found.entries) == 1  # one bad entry keeps no other out


def test_a_file_that_ends_too_early_says_so() -> None:
    good = "UID:good\nDTSTART:20260901T080000Z\nDURATION:PT1H"
    whole = calendar(good, good.replace("good", "other"))
    assert found_in(whole).notes == ()
    in_an_event = found_in(whole[: whole.rindex(b"DURATION")])
    assert (in_an_event.notes, [each.code for each in in_an_event.unreadable]) == (("cut_off",), ["cut_off"])
    assert [each.uid for each in in_an_event.entries] == ["good"]  # half an event may lack what cancels it
    between = found_in(whole[: whole.rindex(b"END:VCALENDAR")])
    assert (between.notes, between.unreadable, len(between.entries)) == (("cut_off",), (), 2)
    in_a_zone = found_in(b"BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:Mine\r\n")
    assert in_a_zone.notes == ("cut_off",)


def test_texts_become_titles() -> None:
    long = one("UID:a\nDTSTART:20260901T080000Z\nDURATION:PT1H\nSUMMARY:" + "Å" * 400)
    assert (len(long.title), long.notes) == (300, ("cut",))
    plain = one("UID:a\nDTSTART:20260901T080000Z\nDURATION:PT1H\nSUMMARY:One\\, two\\; three\\nfo\n ur\\\\")
    assert plain.title == "One, two; three four\\"
    folded = one('UID:a\nDTSTART;TZID="(UTC+01:00) Rome":20260901T080000\nDURATION:PT1H', before=OWN_ZONE)
    unquoted = one("UID:a\nDTSTART;TZID=(UTC+01:00) Rome:20260901T080000\nDURATION:PT1H", before=OWN_ZONE)
    assert folded.start == unquoted.start == datetime(2026, 9, 1, 5, tzinfo=UTC)


OWN_ZONE = (
    "BEGIN:VTIMEZONE\nTZID:(UTC+01:00) Rome\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0300\n"
    "TZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\n"
)


def test_without_a_uid_the_same_event_is_the_same() -> None:
    event = "DTSTART:20260901T080000Z\nDURATION:PT1H\nSUMMARY:A"
    assert one(event).uid == one(event).uid != one(event + "B").uid
    assert one(event).uid.startswith("no-uid-")


def test_found_survives_json() -> None:
    for file in FILES.glob("*.ics"):
        found = found_in(file.read_bytes())
        assert Found.of_json(found.to_json()) == found


EVENT = "UID:a{n}\nDTSTART;TZID=Europe/Stockholm:19900101T100000\nDURATION:PT1H\nSUMMARY:A"
BOMBS = {
    "days": calendar(*(f"{EVENT}\nRRULE:FREQ=DAILY".format(n=n) for n in range(4000))),
    "never": calendar(
        *(f"{EVENT}\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30".format(n=n) for n in range(900))
    ),
    "seconds": calendar(f"{EVENT}\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"),
    "zone": calendar(
        "UID:a\nDTSTART;TZID=Mine:20260901T100000\nDURATION:PT1H",
        before=OWN_ZONE.replace("(UTC+01:00) Rome", "Mine").replace(
            "TZOFFSETTO", "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\nTZOFFSETTO"
        ),
    ),
    "nested": b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 120_000,
    "nested in an event": b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + b"BEGIN:X\n" * 120_000,
    "events in events": b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 76_000,
    "properties": calendar(EVENT + "\nX-A:b" * 100_000),
    "titles": calendar(EVENT + "\nSUMMARY:b" * 80_000),
    "one line": calendar(EVENT + "\nSUMMARY:" + "b" * 900_000),
    "one folded line": calendar(EVENT + "\nRRULE:" + "\n b" * 200_000),
    "quotes": calendar(EVENT + '\nDTEND;A="' + '";A="' * 1500),
    "nul": b"BEGIN:VCALENDAR\n" + b"\0" * 900_000,
    "nul in names": calendar(EVENT).replace(b"DT", b"D\0T"),
    "noise": bytes(range(256)) * 3900,
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_harm_nobody(name: str) -> None:
    """Read, or refused with a code, in little more than the two seconds it has."""
    begun = datetime.now(UTC)
    assert len(BOMBS[name]) <= MOST_BYTES
    try:
        found = read_apart(BOMBS[name], timezone="Europe/Stockholm", since=SINCE, until=UNTIL, most=1000)
        refused = ""
    except FileError as error:
        found, refused = Found(()), error.code
    assert refused in ("", "too_slow", "no_calendar", "too_many_dates")
    assert len(found.entries) <= 1
    assert len(found.unreadable) <= 300
    assert datetime.now(UTC) - begun < timedelta(seconds=7)


def test_a_file_that_is_too_large_is_not_looked_at() -> None:
    with pytest.raises(FileError, match="too_large"):
        read_apart(b"x" * (MOST_BYTES + 1), timezone="Europe/Stockholm", since=SINCE, until=UNTIL, most=9)


def test_the_process_apart_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, str] = {}

    def run(*_args: object, env: dict[str, str], **_more: object) -> None:
        given.update(env)
        raise FileError("broken")

    monkeypatch.setenv("SECRET_KEY", "canary")
    monkeypatch.setattr("calendars.entries.apart.subprocess.run", run)
    with pytest.raises(FileError):
        read_apart(b"", timezone="Europe/Stockholm", since=SINCE, until=UNTIL, most=9)
    assert "canary" not in given.values()
    assert set(given) == {"PYTHONPATH", "PATH", "PYTHONUTF8"}


LINES = st.one_of(
    st.sampled_from(
        [
            *(
                "BEGIN:VEVENT",
                "END:VEVENT",
                "BEGIN:VCALENDAR",
                "END:VCALENDAR",
                "BEGIN:VTIMEZONE",
                "END:VTIMEZONE",
            ),
            *("BEGIN:STANDARD", "END:STANDARD", "TZID:Mine", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"),
            *("UID:a", "UID:b", "DTSTART:20260901T080000Z", "DTSTART;TZID=Mine:20260901T080000"),
            *("DTSTART;VALUE=DATE:20261025", "DTEND:20260901T090000Z", "DURATION:PT1H", "DURATION:P9999W"),
            *(
                "RRULE:FREQ=WEEKLY;COUNT=3",
                "RRULE:FREQ=MONTHLY;BYDAY=5MO",
                "RRULE:FREQ=YEARLY;UNTIL=99991231",
            ),
            *(
                "EXDATE:20260908T080000Z",
                "RDATE:20260910T080000Z",
                "RDATE;VALUE=PERIOD:1/2",
                "STATUS:CANCELLED",
            ),
            *(
                "RECURRENCE-ID:20260908T080000Z",
                "SEQUENCE:99999999999",
                "ORGANIZER:mailto:a@b.example",
                " folded",
            ),
        ]
    ),
    st.text(max_size=30),
    st.builds(
        lambda name, value: f"{name}{value}",
        st.sampled_from(
            ["DTSTART:", "DTEND;TZID=", "RRULE:FREQ=WEEKLY;", "EXDATE;", "TZOFFSETTO:", "DURATION:"]
        ),
        st.text(st.sampled_from('0123456789TZPDHW=;:,-+"BYAUNIL'), max_size=20),
    ),
)


@settings(max_examples=300)
@given(st.lists(LINES, max_size=40), st.sampled_from(["utf-8", "cp1252", "utf-16"]))
def test_whatever_it_says_it_is_read_or_refused(lines: list[str], charset: str) -> None:
    text = "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"])
    ics = text.encode(charset, "replace")
    try:
        found = found_in(ics)
    except FileError:
        return
    for each in found.entries:
        assert each.start < each.end
        assert each.end > SINCE
        assert each.start < UNTIL
        assert len(each.title) <= 300
        assert not any(ord(character) < 32 or character in "\x7f\x85\u2028\u2029" for character in each.title)
    assert Found.of_json(found.to_json()) == found
    assert len({(each.uid, each.original, each.line) for each in found.entries}) == len(found.entries)
