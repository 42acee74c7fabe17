"""Find: what is free now begins where the board and walk-ins begin."""

from datetime import timedelta

from flask.testing import FlaskClient

from app.models import Person
from app.services import bookings, presence
from app.services.bookings import Wish
from tests.conftest import Clock
from tests.factories import HOUR, TEN, Factory
from tests.web.accounts import add_account, sign_in

MINUTE = timedelta(minutes=1)
NOW = "/find?office=stockholm&when=now&minutes=60&people=3"


def link(slug: str, start: str, end: str) -> str:
    return f"/bookings/new?resource={slug}&amp;date=2026-09-08&amp;start={start}&amp;end={end}&amp;confirm=1"


def test_what_ended_in_this_quarter_is_free_from_then(
    make: Factory, host: Person, client: FlaskClient, clock: Clock
) -> None:
    make.room("granen")
    wish = Wish(("tallen",), TEN, TEN + HOUR, "Board meeting", "granit", "meeting")
    running = bookings.book(wish, by=host, now=clock.at).dates[0]
    clock.at = TEN + 20 * MINUTE
    page = client.get(NOW).text
    assert link("granen", "10:15", "11:15") in page
    assert "resource=tallen" not in page
    presence.end_early(running.id, by=host, now=clock.at)
    clock.at = TEN + 22 * MINUTE
    page = client.get(NOW).text
    assert link("granen", "10:15", "11:15") in page
    assert link("tallen", "10:20", "11:20") in page, "as the board has it"
    assert "10:20–11:20" in page, "another time than the others' is told"
    # Later the quarter after it is as free as any.
    clock.at = TEN + 31 * MINUTE
    assert link("tallen", "10:30", "11:30") in client.get(NOW).text


def test_what_the_rules_forbid_is_not_offered_and_what_asks_the_host_says_so(
    make: Factory, client: FlaskClient
) -> None:
    add_account(make, language="en")
    make.room("tallen")
    make.room("hallen", approval=True)
    board = make.room("styrelsen")
    make.rule(resource_id=board.id, may_book=False)
    question = "/find?office=stockholm&when=choose&date=2026-09-08&time=10:00&minutes=60&people=3"
    assert "resource=styrelsen" in client.get(question).text, "a visitor may be anybody"
    sign_in(client)
    page = client.get(question).text
    assert "resource=styrelsen" not in page
    assert page.count("the host has to say yes") == 1
    assert page.index("Hallen") < page.index("the host has to say yes")


def test_near_closing_time_it_says_when_and_offers_what_is_left(
    make: Factory, host: Person, client: FlaskClient, clock: Clock
) -> None:
    clock.at = TEN + 6 * HOUR + 20 * MINUTE  # 16:20; it closes at 17
    page = client.get(NOW).text
    assert "The office closes at 17:00." in page
    assert link("tallen", "16:15", "17:00") in page
    after_hours = client.get("/find?office=stockholm&when=choose&date=2026-09-08&time=18:00&minutes=60").text
    assert "The office is open 08:00–17:00." in after_hours
    on_a_sunday = client.get("/find?office=stockholm&when=choose&date=2026-09-13&time=10:00&minutes=60").text
    assert "The office is closed this day." in on_a_sunday
