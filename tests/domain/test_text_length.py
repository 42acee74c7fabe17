"""How long texts may be."""

from app.domain.errors import Refusal
from app.domain.text_length import too_long


def test_only_longer_ones_are_refused_each_at_its_field() -> None:
    assert too_long(note=("abc", 3), reason=("", 3)) == []
    assert too_long(note=("abcd", 3), reason=("abc", 3)) == [
        Refusal("words_too_long", "note", {"length": 4, "most": 3})
    ]
