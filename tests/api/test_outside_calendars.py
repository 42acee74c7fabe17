"""Calendars kept elsewhere, as the API tells them: in the way of a booking, and past which a host booked."""

from collections.abc import Callable

from app.services.directory import directory
from app.services.outside_calendars import Source, add_calendar
from tests.api.conftest import Caller, wish
from tests.factories import HOUR, TEN, Factory

Api = Callable[..., Caller]


def test_what_is_in_the_way_has_the_name_of_its_calendar(api: Api, make: Factory) -> None:
    person = make.host()
    member, host = api(), api(person.email, role="host")
    source = Source("Annas Outlook", None, "anna.ics", True, True)
    times = [(TEN, TEN + HOUR, "Läkartid")]
    room = directory().resources["tallen"]
    add_calendar(room.id, source, times, TEN + 9 * HOUR, by=person, now=make.now)

    for answer in (member.book(), member.book(override=True), host.book()):
        assert answer.status_code == 409
        assert answer.json
        (clash,) = answer.json["clashes"]
        assert (clash["calendar"], clash["resource"]) == ("Annas Outlook", "tallen")
        assert (clash["start"], clash["end"]) == ("2026-09-08T08:00:00+00:00", "2026-09-08T09:00:00+00:00")
        assert "Läkartid" not in answer.text
    preview = member.post("/bookings/preview", wish()).json
    assert (preview["free"], preview["clashes"][0]["calendar"]) == (False, "Annas Outlook")

    past = host.post("/bookings/preview", wish(override=True)).json
    assert past["free"]
    (refusal,) = past["set_aside"]
    assert refusal["code"] == "outside_calendar"
    assert "Annas Outlook" in refusal["message"]
    booked = host.book(override=True)
    assert booked.status_code == 201
    assert booked.json["set_aside"] == ["outside_calendar"]
