"""Rules: what is read, what is refused, where expansion ends, what Outlook can show."""

from datetime import UTC, datetime, timedelta

import pytest

from calendars.recurrence import MAX_DATES, Rule, RuleError, outlook_can_show

STOCKHOLM = "Europe/Stockholm"
MONDAY = datetime(2026, 9, 7, 9)


def test_parts_are_put_in_order() -> None:
    assert str(Rule.parse("rrule:count=4;byday=mo;freq=weekly;")) == "FREQ=WEEKLY;COUNT=4;BYDAY=MO"


def test_the_week_starts_on_monday_where_it_matters() -> None:
    assert str(Rule.parse("FREQ=WEEKLY;INTERVAL=2;COUNT=4")).endswith(";WKST=MO")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "COUNT=4",
        "FREQ=HOURLY;COUNT=4",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=-1",
        "FREQ=DAILY;COUNT=99999",
        "FREQ=DAILY;COUNT=" + "9" * 5000,
        "FREQ=DAILY;INTERVAL=0;COUNT=4",
        "FREQ=DAILY;COUNT=4;COUNT=5",
        "FREQ=DAILY;COUNT=4;UNTIL=20261001",
        "FREQ=DAILY;UNTIL=20261301",
        "FREQ=DAILY;UNTIL=99991231T235959",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=WEEKLY;BYDAY=2MO;COUNT=4",
        "FREQ=WEEKLY;BYDAY=XX;COUNT=4",
        "FREQ=YEARLY;BYMONTH=13;COUNT=4",
        "FREQ=MONTHLY;BYMONTHDAY=0;COUNT=4",
        "FREQ=DAILY;BYHOUR=9,10;COUNT=4",
        "FREQ=YEARLY;BYWEEKNO=53;COUNT=4",
        "FREQ=DAILY;COUNT=4\r\nATTENDEE:mailto:x",
        "FREQ=DAILY;COUNT=٤",
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(RuleError):
        Rule.parse(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("FREQ=DAILY", "COUNT or UNTIL"),
        (f"FREQ=DAILY;COUNT={MAX_DATES + 1}", "more than"),
        ("FREQ=DAILY;UNTIL=20600101", "more than"),
        ("FREQ=YEARLY;COUNT=50", "too long"),
        ("FREQ=YEARLY;UNTIL=20600101", "too long"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2", "never"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2", "never"),
    ],
)
def test_expansion_is_bounded(text: str, why: str) -> None:
    with pytest.raises(RuleError, match=why):
        Rule.parse(text).dates(MONDAY, STOCKHOLM)


@pytest.mark.parametrize(
    ("until", "count"),
    [
        ("20260909", 3),
        ("20260909T090000", 3),
        ("20260909T085959", 2),
        ("20260909T070000Z", 3),
        ("20260909T065959Z", 2),
    ],
)
def test_until(until: str, count: int) -> None:
    dates = Rule.parse(f"FREQ=DAILY;UNTIL={until}").dates(MONDAY, STOCKHOLM)
    assert dates == [MONDAY + timedelta(days=n) for n in range(count)]


def test_another_end() -> None:
    rule = Rule.parse("FREQ=DAILY;COUNT=9").ending(datetime(2026, 9, 8, 7, tzinfo=UTC))
    assert str(rule) == "FREQ=DAILY;UNTIL=20260908T070000Z"
    assert len(rule.dates(MONDAY, STOCKHOLM)) == 2


@pytest.mark.parametrize(
    ("text", "first", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=3", MONDAY, True),
        ("FREQ=DAILY;BYDAY=MO,TU", MONDAY, False),
        ("FREQ=WEEKLY", MONDAY, True),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", MONDAY, True),
        ("FREQ=WEEKLY;BYDAY=MO;BYMONTH=9", MONDAY, False),
        ("FREQ=WEEKLY;INTERVAL=100", MONDAY, False),
        ("FREQ=WEEKLY;COUNT=1000", MONDAY, False),
        ("FREQ=MONTHLY", MONDAY, True),
        ("FREQ=MONTHLY", MONDAY.replace(day=29), False),
        ("FREQ=MONTHLY;BYMONTHDAY=15", MONDAY, True),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", MONDAY, True),
        ("FREQ=MONTHLY;BYMONTHDAY=31", MONDAY, False),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", MONDAY, False),
        ("FREQ=MONTHLY;BYDAY=2TU", MONDAY, True),
        ("FREQ=MONTHLY;BYDAY=-1FR", MONDAY, True),
        ("FREQ=MONTHLY;BYDAY=5MO", MONDAY, False),
        ("FREQ=MONTHLY;BYDAY=1MO,3MO", MONDAY, False),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", MONDAY, True),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=7", MONDAY, False),
        ("FREQ=YEARLY", MONDAY, True),
        ("FREQ=YEARLY", datetime(2028, 2, 29, 9), False),
        ("FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=7", MONDAY, True),
        ("FREQ=YEARLY;BYMONTH=9;BYDAY=1MO", MONDAY, True),
        ("FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=7", MONDAY, False),
        ("FREQ=YEARLY;BYMONTHDAY=7", MONDAY, False),
    ],
)
def test_outlook(text: str, first: datetime, expected: bool) -> None:
    assert outlook_can_show(Rule.parse(text), first) is expected
