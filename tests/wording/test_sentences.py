"""Every code that the domain or a service can raise has a sentence in both languages."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from app.domain.errors import Clash, DomainError, Refusal, Refused, Taken
from app.domain.interval import Interval
from app.domain.localtime import TimeDoesNotExist, TimeIsAmbiguous
from app.domain.period import PeriodError
from app.domain.recurrence import FREQUENCIES
from app.wording import SENTENCES, say, say_all, say_clash
from app.wording.letters import LOCALES
from config import ROOT

STOCKHOLM = "Europe/Stockholm"
MORNING, NOON = datetime(2026, 11, 24, 8, tzinfo=UTC), datetime(2026, 11, 24, 11, tzinfo=UTC)

# What fills the sentences that need something.
PARAMS: dict[str, dict[str, object]] = {
    "bad_guest": {"name": "eva at home"},
    "judged_before": {"first": date(2026, 10, 1)},
    "delivery_address_short": {"address": "eva@home"},
    "words_too_long": {"length": 900, "most": 600},
    "last_host": {"office": "Umeå"},
    "cannot_take_over": {"person": "eva@example.org", "organisation": "Granit AB"},
    "bad_months": {"fewest": 1, "most": 600},
    "backup_failed": {"found": "the folder is read-only."},
    "backup_unsound": {"file": "2026-11-21.db", "found": "row 7 is missing."},
    "mail_too_many_missing": {"missing": 3, "of": 10},
    "too_many_guests": {"most": 50},
    "title_too_long": {"length": 10_000, "most": 300},
    "unknown_resource": {"slug": "tallen"},
    "unknown_organisation": {"slug": "granit"},
    "unknown_activity": {"slug": "fika"},
    "composite_in_a_loop": {"resource": "Aulan"},
    "outside_calendar": {"resource": "Tallen", "name": "Annas Outlook"},
    "pool_empty": {"name": "Skrivbord"},
    "pool_too_small": {"name": "Skrivbord"},
    "no_room_at_site": {"office": "Umeå", "people": 12},
    "office_without_hours": {"office": "Umeå"},
    "not_your_organisation": {"organisation": "Granit AB"},
    "in_past": {"start": MORNING, "timezone": STOCKHOLM},
    "too_far_ahead": {"resource": "Tallen", "days": 365, "last": NOON, "timezone": STOCKHOLM},
    "too_short": {"resource": "Tallen", "minutes": 15},
    "too_long": {"resource": "Tallen", "minutes": 540},
    "not_in_service": {"resource": "Tallen"},
    "outside_opening_hours": {
        "resource": "Tallen",
        "hours": (Interval(MORNING, NOON),),
        "timezone": STOCKHOLM,
    },
    "closed": {
        "resource": "Tallen",
        "reason": "vatten",
        "start": MORNING,
        "end": NOON,
        "timezone": STOCKHOLM,
    },
    "closed_already": {
        "resource": "Tallen",
        "reason": "vatten",
        "start": MORNING,
        "end": NOON,
        "timezone": STOCKHOLM,
        "source": "host",
    },
    "replaced": {"booking": 7, "start": MORNING, "timezone": STOCKHOLM},
    "not_for_you": {"resource": "Tallen", "organisation": "Granit AB", "reason": "Styrelsens rum"},
    "blacked_out": {
        "resource": "Tallen",
        "organisation": "Granit AB",
        "reason": "Valdagen",
        "start": MORNING,
        "end": NOON,
        "timezone": STOCKHOLM,
    },
    "too_little_notice": {
        "resource": "Salen",
        "minutes": 7 * 24 * 60,
        "earliest": NOON,
        "timezone": STOCKHOLM,
    },
    "too_many_at_once": {
        "organisation": "Granit AB",
        "office": "Stockholm",
        "most": 2,
        "held": 2,
        "asked": 1,
        "at": NOON,
        "timezone": STOCKHOLM,
    },
    "quota_spent": {
        "organisation": "Granit AB",
        "place": "Stockholm",
        "month": date(2026, 11, 1),
        "hours": 40,
        "left": 90,
        "asked": 120,
    },
    "unknown_timezone": {"name": "Mars/Olympus"},
    "time_does_not_exist": {"local": datetime(2027, 3, 28, 2, 30), "timezone": STOCKHOLM},
    "time_is_ambiguous": {
        "local": datetime(2027, 10, 31, 2, 30),
        "timezone": STOCKHOLM,
        "choices": (MORNING, NOON),
    },
    "too_many_waits": {"most": 20},
    "report_held": {"reason": "Antal saknas."},
    "report_reader_gone": {"address": "eva@example.org"},
    "hold_reason_long": {"most": 300},
    "delivery_address": {"address": "eva"},
    "delivery_addresses": {"most": 10},
    "calendar_file_invalid": {"reason": "too_large", "most": 1_000_000},
    "import_not_as_seen": {"count": 2},
    "sheet_file_invalid": {"reason": "too_many_rows", "most": 10_000},
    "out_of_range": {"low": 0, "high": 3660},
    "reason_too_long": {"most": 300},
    "unknown_category": {"slug": "kungar"},
    "too_many_dates": {"most": 366},
    "series_too_long": {"years": 2},
    "cannot_change": {"status": "cancelled"},
    "cannot_check_in": {"status": "declined"},
    "too_early_to_check_in": {"start": MORNING, "timezone": STOCKHOLM},
    "cannot_mark_no_show": {"status": "requested"},
    "too_early_for_no_show": {"start": MORNING, "timezone": STOCKHOLM},
    "bad_head_count": {"most": 10_000},
    "cannot_count_heads": {"status": "no_show"},
    "too_late_for_heads": {"days": 7},
    "not_requested": {"status": "confirmed"},
    "period_invalid": {"text": "2026-13", "reason": "month"},
    "period_not_over": {"period": "2026-11"},
    "address_value": {"name": "audience", "value": "everybody"},
    "bad_email": {"email": "anna"},
    "unknown_person": {"email": "anna@example.org"},
    "unknown_role": {"role": "king"},
    "unknown_office": {"slug": "nowhere"},
    "unknown_language": {"language": "no"},
    "password_too_short": {"characters": 10},
    "password_too_long": {"characters": 1000},
    "too_many_tries": {"minutes": 1},
}


# Told by their own edge, or to nobody.
SAID_ELSEWHERE = {
    "answered",  # between the API and its own transaction
    "booking_file_invalid",  # app.cli: line by line
    "claim_lost",  # between two schedulers
    "idempotency_key_reused",  # app.api.words
    "office_file_invalid",  # app.cli: key by key
}


def codes_in_the_source() -> Iterator[str]:
    """`Refusal("code", …)` and `code = "…"` of error classes, wherever they stand."""
    for folder in ("domain", "services"):
        for file in (ROOT / "app" / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal" and node.args:
                    if isinstance(node.args[0], ast.Constant):
                        yield node.args[0].value
                elif isinstance(node, ast.ClassDef) and node.bases:
                    yield from _code_of(node)


def _code_of(error: ast.ClassDef) -> Iterator[str]:
    for line in error.body:
        target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
        if getattr(target, "id", "") == "code" and isinstance(getattr(line, "value", None), ast.Constant):
            yield line.value.value


def test_every_code_has_a_sentence() -> None:
    codes = set(codes_in_the_source())
    assert len(codes) > 40
    assert codes - SENTENCES.keys() == SAID_ELSEWHERE


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_in_both_languages(app: Flask, code: str) -> None:
    told = {}
    for language, locale in LOCALES.items():
        with force_locale(locale):
            told[language] = say(Refusal(code, "", PARAMS.get(code, {})))
    assert told["sv"] != told["en"]
    for text in told.values():
        assert "%(" not in text
        assert text[0].isupper() or text.startswith(tuple("0123456789")) or PARAMS.get(code)
        assert text.endswith(".")


def in_swedish(problem: Refusal | DomainError) -> str:
    with force_locale("sv_SE"):
        return say(problem).replace("\N{NO-BREAK SPACE}", " ")


def test_times_are_told_by_the_offices_clock(app: Flask) -> None:
    assert in_swedish(Refusal("closed", "date", PARAMS["closed"])) == (
        "Tallen har stängt tisdag 24 november 09:00–12:00: vatten."
    )
    assert in_swedish(Refusal("outside_opening_hours", "start", PARAMS["outside_opening_hours"])) == (
        "Tallen har öppet 09:00–12:00."
    )
    shut_all_day = {**PARAMS["outside_opening_hours"], "hours": ()}
    assert (
        in_swedish(Refusal("outside_opening_hours", "start", shut_all_day))
        == "Tallen är inte öppet den dagen."
    )
    assert in_swedish(Refusal("too_long", "end", PARAMS["too_long"])) == "Tallen bokas i högst 9 h."


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("host", "Det är redan infört: öppna igen först om skälet ska bli ett annat."),
        ("file", "Det står redan i kontorets fil."),
        ("holiday", "Det är redan känt, som helgdag."),
    ],
)
def test_the_closure_that_stands_already_is_named(app: Flask, source: str, told: str) -> None:
    refusal = Refusal("closed_already", "starts", {**PARAMS["closed_already"], "source": source})
    assert in_swedish(refusal) == f"Tallen har stängt tisdag 24 november 09:00–12:00: vatten. {told}"


def test_of_a_series_the_date_that_breaks_the_rule_is_told(app: Flask) -> None:
    def of_saturday(code: str, **more: object) -> Refusal:
        return Refusal(code, "", {**PARAMS[code], "date_on": date(2027, 3, 6), **more})

    assert (
        in_swedish(of_saturday("outside_opening_hours"))
        == "Lördag 6 mars 2027: Tallen har öppet 09:00–12:00."
    )
    with force_locale("en_GB"):
        assert say(of_saturday("not_in_service")).startswith("Saturday 6 March 2027: Tallen is not in use")
        assert say(of_saturday("in_past")) == "Saturday 6 March 2027: That time has already passed."
    assert in_swedish(of_saturday("too_far_ahead")).startswith("Lördag 6 mars 2027: Tallen ")
    long_closed = of_saturday(
        "closed", start=datetime(2027, 3, 4, 8, tzinfo=UTC), end=datetime(2027, 3, 9, tzinfo=UTC)
    )
    assert in_swedish(long_closed).startswith(
        "Lördag 6 mars 2027: Tallen har stängt 4 mars 2027 09:00 – 9 mars 2027"
    )
    that_day = of_saturday("closed", date_on=date(2026, 11, 24))
    assert in_swedish(that_day) == "Tallen har stängt tisdag 24 november 09:00–12:00: vatten.", "told once"


@pytest.mark.parametrize("language", ["sv", "en"])
def test_what_a_repetition_may_be_is_told_as_it_is_read(app: Flask, language: str) -> None:
    with force_locale(LOCALES[language]):
        said = say(Refusal("bad_recurrence"))
    for name in ("FREQ", *FREQUENCIES, "COUNT", "UNTIL"):
        assert name in said, name
    assert {word for word in said.replace(",", " ").replace(".", " ").split() if word.isupper()} == {
        *("FREQ", "COUNT", "UNTIL"),
        *FREQUENCIES,
    }


def test_what_an_office_asks_is_told_with_its_reason(app: Flask) -> None:
    assert in_swedish(Refusal("not_for_you", "", PARAMS["not_for_you"])) == (
        "Granit AB kan inte boka Tallen: Styrelsens rum."
    )
    assert in_swedish(Refusal("blacked_out", "", PARAMS["blacked_out"])) == (
        "Tallen kan inte bokas tisdag 24 november 09:00–12:00: Valdagen."
    )
    assert in_swedish(Refusal("too_little_notice", "", PARAMS["too_little_notice"])) == (
        "Salen bokas minst 7 dagar i förväg: nu från tisdag 24 november 12:00."
    )
    assert in_swedish(Refusal("too_many_at_once", "", PARAMS["too_many_at_once"])) == (
        "Granit AB får ha 2 samtidigt på Stockholm; tisdag 24 november 12:00 skulle det bli 3."
    )
    assert in_swedish(Refusal("quota_spent", "", PARAMS["quota_spent"])) == (
        "Granit AB har 40 h på Stockholm i november 2026. Kvar är 1 h 30 min; det här tar 2 h."
    )


def test_a_closure_over_days_tells_both(app: Flask) -> None:
    params = {**PARAMS["closed"], "reason": "", "end": datetime(2026, 11, 26, 16, tzinfo=UTC)}
    assert in_swedish(Refusal("closed", "date", params)) == (
        "Tallen har stängt 24 november 09:00 – 26 november 17:00."
    )


def test_the_nights_of_the_clock(app: Flask) -> None:
    tz = ZoneInfo(STOCKHOLM)
    gap = in_swedish(TimeDoesNotExist(datetime(2027, 3, 28, 2, 30), tz))
    assert gap == "Klockan ställs fram den natten: söndag 28 mars 2027 finns inte 02:30. Välj en annan tid."
    twice = in_swedish(TimeIsAmbiguous(datetime(2027, 10, 31, 2, 30), tz, (MORNING, NOON)))
    told, _, asked = twice.partition(": ")
    assert told == "Klockan ställs tillbaka den natten"
    assert asked == "söndag 31 oktober 2027 kommer 02:30 två gånger. Välj vilken du menar."


def test_every_broken_rule_is_named_once(app: Flask) -> None:
    refused = Refused(
        Refusal("title_missing", "title"), Refusal("in_past", "start"), Refusal("title_missing", "x")
    )
    with force_locale("sv_SE"):
        assert say_all(refused) == ["Ge bokningen en rubrik.", "Den tiden har redan passerat."]
        assert say(refused) == "Ge bokningen en rubrik. Den tiden har redan passerat."


def test_who_is_in_the_way(app: Flask) -> None:
    clash = Clash("tallen", "Tallen", MORNING, NOON)
    other = Clash("granen", "Granen", MORNING, NOON)
    assert in_swedish(Taken((clash, other, clash))) == "Tallen, Granen: någon annan har den tiden."
    assert in_swedish(Taken(())) == "Någon har just bokat den tiden."
    with force_locale("en_GB"):
        assert say_clash(clash, STOCKHOLM) == "Tuesday 24 November: Tallen is taken 09:00–12:00."


@pytest.mark.parametrize("reason", ["form", "month", "quarter", "half", "date", "year", "empty", "long"])
def test_why_a_period_is_none(app: Flask, reason: str) -> None:
    assert "2026-13 är ingen period" in in_swedish(PeriodError("2026-13", reason))


def test_minutes_are_counted_in_singular_and_plural(app: Flask) -> None:
    assert "om 1 minut," in in_swedish(Refusal("too_many_tries", "", {"minutes": 1}))
    assert "om 7 minuter," in in_swedish(Refusal("too_many_tries", "", {"minutes": 7}))


def test_a_code_that_nobody_knows_is_still_answered(app: Flask) -> None:
    assert in_swedish(Refusal("brand_new")) == "Det gick inte."
