"""Every class of defect is caught in a sample that has it, and a sound file has none."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from calendars.feed import write_download
from calendars.lint import CODES, Defect, examine, gather, lint, lint_change
from calendars.lint.defect import ADVICE
from calendars.lint.http import Answer, check_again, check_answer, check_same, if_unchanged
from tests.calendars.samples import at, event, feed

SERIES = replace(
    event("2026-10-12T10:00", recurrence="FREQ=WEEKLY;COUNT=4"),
    exdates=(at("2026-10-19T10:00"),),
    overrides=(event("2026-10-27T15:00", original_start=at("2026-10-26T10:00")),),
)
SOUND = feed(event(uid="2@office.example", description="åäö"), SERIES)
FIRST = feed(event())
MESSAGE = (
    write_download(event())
    .replace(b"VERSION:2.0\r\n", b"VERSION:2.0\r\nMETHOD:REQUEST\r\n")
    .replace(
        b"SUMMARY:",
        b"ORGANIZER;CN=Anna:mailto:anna@example.org\r\nATTENDEE;CN=Bo:mailto:bo@example.org\r\nSUMMARY:",
    )
)


def swap(old: bytes, new: bytes, ics: bytes = SOUND, count: int = 1) -> bytes:
    assert old in ics
    return ics.replace(old, new, count)


def without(start: bytes, ics: bytes = SOUND) -> bytes:
    """Without the first line that begins so."""
    before, _, after = ics.partition(b"\r\n" + start)
    assert after
    return before + after[after.index(b"\r\n") :]


def add(line: bytes, ics: bytes = FIRST) -> bytes:
    """With one more line in the first event."""
    return swap(b"SUMMARY:", line + b"\r\nSUMMARY:", ics)


STANDARD = b"DTSTART:19701025T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"
ZONE = FIRST[FIRST.index(b"BEGIN:VTIMEZONE") : FIRST.index(b"BEGIN:VEVENT")]

BROKEN: list[tuple[str, bytes, dict[str, Any]]] = [
    # bytes
    ("bom", b"\xef\xbb\xbf" + SOUND, {}),
    ("bare-newline", swap(b"VERSION:2.0\r\n", b"VERSION:2.0\n"), {}),
    ("bare-newline", swap(b"VERSION:2.0\r\n", b"VERSION:2.0\r"), {}),
    ("no-final-newline", SOUND.removesuffix(b"\r\n"), {}),
    ("empty-line", swap(b"BEGIN:VEVENT", b"\r\nBEGIN:VEVENT"), {}),
    ("long-line", add(b"COMMENT:" + b"x" * 68), {}),
    ("split-character", swap("å".encode(), b"\xc3\r\n \xa5"), {}),
    ("not-utf8", swap("å".encode(), b"\xe5"), {}),
    ("control-character", add(b"COMMENT:a\x07b"), {}),
    ("control-character", add("COMMENT:a\x85b".encode()), {}),
    ("malformed-line", add(b"no property"), {}),
    ("unquoted-parameter", add(b"ATTENDEE;CN=Berg, Anna:mailto:anna@example.org"), {}),
    ("unquoted-parameter", add(b"ATTENDEE;CN=Berg; Anna:mailto:anna@example.org"), {}),
    ("unescaped-text", add(b"COMMENT:a;b"), {}),
    ("unescaped-text", add(b"COMMENT:a\\qb"), {}),
    ("unescaped-text", add(b"CATEGORIES:a;b"), {}),
    # calendar
    ("structure", without(b"END:VEVENT"), {}),
    ("structure", SOUND + b"END:VCALENDAR\r\n", {}),
    ("structure", b"BEGIN:VEVENT\r\n" * 50, {}),
    ("calendar-count", SOUND + SOUND, {}),
    ("calendar-count", b"", {}),
    ("calendar-count", SOUND + b"X-STRAY:1\r\n", {}),
    ("empty-calendar", b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n", {}),
    ("version", swap(b"VERSION:2.0", b"VERSION:1.0"), {}),
    ("prodid", without(b"PRODID"), {}),
    ("repeated-property", add(b"DTSTAMP:20260201T080000Z"), {}),
    ("repeated-property", swap(b"VERSION:2.0\r\n", b"VERSION:2.0\r\nPRODID:x\r\n"), {}),
    ("calendar-name", without(b"NAME"), {}),
    ("calendar-name", without(b"X-WR-CALNAME"), {}),
    ("name-in-download", FIRST, {"kind": "download"}),
    ("refresh", swap(b"REFRESH-INTERVAL;VALUE=DURATION", b"REFRESH-INTERVAL"), {}),
    ("refresh", without(b"X-PUBLISHED-TTL"), {}),
    ("refresh", swap(b"DURATION:PT1H", b"DURATION:1 hour"), {}),
    ("calendar-uid", swap(b"uid:feed-1@office.example\r\n", b""), {}),
    ("calendar-last-modified", without(b"LAST-MODIFIED"), {}),
    ("method-in-feed", swap(b"VERSION:2.0\r\n", b"VERSION:2.0\r\nMETHOD:PUBLISH\r\n"), {}),
    # zones
    ("zone-missing", swap(ZONE, b""), {}),
    ("zone-unused", swap(b"TZID:Europe/Stockholm", b"TZID:Europe/Paris"), {}),
    ("zone-duplicate", swap(ZONE, ZONE + ZONE), {}),
    ("zone-name", FIRST.replace(b"Europe/Stockholm", b"Our own"), {}),
    ("zone-broken", swap(b"TZOFFSETTO:+0100\r\n", b""), {}),
    ("zone-broken", swap(b"TZOFFSETTO:+0100\r\n", b"TZOFFSETTO:one\r\n"), {}),
    ("zone-rule", swap(STANDARD, b"DTSTART:19701025T030000\r\nRDATE:20261025T030000\r\n"), {}),
    ("zone-rule", swap(b"BYMONTH=10;BYDAY=-1SU", b"BYMONTH=10;BYMONTHDAY=25"), {}),
    ("zone-seconds", swap(b"TZOFFSETFROM:+0200", b"TZOFFSETFROM:+020018"), {}),
    ("zone-offset", swap(b"TZOFFSETTO:+0100", b"TZOFFSETTO:+0000"), {}),
    ("zone-offset", swap(b"BYMONTH=10;BYDAY=-1SU", b"BYMONTH=10;BYDAY=4SU"), {}),
    ("zone-offset", swap(b"DTSTART:19700329T020000", b"DTSTART:19700329T030000"), {}),
    # events
    ("event-uid", swap(b"UID:1@office.example\r\n", b"", FIRST), {}),
    ("event-duplicate", SOUND.replace(b"UID:2@", b"UID:1@"), {}),
    ("event-stamp", without(b"DTSTAMP"), {}),
    ("event-stamp", swap(b"DTSTAMP:20260201T080000Z", b"DTSTAMP:20260201T080000"), {}),
    ("event-sequence", without(b"SEQUENCE"), {}),
    ("event-start", without(b"DTSTART;", FIRST), {}),
    ("event-no-end", without(b"DTEND", FIRST), {}),
    ("event-end", add(b"DURATION:PT1H"), {}),
    ("event-end", swap(b"T100000", b"T090000", FIRST), {}),
    ("bad-time", swap(b"20260907T100000", b"20260931T100000", FIRST), {}),
    ("bad-time", swap(b"20260907T100000", b"20260907T100000Z", FIRST), {}),
    ("bad-time", swap(b"20260907T100000", b"20260907", FIRST), {}),
    ("time-types", swap(b"DTEND;TZID=Europe/Stockholm:20260907T1", b"DTEND:20260907T1", FIRST), {}),
    (
        "time-types",
        swap(b"DTEND;TZID=Europe/Stockholm:20260907T100000", b"DTEND;VALUE=DATE:20260908", FIRST),
        {},
    ),
    ("floating-time", swap(b"DTSTART;TZID=Europe/Stockholm", b"DTSTART", FIRST), {}),
    (
        "unsure-time",
        FIRST.replace(b":20260907T09", b":20261025T02").replace(b":20260907T", b":20261025T"),
        {},
    ),
    (
        "unsure-time",
        FIRST.replace(b":20260907T09", b":20260329T02").replace(b":20260907T", b":20260329T"),
        {},
    ),
    ("event-status", swap(b"STATUS:CONFIRMED", b"STATUS:MAYBE"), {}),
    ("event-no-status", without(b"STATUS"), {}),
    (
        "event-end",
        FIRST.replace(
            b"DTSTART;TZID=Europe/Stockholm:20260907T090000", b"DTSTART;VALUE=DATE:20260907"
        ).replace(b"DTEND;TZID=Europe/Stockholm:20260907T100000", b"DTEND;VALUE=DATE:20260907"),
        {},
    ),
    ("cancelled-in-feed", swap(b"STATUS:CONFIRMED", b"STATUS:CANCELLED"), {}),
    ("busy-disagrees", swap(b"TRANSP:OPAQUE", b"TRANSP:TRANSPARENT"), {}),
    ("busy-disagrees", swap(b"BUSYSTATUS:BUSY", b"BUSYSTATUS:FREE"), {}),
    ("address", add(b"ORGANIZER:anna@example.org"), {}),
    ("address", add(b"ATTENDEE;CN=Foo: Bar:mailto:bar@example.org"), {}),
    ("conference", add(b"CONFERENCE;FEATURE=VIDEO:https://meet.example.org/x"), {}),
    ("conference", add(b"CONFERENCE;VALUE=URI;FEATURE=VIDEO:in the lobby"), {}),
    # recurrence
    ("rule-broken", swap(b"FREQ=WEEKLY", b"FREQ=FORTNIGHTLY"), {}),
    ("rule-broken", swap(b"FREQ=WEEKLY;COUNT=4", b"FREQ=WEEKLY;COUNT=4;BYSETPOS=" + b"1," * 600 + b"1"), {}),
    ("rule-unusual", swap(b"FREQ=WEEKLY;COUNT=4", b"FREQ=SECONDLY;COUNT=4"), {}),
    ("rule-unusual", swap(b"COUNT=4", b"BYHOUR=9,14;UNTIL=20261102T090000Z"), {}),
    ("rule-unusual", swap(b"COUNT=4", b"COUNT=1001"), {}),
    ("rule-endless", swap(b";COUNT=4", b""), {}),
    ("rule-end", swap(b";COUNT=4", b";COUNT=4;UNTIL=20261102T090000Z"), {}),
    ("rule-until", swap(b";COUNT=4", b";UNTIL=20261102T100000"), {}),
    ("rule-until", swap(b";COUNT=4", b";UNTIL=20261102"), {}),
    ("rule-start", swap(b";COUNT=4", b";COUNT=4;BYDAY=TU"), {}),
    ("rule-outlook", swap(b"FREQ=WEEKLY;COUNT=4", b"FREQ=DAILY;COUNT=22;BYDAY=MO"), {}),
    ("rule-rdate", add(b"RDATE:20261201T090000Z"), {}),
    ("exdate-form", swap(b"EXDATE;TZID=Europe/Stockholm:20261019T100000", b"EXDATE:20261019T080000Z"), {}),
    ("exdate-miss", swap(b"20261019T100000", b"20261020T100000"), {}),
    (
        "recurrence-id-form",
        swap(b"RECURRENCE-ID;TZID=Europe/Stockholm:20261026T100000", b"RECURRENCE-ID:20261026T090000Z"),
        {},
    ),
    ("recurrence-id-miss", swap(b"20261026T100000", b"20261027T100000"), {}),
    ("override-orphan", swap(b"UID:1@office.example\r\nRECURRENCE-ID", b"UID:9@x\r\nRECURRENCE-ID"), {}),
    ("override-orphan", without(b"RRULE:FREQ=W"), {}),
    (
        "clock-change",
        SOUND.replace(b"20261012T10", b"20261011T01").replace(b"20261012T11", b"20261011T05"),
        {},
    ),
    (
        "clock-change",
        SOUND.replace(b"20261012T10", b"20261011T02").replace(b"20261012T11", b"20261011T04"),
        {},
    ),
    # messages
    ("method-party", without(b"ATTENDEE", MESSAGE), {}),
    ("method-party", without(b"ORGANIZER", MESSAGE), {}),
    ("method-party", swap(b"METHOD:REQUEST", b"METHOD:PUBLISH", MESSAGE), {}),
    (
        "method-party",
        add(b"ATTENDEE:mailto:eve@example.org", swap(b"METHOD:REQUEST", b"METHOD:REPLY", MESSAGE)),
        {},
    ),
    ("content-type-method", MESSAGE, {"content_type": "text/calendar; charset=utf-8; method=CANCEL"}),
    ("content-type-method", MESSAGE, {"content_type": "text/plain; method=REQUEST"}),
    ("message-reader", MESSAGE, {"reader": "anna@example.org"}),
    ("message-reader", MESSAGE, {"reader": "eve@example.org"}),
    (
        "message-reader",
        swap(b"METHOD:REQUEST", b"METHOD:REPLY", MESSAGE),
        {"reader": "bo@example.org"},
    ),
    (
        "message-reader",
        swap(b"METHOD:REQUEST", b"METHOD:PUBLISH", without(b"ATTENDEE", MESSAGE)),
        {"reader": "bo@example.org"},
    ),
    # privacy
    ("privacy", SOUND, {"forbidden": ["frukostMÖTE"]}),
    ("privacy", feed(event(summary="a, b" * 30)), {"forbidden": ["a, b" * 30]}),
    ("privacy", MESSAGE, {"forbidden": ["Anna"]}),
    ("privacy", SOUND, {"free_busy": True}),
    (
        "privacy",
        add(b"CONFERENCE;VALUE=URI:https://meet.example.org/x", feed(event(summary="Upptaget"))),
        {"free_busy": True},
    ),
    ("privacy", feed(event(summary="Upptaget"), event(uid="2@x")), {"free_busy": True}),
]


@pytest.mark.parametrize(
    ("code", "ics", "options"), BROKEN, ids=lambda value: value if isinstance(value, str) else ""
)
def test_each_defect_is_caught(code: str, ics: bytes, options: dict[str, Any]) -> None:
    assert code in {defect.code for defect in lint(ics, **options)}


NEWER = swap(b"SEQUENCE:0", b"SEQUENCE:1", FIRST)
CHANGED: list[tuple[str, bytes, bytes]] = [
    ("calendar-uid-changed", FIRST, swap(b"uid:feed-1@", b"uid:feed-2@", FIRST)),
    ("sequence-fell", NEWER, FIRST),
    ("stamp-fell", FIRST, swap(b"DTSTAMP:20260201", b"DTSTAMP:20260131", FIRST)),
    ("stamp-without-change", FIRST, NEWER),
    ("stamp-without-change", FIRST, swap(b"DTSTAMP:20260201", b"DTSTAMP:20260202", FIRST)),
    ("change-without-stamp", FIRST, swap(b"T100000", b"T110000", FIRST)),
]
TAGGED = {"ETag": '"1"', "Last-Modified": "Sun, 01 Feb 2026 08:00:00 GMT"}
TYPED = {"Content-Type": "text/calendar; charset=utf-8"}
GOOD = Answer(200, FIRST, TYPED | TAGGED)
ANSWERED: list[tuple[str, Iterable[Defect]]] = [
    ("http-status", check_answer(Answer(302, b"", {"Location": "/"}))),
    ("http-type", check_answer(Answer(200, FIRST, TAGGED))),
    ("http-type", check_answer(Answer(200, FIRST, TAGGED | {"content-type": "text/calendar; charset=x"}))),
    ("http-charset", check_answer(Answer(200, FIRST, TAGGED | {"content-type": "text/calendar"}))),
    ("http-encoding", check_answer(Answer(200, FIRST, TYPED | TAGGED | {"content-encoding": "gzip"}))),
    ("http-validators", check_answer(Answer(200, FIRST, TYPED))),
    ("http-not-modified", check_again("If-None-Match", GOOD)),
    ("http-not-modified", check_again("If-None-Match", Answer(304, b"x"))),
    ("http-head", check_same(GOOD, Answer(405), GOOD)),
    ("http-head", check_same(GOOD, Answer(200, b"", TYPED), GOOD)),
    ("http-authorization", check_same(GOOD, Answer(200, b"", GOOD.headers), Answer(401))),
]


def test_every_class_has_a_broken_sample() -> None:
    codes = {code for samples in (BROKEN, CHANGED, ANSWERED) for code, *_ in samples}
    assert codes == set(CODES)


@pytest.mark.parametrize(("code", "before", "after"), CHANGED, ids=[code for code, *_ in CHANGED])
def test_each_wrong_change_is_caught(code: str, before: bytes, after: bytes) -> None:
    assert code in {defect.code for defect in lint_change(before, after)}


@pytest.mark.parametrize(("code", "found"), ANSWERED, ids=[code for code, _ in ANSWERED])
def test_each_wrong_answer_is_caught(code: str, found: Iterable[Defect]) -> None:
    assert {defect.code for defect in found} == {code}


def test_right_changes_and_answers_have_none() -> None:
    moved = swap(b"T100000", b"T110000", NEWER)
    for before, after in ((SOUND, SOUND), (b"", SOUND), (SOUND, b"x")):
        assert lint_change(before, after) == []
    assert lint_change(FIRST, moved) == lint_change(FIRST, FIRST) == []
    head = Answer(200, b"", GOOD.headers)
    assert [*check_answer(GOOD), *check_again("ETag", Answer(304)), *check_same(GOOD, head, GOOD)] == []
    assert if_unchanged(GOOD).keys() == {"If-None-Match", "If-Modified-Since"}


@pytest.mark.parametrize(
    ("ics", "options"),
    [
        (SOUND, {"kind": "feed"}),
        (SOUND, {"forbidden": ["Hemligt", ""]}),
        (FIRST, {"kind": "feed"}),
        (write_download(SERIES), {"kind": "download"}),
        (MESSAGE, {"content_type": 'text/calendar; method="REQUEST"; charset=utf-8'}),
        (swap(b"METHOD:REQUEST", b"METHOD:REPLY", MESSAGE), {"kind": "message"}),
        (feed(event(summary="Upptaget"), event(uid="2@x", summary="Upptaget")), {"free_busy": True}),
    ],
)
def test_sound_files_have_none(ics: bytes, options: dict[str, Any]) -> None:
    assert lint(ics, **options) == []


@pytest.mark.parametrize(
    ("ics", "line", "code"),
    [
        (swap(b"VERSION:2.0", b"VERSION;2.0"), 2, "unquoted-parameter"),
        (without(b"PRODID"), 1, "prodid"),
        (SOUND.removesuffix(b"\r\n"), SOUND.count(b"\n"), "no-final-newline"),
        (swap(b"VERSION:2.0\r\n", b"VERSION:2.0\n"), 2, "bare-newline"),
    ],
)
def test_defects_tell_their_line(ics: bytes, line: int, code: str) -> None:
    assert (line, code) in {(defect.line, defect.code) for defect in lint(ics)}


@pytest.mark.parametrize("end", [b"\n", b"\r"])
def test_a_last_line_that_ends_is_not_told_as_missing_its_end(end: bytes) -> None:
    ics = SOUND.replace(b"\r\n", end)
    found = lint(ics)
    assert {defect.code for defect in found} == {"bare-newline"}
    assert max(defect.line for defect in found) == SOUND.count(b"\r\n")


def test_a_whole_day_is_sound() -> None:
    ics = FIRST.replace(b"DTSTART;TZID=Europe/Stockholm:20260907T090000", b"DTSTART;VALUE=DATE:20260907")
    ics = ics.replace(b"DTEND;TZID=Europe/Stockholm:20260907T100000", b"DTEND;VALUE=DATE:20260908")
    assert lint(swap(ZONE, b"", ics)) == []


def test_windows_names_are_compared_too() -> None:
    windows = SOUND.replace(b"TZID=Europe/Stockholm", b"TZID=W. Europe Standard Time")
    windows = windows.replace(b"TZID:Europe/Stockholm", b"TZID:W. Europe Standard Time")
    assert lint(windows) == []
    assert "zone-offset" in {d.code for d in lint(swap(b"BYMONTH=3", b"BYMONTH=4", windows))}


def test_what_the_standard_allows_is_advice() -> None:
    assert CODES.keys() > ADVICE
    allowed = [without(b"STATUS"), without(b"NAME"), swap(b";COUNT=4", b""), without(b"DTEND", FIRST)]
    for ics in allowed:
        assert lint(ics)
        assert not any(defect.is_fault for defect in lint(ics))
    wrong = [swap(ZONE, b""), without(b"END:VEVENT"), swap(b"STATUS:CONFIRMED", b"STATUS:MAYBE")]
    for ics in wrong:
        assert any(defect.is_fault for defect in lint(ics))


def test_remarks_count_what_they_do_not_keep() -> None:
    ics = feed(*(event(uid=f"{number}@office.example") for number in range(250)))
    looked = examine(without(b"NAME", ics.replace(b"STATUS:CONFIRMED", b"STATUS:MAYBE")))
    assert looked.events == 250
    fault, advice = looked.remarks
    assert (fault.count, len(fault.first), fault.first[0].code) == (250, 100, "event-status")
    assert (fault.is_fault, advice.is_fault, advice.count) == (True, False, 1)
    assert [defect.line for defect in fault.first] == sorted(defect.line for defect in fault.first)
    twice = Defect(1, "version", "1.0")
    assert [remark.count for remark in gather([twice, twice])] == [1]


def test_no_remark_speaks_python() -> None:
    found = [defect for _, ics, options in BROKEN for defect in lint(ics, **options)]
    found += [defect for _, before, after in CHANGED for defect in lint_change(before, after)]
    wild = re.compile(r"\bb['\"]|\\x|\\r|\\n|Error|datetime|timedelta|None\b|<class|-1 day")
    assert [defect for defect in found if wild.search(defect.message)] == []
    west = feed(event(timezone="America/New_York")).replace(b"TZOFFSETTO:-0500", b"TZOFFSETTO:-0600")
    assert {each.message[-6:] for each in lint(west) if each.code == "zone-offset"} == {"-06:00"}


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown defect code"):
        Defect(1, "whatever", "")
