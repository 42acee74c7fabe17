"""What is said of the entries of a calendar, in both languages."""

import ast
from pathlib import Path

from flask import Flask
from flask_babel import force_locale

from app.wording import calendar_import as wording

ENTRIES = Path(__file__).parents[2] / "calendars" / "entries"
FILE_CODES = ("too_large", "no_calendar", "too_many_dates", "too_slow", "broken")


def codes_of(*calls: str) -> set[str]:
    """The first argument of these calls, wherever the reader makes them."""
    found = set()
    for file in ENTRIES.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in calls and node.args:
                found |= {each.value for each in ast.walk(node.args[0]) if isinstance(each, ast.Constant)}
    return {each for each in found if isinstance(each, str)}


def both_languages(app: Flask, code: str, detail: str = "") -> tuple[str, str]:
    with force_locale("en"):
        english = wording.why_unreadable(code, detail)
    with force_locale("sv_SE"):
        return english, wording.why_unreadable(code, detail)


def test_every_reason_has_words(app: Flask) -> None:
    codes = codes_of("ValueWrong") | {"line_too_long", "too_many_properties"}
    assert len(codes) >= 9
    unknown = both_languages(app, "something else")
    for code in codes:
        english, swedish = both_languages(app, code, "X")
        assert english != swedish
        assert (english, swedish) != unknown


def test_every_file_that_is_none_has_words(app: Flask) -> None:
    assert codes_of("FileError") - {"error"} <= set(FILE_CODES)  # "error": what the process apart said
    for code in FILE_CODES:
        with force_locale("en"):
            english = wording.about_file({"reason": code, "most": 3000})
        with force_locale("sv_SE"):
            assert wording.about_file({"reason": code, "most": 3000}) != english


def test_notes_and_what_is_skipped(app: Flask) -> None:
    with force_locale("en"):
        assert wording.notes_of(("series", "floating")) == [
            "No time zone in the file: read by the office's clock"
        ]
        assert {wording.why_skipped(code) for code in ("cancelled", "free", "no_length", "superseded")} == {
            str(each) for each in wording.SKIPPED.values()
        }
