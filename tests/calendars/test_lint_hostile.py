"""Hostile and damaged files: defects are told, and nothing worse happens."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.lint import Kind, lint, lint_change
from tests.calendars.test_lint import FIRST, MESSAGE, SOUND, add, swap

HOSTILE: list[Callable[[], bytes]] = [
    lambda: b"BEGIN:X\r\n" * 50_000,
    lambda: b"END:X\r\n" * 50_000,
    lambda: b"A" * 1_000_000,
    lambda: b"A;" * 200_000,
    lambda: b'A;B="' * 100_000,
    lambda: b"A;B=" + b"c," * 200_000 + b":d\r\n",
    lambda: b" x\r\n" * 200_000,
    lambda: b"\r" * 100_000,
    lambda: FIRST.replace(b"Europe/Stockholm", b"a/" * 100_000),
    lambda: bytes(range(256)) * 2000,
    lambda: add(b"RRULE:FREQ=DAILY;COUNT=9;BYMONTH=2;BYMONTHDAY=30"),
    lambda: swap(b"20260907T090000", b"99991231T235959", swap(b"20260907T100000", b"00010101T000000", FIRST)),
    lambda: swap(b"DTSTART:19700329T020000", b"DTSTART:99990329T020000"),
]


@pytest.mark.parametrize("make", HOSTILE)
def test_hostile_files_get_defects_and_nothing_worse(make: Callable[[], bytes]) -> None:
    assert lint(make())


LINES = sorted({line for ics in (SOUND, MESSAGE) for line in ics.split(b"\r\n")})
VALUES = st.sampled_from(
    [b"", b"-1", b"99999999T999999Z", b"20260230", b"P1D", b"\xc2\xb2", b"a" * 500, b"FREQ=DAILY"]
)


@given(st.binary(max_size=2000))
def test_no_bytes_at_all_are_too_much(junk: bytes) -> None:
    assert lint(junk)
    lint_change(junk, SOUND)


@given(st.lists(st.sampled_from(LINES), max_size=60))
def test_no_order_of_lines_is_too_much(lines: list[bytes]) -> None:
    lint(b"\r\n".join(lines) + b"\r\n", free_busy=True, forbidden=["x"])


@given(
    st.lists(st.tuples(st.integers(0, len(SOUND)), st.integers(0, 9), st.binary(max_size=9)), max_size=5),
    st.sampled_from(["feed", "download", "message"]),
)
def test_no_damage_is_too_much(damages: list[tuple[int, int, bytes]], kind: Kind) -> None:
    ics = SOUND
    for place, length, junk in damages:
        ics = ics[:place] + junk + ics[place + length :]
    lint(ics, kind=kind, content_type="text/calendar; method=x")
    lint_change(ics, SOUND)
    lint_change(SOUND, ics)


@given(st.integers(0, SOUND.count(b"\r\n") - 1), VALUES)
def test_no_value_is_too_much(number: int, value: bytes) -> None:
    lines = SOUND.split(b"\r\n")
    lines[number] = lines[number].partition(b":")[0] + b":" + value
    lint(b"\r\n".join(lines))
    lint_change(SOUND, b"\r\n".join(lines))
