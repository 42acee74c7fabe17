"""What is kept between requests (looks, names, catalogs, macros) is kept by language.

Every page is drawn with nothing kept, and must be the same when the other language came first; and of
many who read at once nobody reads another's words.
"""

import gc
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from functools import _lru_cache_wrapper
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_babel import force_locale

from app.domain.localtime import day_bounds
from app.domain.stretches import stretch_of
from app.models import Resource
from app.services.board import Item, Row
from app.web import texts
from app.web.grid import Drawing, Grid
from app.web.naming import facts
from tests.factories import Factory
from tests.web.accounts import add_account, sign_in

LANGUAGES = ("sv", "en")
PAGES = (
    "/",
    "/resources/tallen",
    "/resources/tallen/weeks/2026-W37",
    "/find",
    "/bookings",
    "/bookings/new?resource=tallen&date=2026-09-08&start=10:00",
    "/host",
    "/reports",
    "/offices/stockholm/reports/2026-09",
    "/offices/stockholm/reports/2026-09/bookings",
    "/accessibility",
    "/nowhere",
)
RANDOM = re.compile(r'(?<=name="csrf_token" value=")[^"]+')
BUSY = {"sv": "Upptaget", "en": "Busy"}
READERS = 4  # of each language


def forget(app: Flask) -> None:
    """Nothing is kept any more, as after a start."""
    for each in gc.get_objects():
        if isinstance(each, _lru_cache_wrapper) and str(each.__module__).startswith("app."):
            each.cache_clear()
    texts._catalogs.clear()
    assert app.jinja_env.cache is not None
    app.jinja_env.cache.clear()


@pytest.fixture
def host(client: FlaskClient, make: Factory) -> FlaskClient:
    make.room("tallen", equipment=["screen", "whiteboard"])
    add_account(make, "host@example.org", role="host")
    sign_in(client, "host@example.org")
    return client


@pytest.mark.parametrize("first", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_the_same_whatever_language_came_before(
    app: Flask, host: FlaskClient, path: str, first: str
) -> None:
    def page(language: str) -> str:
        answer = host.get(path, headers={"Accept-Language": language})
        assert f'<html lang="{language}">' in answer.text
        return RANDOM.sub("", answer.text)

    alone = {}
    for language in LANGUAGES:
        forget(app)
        alone[language] = page(language)
    assert alone["sv"] != alone["en"]
    forget(app)
    for language in sorted(LANGUAGES, key=lambda each: each != first):
        assert page(language) == alone[language]


def test_many_who_read_at_once_read_their_own_language(app: Flask) -> None:
    day = day_bounds(date(2027, 3, 1), ZoneInfo("Europe/Stockholm"))
    tallen = Resource(id=1, slug="tallen", name="Tallen", kind="room", capacity=6, equipment=["screen"])
    first, last = stretch_of(day)
    busy = Item(first + 9 * 3600, first + 10 * 3600, 1, "confirmed")
    gate = Barrier(2 * READERS)

    def read(language: str) -> str:
        with ExitStack() as stack:
            stack.enter_context(app.test_request_context())
            stack.enter_context(force_locale({"sv": "sv_SE", "en": "en_GB"}[language]))
            gate.wait(30)
            drawing = Drawing(day, Grid(8 * 60, 17 * 60, "Europe/Stockholm"), now=day.start)
            row = drawing.row(
                Row(tallen, [busy], [(first, last)], [], [(busy.end, last)]),
                id="row",
                level=2,
                name="Tallen",
                facts=facts(tallen),
            )
            return "".join(row) + render_template_string("{{ ui.date_nav('a', 'b', 'c') }}{{ _('Busy') }}")

    forget(app)
    languages = [*LANGUAGES] * READERS
    with ThreadPoolExecutor(len(languages)) as pool:
        found = list(pool.map(read, languages))
    for language, html in zip(languages, found, strict=True):
        assert html == found[languages.index(language)]
        assert html.count(BUSY[language]) == 2
    assert found[0] != found[1]
