"""Text of people in one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.one_line import one_line

# A family, a flag of two letters, one of tags, a skin tone, hair, a key with its sign, and Persian.
EMOJI = ["👨‍👩‍👧‍👦", "🇸🇪", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👩🏽‍💻", "👩‍🦰", "3️⃣", "🏳️‍🌈", "می‌خواهم"]


@pytest.mark.parametrize("sign", EMOJI)
def test_signs_that_are_put_together_stay_whole(sign: str) -> None:
    assert one_line(f"Fika {sign}, {sign}{sign}") == f"Fika {sign}, {sign}{sign}"


@pytest.mark.parametrize(
    "between", ["\r\n", "\n", "\t", "\x00", "\x85", "\u2028", "\u202e", "\ufeff", "\ud800", "  \x1b ", "\xa0"]
)
def test_what_breaks_a_line_or_hides_is_a_space(between: str) -> None:
    assert one_line(f"{between}Hej{between}Bcc: all{between}") == "Hej Bcc: all"


@given(st.text())
def test_it_is_always_one_line(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not any(ord(each) < 32 or 0x7F <= ord(each) < 0xA0 for each in line)
    assert one_line(line) == line
