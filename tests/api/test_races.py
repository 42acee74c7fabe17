"""Sixteen at once, on databases of their own where every commit is real."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from app.models import Booking, IdempotencyKey, Slot
from app.services.people import new_token
from tests.api.conftest import wish
from tests.conftest import NOW, Clock
from tests.factories import Factory
from tests.races import own_app, together

CLIENTS = 16


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, list[str]]]:
    """An application whose sixteen people each have a token; nothing is rolled back."""
    with own_app(request, tmp_path_factory.mktemp("races")) as app:
        app.config["CLOCK"] = Clock()
        app.test_client_class = FlaskClient  # no context is shared here
        with app.app_context():
            make = Factory(NOW)
            make.room("tallen")
            for name in ("granen", "eken", "asken", "boken"):
                make.room(name)
            make.room("viken", "umea")
            pool = make.pool("licences", name="Licenser")
            make.room("licence-1", kind="video", capacity=50, pool_id=pool.id)
            people = [make.person(f"person{number}@example.org") for number in range(CLIENTS)]
            tokens = [new_token(person.email, NOW) for person in people]
        yield app, tokens


def at_once(
    app: Flask,
    tokens: list[str],
    body: dict[str, Any],
    headers: Callable[[int], dict[str, str]],
    method: str = "POST",
    path: str = "/api/v1/bookings",
) -> list[Any]:
    """Everybody's answer to the same request sent at the same moment."""

    def ask(number: int) -> Any:
        sent = {"Authorization": f"Bearer {tokens[number]}", **headers(number)}
        return app.test_client().open(path, method=method, json=body, headers=sent)

    return together(*(partial(ask, number) for number in range(len(tokens))))


@pytest.mark.parametrize("recurrence", [None, "FREQ=DAILY;COUNT=4"])
def test_of_sixteen_one_gets_the_room(shared: tuple[Flask, list[str]], recurrence: str | None) -> None:
    app, tokens = shared
    hour = 8 if recurrence is None else 12
    for day in (14, 21):
        body = wish(
            start=f"2026-09-{day}T{hour:02}:00", end=f"2026-09-{day}T{hour + 1:02}:00", recurrence=recurrence
        )
        answers = at_once(app, tokens, body, lambda _: {})
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CLIENTS - 1}
        assert all(answer.json["clashes"] for answer in answers if answer.status_code == 409)


def test_sixteen_equal_requests_with_one_key_make_one_booking(shared: tuple[Flask, list[str]]) -> None:
    app, tokens = shared
    for day in (14, 21):
        body = wish(resources=["granen"], start=f"2026-09-{day}T10:00", end=f"2026-09-{day}T11:00")
        key = {"Idempotency-Key": str(day)}
        answers = at_once(app, tokens[:1] * CLIENTS, body, lambda _, key=key: key)
        assert [answer.status_code for answer in answers] == [201] * CLIENTS
        assert len({answer.text for answer in answers}) == 1
    with app.app_context():
        kept = select(func.count()).select_from(IdempotencyKey).where(IdempotencyKey.key.in_(["14", "21"]))
        assert db.session.scalar(kept) == 2


@pytest.mark.parametrize(
    "more",
    [
        {"recurrence": "FREQ=DAILY;COUNT=5"},
        {"recurrence": "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=6", "skip": ["closed", "taken"], "move": True},
        {"resources": ["licences"], "sites": ["umea"], "people": 2, "meeting": "https://meet.example.org/1"},
    ],
    ids=["series", "moved series", "conference"],
)
def test_sixteen_equal_requests_for_much_make_one_booking(
    shared: tuple[Flask, list[str]], more: dict[str, Any]
) -> None:
    app, tokens = shared
    name = "-".join(sorted(more))
    start = "2026-10-05" if "sites" not in more else "2026-11-02"
    hour = 8 if "move" in more else 13
    asked = {"resources": ["asken"], "start": f"{start}T{hour:02}:00", "end": f"{start}T{hour + 1:02}:00"}
    body = wish(**{**asked, **more, "title": name})
    answers = at_once(app, tokens[:1] * CLIENTS, body, lambda _: {"Idempotency-Key": name})
    assert [answer.status_code for answer in answers] == [201] * CLIENTS, answers[0].text
    assert len({answer.text for answer in answers}) == 1
    with app.app_context():
        made = select(func.count()).select_from(Booking).where(Booking.title == name)
        assert db.session.scalar(made) == 1


def test_sixteen_equal_changes_are_one(shared: tuple[Flask, list[str]]) -> None:
    app, tokens = shared
    made = at_once(app, tokens[:1], wish(resources=["boken"], recurrence="FREQ=DAILY;COUNT=4"), lambda _: {})[
        0
    ].json
    path = f"/api/v1/bookings/{made['id']}?scope=following&occurrence={made['occurrences'][2]['id']}"
    body = {"start": "2026-09-10T14:00", "end": "2026-09-10T15:00", "version": 1}
    answers = at_once(
        app, tokens[:1] * CLIENTS, body, lambda _: {"Idempotency-Key": "change"}, method="PATCH", path=path
    )
    assert [answer.status_code for answer in answers] == [200] * CLIENTS, answers[0].text
    assert len({answer.text for answer in answers}) == 1
    without_key = at_once(app, tokens[:1] * CLIENTS, body, lambda _: {}, method="PATCH", path=path)
    assert {answer.status_code for answer in without_key} <= {404, 412}


def test_sixteen_with_keys_of_their_own_still_get_one_room(shared: tuple[Flask, list[str]]) -> None:
    app, tokens = shared
    body = wish(resources=["eken"])
    answers = at_once(app, tokens, body, lambda number: {"Idempotency-Key": f"own{number}"})
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CLIENTS - 1}
    with app.app_context():
        held = (
            select(func.count()).select_from(Slot).join(Slot.resource).where(Slot.resource.has(slug="eken"))
        )
        assert db.session.scalar(held) == 1
        assert db.session.scalar(select(func.count()).select_from(Booking).where(~Booking.dates.any())) == 0
