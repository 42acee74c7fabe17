"""A host chooses a calendar file, looks through what is in it, and brings it in."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Booking, Office, Person
from app.services import bookings
from app.services.bookings import Wish
from tests.factories import Factory
from tests.services.test_calendar_import import COMING, HOUR
from tests.web.accounts import EMAIL, add_account, sign_in

FILES = Path(__file__).parents[1] / "data" / "calendars"
IMPORTS = "/host/stockholm/imports"


@pytest.fixture
def office(make: Factory) -> Office:
    make.room("tallen")
    return make.office()


def upload(client: FlaskClient, content: bytes, path: str = IMPORTS, **more: str) -> TestResponse:
    """As a browser sends it; written by hand, since the test client leaves open what is large."""
    fields = {"resource": "tallen", "since": "2026-01-01", **more}
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    file = b'--b\r\nContent-Disposition: form-data; name="file"; filename="room.ics"\r\n\r\n'
    body = b"".join([*parts, file, content, b"\r\n--b--\r\n"])
    return client.post(path, data=body, content_type="multipart/form-data; boundary=b")


def sample(name: str) -> bytes:
    return (FILES / f"{name}.ics").read_bytes()


def hidden(html: str) -> str:
    found = re.search(r'name="found"[^>]* value="([^"]+)"', html)
    assert found
    return unescape(found[1])


def ticked(html: str) -> list[str]:
    return re.findall(r'name="take" value="([0-9]+)" checked', html)


def chosen(html: str, **more: object) -> dict[str, object]:
    """What a browser sends when nothing is changed but whom it is for."""
    return {
        "found": hidden(html),
        "take": ticked(html),
        "organisation": "granit",
        "activity": "meeting",
        **more,
    }


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Booking)) or 0


def plain(html: str) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", html)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", text)


def test_looking_stores_nothing_and_says_everything(host: Person, client: FlaskClient) -> None:
    answer = upload(client, sample("google"))
    assert answer.status_code == 200
    assert count() == 0
    text = plain(answer.text)
    assert "Frukostmöte ☕ – regionen Tuesday 8 Sept 2026 10:00–11:30 anna@example.org" in text
    assert "No time zone in the file: read by the office's clock" in text
    assert "Baklänges Wednesday 9 Sept 2026" not in text  # it has no time that means anything
    assert "Baklänges Line 84: it ends before it begins." in text
    assert "Avstämning Friday 2 Oct 2026 13:00–14:00 A moved date of a series" in text
    assert "Line 64: cancelled." in text


def test_what_is_ticked_comes_in_and_the_same_file_again_is_known(host: Person, client: FlaskClient) -> None:
    html = upload(client, sample("outlook")).text
    assert len(re.findall(r'name="take" value="[0-9]+">', html)) == 1  # the tentative one is not ticked
    answer = client.post(f"{IMPORTS}/bookings", data=chosen(html))
    assert answer.status_code == 303
    said = plain(client.get(answer.location).text)
    assert f"{count()} entries brought into Tallen," in said
    titles = set(db.session.scalars(select(Booking.title)))
    assert titles == {
        "Veckomöte, projektet",
        "Veckomöte, projektet (flyttat)",
        "Private meeting",
        "Ombyggnad",
    }
    again = upload(client, sample("outlook")).text
    assert ticked(again) == []
    before = count()
    sent_twice = client.post(f"{IMPORTS}/bookings", data=chosen(html), follow_redirects=True)
    assert f"{before} were here already." in plain(sent_twice.text)
    assert count() == before


def test_private_titles_do_not_reach_the_page(host: Person, client: FlaskClient) -> None:
    html = upload(client, sample("outlook")).text
    assert "Lönesamtal" not in html
    assert "Private: its title is not brought along" in html


def test_what_overlaps_a_private_meeting_is_told_so_without_its_title(
    host: Person, client: FlaskClient
) -> None:
    private = "DTSTART:20270301T080000Z\nDTEND:20270301T090000Z\nSUMMARY:Lönesamtal\nCLASS:PRIVATE"
    other = "DTSTART:20270301T083000Z\nDTEND:20270301T093000Z\nSUMMARY:Frukost"
    events = (
        f"BEGIN:VEVENT\nUID:{number}\nDTSTAMP:20260101T000000Z\n{lines}\nEND:VEVENT\n"
        for number, lines in enumerate((private, other))
    )
    ics = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\n{''.join(events)}END:VCALENDAR\n"
    text = plain(upload(client, ics.encode()).text)
    assert "overlaps “Private meeting”, Monday 1 Mar 2027 09:00–10:00 (line 4)" in text
    assert "Lönesamtal" not in text


def test_a_clash_is_shown_with_the_booking_and_nothing_half_is_done(
    host: Person, client: FlaskClient, make: Factory
) -> None:
    html = upload(client, sample("google")).text
    wish = Wish(("tallen",), COMING, COMING + HOUR, "Board <meeting>", "granit", "meeting")
    booking = bookings.book(wish, by=host, now=make.now)
    answer = client.post(f"{IMPORTS}/bookings", data=chosen(html))
    assert answer.status_code == 409
    assert "1 of the entries you chose cannot come in any more" in answer.text
    assert f'<a href="/bookings/{booking.id}">Board &lt;meeting&gt;, Tuesday' in answer.text
    assert count() == 1
    assert client.post(f"{IMPORTS}/bookings", data=chosen(answer.text)).status_code == 303


def test_an_organiser_who_is_known_books_for_their_own(
    make: Factory, host: Person, client: FlaskClient
) -> None:
    anna = make.person("anna2@example.org", organisation="umea", name="Anna Granit")
    content = sample("google").replace(b"anna@example.org", b"anna2@example.org")
    html = upload(client, content).text
    assert f'<label for="whose-{anna.id}">Anna Granit (1)</label>' in html
    assert '<option value="umea" selected>' in html
    client.post(f"{IMPORTS}/bookings", data=chosen(html, **{f"whose-{anna.id}": "umea"}))
    (booking,) = db.session.scalars(select(Booking).where(Booking.organiser_id == anna.id))
    assert booking.organisation.slug == "umea"
    # Not for one that they do not belong to.
    make.organisation("other")
    later = content.replace(b"4k2p9q", b"another").replace(b"T0800", b"T1800").replace(b"T0930", b"T1930")
    html = upload(client, later).text
    wrong = chosen(html, organisation="granit", **{f"whose-{anna.id}": "other"})
    client.post(f"{IMPORTS}/bookings", data=wrong)
    assert db.session.scalar(select(func.count()).where(Booking.organisation.has(slug="other"))) == 0


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        (b"", {}, "This is no calendar file."),
        (b"%PDF-1.4", {}, "This is no calendar file."),
        (b"x" * 1_000_001, {}, "The file is larger than 1 MB."),
        (b"BEGIN:VCALENDAR", {"since": "0001-01-01"}, "between 1990 and 2100"),
        (b"BEGIN:VCALENDAR", {"resource": "elsewhere"}, "Not a valid choice"),
    ],
)
def test_files_that_are_none(
    host: Person, client: FlaskClient, content: bytes, more: dict[str, str], said: str
) -> None:
    answer = upload(client, content, **more)
    assert answer.status_code == 422
    assert said in answer.text


def test_no_file_and_an_empty_calendar(host: Person, client: FlaskClient) -> None:
    assert "Choose a file." in client.post(IMPORTS, data={"resource": "tallen"}).text
    assert "Nothing new is in this file." in upload(client, b"BEGIN:VCALENDAR\nEND:VCALENDAR\n").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"take": []}, "Choose at least one entry."),
        ({"take": ["99999", "x", "-1"]}, "Choose at least one entry."),
        ({"organisation": ""}, "Choose an organisation."),
        ({"organisation": "nobody"}, "Not a valid choice"),
        ({"activity": ""}, "Choose what it was for."),
    ],
)
def test_what_is_missing_is_said_and_ticks_are_kept(
    host: Person, client: FlaskClient, changes: dict[str, object], said: str
) -> None:
    html = upload(client, sample("google")).text
    some = ticked(html)[:2]
    answer = client.post(f"{IMPORTS}/bookings", data=chosen(html, **{"take": some, **changes}))
    assert answer.status_code == 422
    assert said in answer.text
    assert count() == 0
    if "take" not in changes:
        assert ticked(answer.text) == some


def test_nobody_else_can_say_what_was_read(make: Factory, host: Person, client: FlaskClient) -> None:
    html = upload(client, sample("google")).text
    for found in ("", "nonsense", hidden(html)[:-2], hidden(html) + "x"):
        assert client.post(f"{IMPORTS}/bookings", data=chosen(html, found=found)).status_code == 400
    # Nor can what one host was shown be sent by another, or to another office.
    make.office("umea")
    assert client.post("/host/umea/imports/bookings", data=chosen(html)).status_code == 404
    other = add_account(make, "other@example.org", role="host")
    sign_in(client, other.email)
    assert client.post(f"{IMPORTS}/bookings", data=chosen(html)).status_code == 400
    assert count() == 0


def test_it_is_for_the_hosts_of_the_office(make: Factory, office: Office, client: FlaskClient) -> None:
    add_account(make, role="host").roles[0].office_id = make.office("umea").id
    db.session.commit()
    sign_in(client, EMAIL)
    assert client.get("/host/umea/imports").status_code == 200
    for answer in (client.get(IMPORTS), upload(client, b""), client.post(f"{IMPORTS}/bookings")):
        assert answer.status_code == 403


def test_a_file_full_of_dates_comes_back_in_one_field(host: Person, client: FlaskClient) -> None:
    event = "UID:{n:032x}@example\nDTSTART:20260{m}{d:02}T{h:02}0000Z\nDURATION:PT1H\nSUMMARY:{n}"
    events = "".join(
        f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n".format(
            n=n * 7919**9, m=1 + n // 560, d=1 + n // 20 % 28, h=n % 20
        )
        for n in range(2900)
    )
    html = upload(client, f"BEGIN:VCALENDAR\n{events}END:VCALENDAR\n".encode()).text
    assert len(ticked(html)) == 2900
    assert client.post(f"{IMPORTS}/bookings", data=chosen(html)).status_code == 303
    assert count() == 2900


CUT_OFF = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:2026"
)


def test_a_file_that_ends_too_early(host: Person, client: FlaskClient) -> None:
    text = plain(upload(client, CUT_OFF).text)
    assert "The file ends too early Its end is missing" in text
    assert "Without a title Line 3: the file ends in the middle of it." in text
    assert "ends too early" not in upload(client, sample("outlook")).text
    client.post("/language", data={"language": "sv"})
    assert "Filen tar slut för tidigt" in upload(client, CUT_OFF).text


def test_in_swedish(host: Person, client: FlaskClient) -> None:
    client.post("/language", data={"language": "sv"})
    html = upload(client, sample("outlook")).text
    assert "Det här står i filen" in html
    assert "visas som ledig: den upptar ingen tid" in html
    assert 'Veckomöte, projektet</span> <span class="figures">måndag 12 jan. 2026 09:00–10:30' in html
