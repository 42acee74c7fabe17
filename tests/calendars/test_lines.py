"""Escaping and folding, against what the library and vobject read back."""

import re
import unicodedata

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar.parser import Contentline, unescape_backslash

from calendars.lines import clean, escape, line, text_line

AWKWARD = st.text(
    st.sampled_from("\\nN;,:\"' \t\r\n\x00\x07\x7f\x85\u2028å€🎉") | st.characters(), max_size=300
)


def unfolded(folded: bytes) -> str:
    return folded.decode().replace("\r\n ", "").removesuffix("\r\n")


@given(AWKWARD)
def test_text_comes_back_whole(text: str) -> None:
    folded = text_line("SUMMARY", text)
    content = Contentline.from_ical(folded.removesuffix(b"\r\n"))
    value = content[content.value_separator_index() + 1 :]
    assert unescape_backslash(value) == clean(text)


@given(AWKWARD)
def test_every_line_is_short_and_whole(text: str) -> None:
    folded = text_line("X-VERY-LONG-NAME-OF-A-PROPERTY", text)
    assert folded.endswith(b"\r\n")
    for physical in folded.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(physical) <= 75
        assert not re.search("[\x00-\x1f\x7f-\x9f]", physical.decode())


@given(AWKWARD)
def test_nothing_visible_is_lost(text: str) -> None:
    def visible(s: str) -> list[str]:
        return [c for c in s if unicodedata.category(c) not in {"Cc", "Cs", "Zl", "Zp", "Zs"}]

    assert visible(clean(text)) == visible(text)


def test_vobject_reads_the_same() -> None:
    text = "C:\\New\\notes; a, b\r\nåäö 🎉 " + "lång " * 40
    ics = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + text_line("SUMMARY", text)
    calendar = vobject.readOne((ics + b"END:VEVENT\r\nEND:VCALENDAR\r\n").decode())
    assert calendar.vevent.summary.value == text.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a;b,c\\d", r"a\;b\,c\\d"),
        ("ett\r\ntvå\rtre\nfyra\u2028fem", r"ett\ntvå\ntre\nfyra\nfem"),
        (r"C:\New", r"C:\\New"),
        ("a\tb\x00\x1b[31m\ud800", "a b[31m"),
    ],
)
def test_escape(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@pytest.mark.parametrize("length", range(60, 90))
def test_folding_around_the_limit(length: int) -> None:
    folded = line("SUMMARY", "å" * length)
    assert unfolded(folded) == "SUMMARY:" + "å" * length
    assert max(map(len, folded.split(b"\r\n"))) <= 75


def test_a_line_that_just_fits_is_not_folded() -> None:
    assert line("A", "b" * 72) == b"A:" + b"b" * 72 + b"\r\n"
