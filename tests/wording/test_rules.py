"""What an office asks, as people read it."""

from datetime import UTC, datetime

import pytest
from flask_babel import force_locale

from app.domain.policy import SETTINGS
from app.extensions import db
from app.models import BookingRule, Resource
from app.wording.rules import WORDS, rule_in_words, rules_in_words, time_of_rule
from tests.factories import Factory

STOCKHOLM = "Europe/Stockholm"
MORNING, EVENING = datetime(2027, 1, 7, 7, tzinfo=UTC), datetime(2027, 1, 8, 16, tzinfo=UTC)


@pytest.fixture
def room(make: Factory) -> Resource:
    return make.room("tallen")


def plain(texts: list[str]) -> list[str]:
    return [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts]


def test_every_setting_has_words_in_both_languages(room: Resource) -> None:
    assert WORDS.keys() == set(SETTINGS)
    for name in SETTINGS:
        for value in (0, 1, 90):
            told = {}
            for locale in ("sv_SE", "en_GB"):
                with force_locale(locale):
                    (told[locale],) = rule_in_words(BookingRule(**{name: value}))
            assert told["sv_SE"] != told["en_GB"]


def test_a_resource_says_what_holds_for_the_reader(make: Factory, room: Resource, now: datetime) -> None:
    granit = make.organisation("granit")
    for more in (
        {"notice_minutes": 2880, "max_days_ahead": 1},
        {"resource_id": room.id, "may_book": False, "reason": "Styrelserum."},
        {"organisation_id": granit.id, "may_book": True, "hours_per_month": 40, "at_once": 2},
        {"starts_at": MORNING, "ends_at": EVENING, "may_book": False, "reason": "Golvet slipas"},
        {"min_minutes": 30, "max_minutes": 90, "release_minutes": 15},
    ):
        db.session.add(BookingRule(**{"office_id": room.office_id, "source": "file", **more}))
    db.session.commit()
    with force_locale("sv_SE"):
        for_granit = plain(rules_in_words(room, granit, now))
        for_anybody = plain(rules_in_words(room, None, now))
    shared = [
        "Kortaste bokning: 30 min",
        "Längsta bokning: 1 h 30 min",
        "Bokas minst 2 dagar i förväg",
        "Kan bokas 1 dag framåt",
        "Ledigt igen om ingen har checkat in efter 15 min",
    ]
    blackout = "Kan inte bokas 7 januari 2027 08:00 – 8 januari 2027 17:00: Golvet slipas"
    counted = ["Högst 2 samtidigt för en organisation", "40 h i månaden för en organisation"]
    assert for_granit == [*shared, *counted, blackout]
    assert for_anybody == ["Får inte bokas av alla: Styrelserum", *shared, blackout]


def test_when_a_rule_holds(room: Resource) -> None:
    with force_locale("en_GB"):
        assert time_of_rule(BookingRule(), STOCKHOLM) == ""
        assert time_of_rule(BookingRule(starts_at=MORNING), STOCKHOLM) == "from Thursday 7 January 2027 08:00"
        assert time_of_rule(BookingRule(ends_at=EVENING), STOCKHOLM) == "until Friday 8 January 2027 17:00"
        blackout = BookingRule(starts_at=MORNING, ends_at=EVENING, may_book=False, approval=True)
        assert time_of_rule(blackout, STOCKHOLM) == "7 January 2027 08:00 – 8 January 2027 17:00"
        assert rule_in_words(blackout) == ["Cannot be booked", "The host confirms each booking"]
