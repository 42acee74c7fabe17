"""Guests over the API."""

from collections.abc import Callable

from sqlalchemy import select

from app.extensions import db
from app.models import Booking, Guest
from tests.api.conftest import Caller
from tests.databases import both

Api = Callable[..., Caller]


def test_guests_are_named_when_booking(api: Api) -> None:
    caller = api()
    answer = caller.book(guests=["Eva@guest.example", "ola@guest.example"])
    assert answer.status_code == 201
    assert db.session.scalars(select(Guest.email).order_by(Guest.id)).all() == [
        "eva@guest.example",
        "ola@guest.example",
    ]
    assert "guest.example" not in answer.text


def test_what_is_no_address_is_refused(api: Api) -> None:
    answer = api().book(guests=["eva at home"])
    assert answer.status_code == 422
    assert [(each["code"], each["field"]) for each in answer.json["refusals"]] == [("bad_guest", "guests")]
    assert db.session.scalars(select(Booking)).all() == []


def invited(caller: Caller, booking: int) -> list[str]:
    return [each["email"] for each in caller.get(f"/bookings/{booking}/guests").json["items"]]


@both
def test_guests_come_and_go_with_a_change_and_stay_without_a_word(api: Api) -> None:
    caller = api()
    made = caller.book(guests=["eva@guest.example", "ola@guest.example"]).json
    path, headers = f"/bookings/{made['id']}", {"If-Match": "*"}
    assert caller.patch(path, {"title": "Nytt"}, headers=headers).status_code == 200
    assert invited(caller, made["id"]) == ["eva@guest.example", "ola@guest.example"]
    answer = caller.patch(path, {"guests": ["Ola@guest.example", "ida@guest.example"]}, headers=headers)
    assert (answer.status_code, answer.json["title"]) == (200, "Nytt")
    assert "guest.example" not in answer.text
    assert invited(caller, made["id"]) == ["ola@guest.example", "ida@guest.example"]
    wrong = caller.patch(path, {"guests": ["nobody"], "title": ""}, headers=headers).json["refusals"]
    assert {each["field"] for each in wrong} == {"guests", "title"}
    assert caller.patch(path, {"guests": []}, headers=headers).status_code == 200
    assert invited(caller, made["id"]) == []


@both
def test_guests_of_a_series_belong_to_all_of_its_dates(api: Api) -> None:
    caller = api()
    made = caller.book(recurrence="FREQ=DAILY;COUNT=3", guests=["eva@guest.example"]).json
    path, headers = f"/bookings/{made['id']}", {"If-Match": "*"}
    second = made["occurrences"][1]["id"]
    one = caller.patch(f"{path}?occurrence={second}", {"guests": []}, headers=headers)
    assert [each["code"] for each in one.json["refusals"]] == ["words_of_series"]
    rest = caller.patch(
        f"{path}?scope=following&occurrence={second}", {"guests": ["ola@guest.example"]}, headers=headers
    )
    assert rest.status_code == 200
    assert invited(caller, rest.json["id"]) == ["ola@guest.example"]
    assert invited(caller, made["id"]) == ["eva@guest.example"]


def test_guests_are_for_the_booker_and_hosts_to_know(api: Api) -> None:
    made = api().book(guests=["eva@guest.example"]).json
    path = f"/bookings/{made['id']}/guests"
    assert api("host@example.org", role="host").get(path).json["items"] == [
        {"email": "eva@guest.example", "answer": "NEEDS-ACTION", "answered_at": None, "occurrences": []}
    ]
    assert api("colleague@example.org").get(path).status_code == 403
    assert api("other@example.org", organisation="basalt").get(path).status_code == 404


def test_who_was_invited_elsewhere_is_not_invited_from_here(api: Api) -> None:
    caller = api()
    made = caller.book().json
    db.session.get_one(Booking, made["id"]).imported_as = "old-1"
    db.session.commit()
    answer = caller.patch(f"/bookings/{made['id']}", {"guests": ["a@b.example"]}, headers={"If-Match": "*"})
    assert [each["code"] for each in answer.json["refusals"]] == ["guests_elsewhere"]
