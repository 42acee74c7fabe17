"""A host brings a spreadsheet in: columns, names, what it comes to, and then the bookings."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Booking, Person
from tests.factories import Factory
from tests.services.workbooks import YEARS, workbook
from tests.web.accounts import add_account, sign_in

SHEET = "/host/stockholm/imports/sheet"
Fields = dict[str, str]


def upload(client: FlaskClient, content: bytes) -> TestResponse:
    """As a browser sends it."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="years.xlsx"\r\n\r\n'
    body = head + content + b"\r\n--b--\r\n"
    return client.post(SHEET, data=body, content_type="multipart/form-data; boundary=b")


def fields_of(html: str) -> Fields:
    """What a browser would send of the page's form."""
    form = re.search(r'<form class="form" method="post".*?</form>', html, re.DOTALL)
    assert form, html
    found: Fields = {}
    for tag in re.findall(r"<input [^>]*>", form[0]):
        kind, name = (re.search(rf'{key}="([^"]*)"', tag) for key in ("type", "name"))
        value = re.search(r'value="([^"]*)"', tag)
        if name and (not kind or kind[1] != "checkbox" or " checked" in tag):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, inner in re.findall(r'<select [^>]*name="([^"]+)".*?>(.*?)</select>', form[0], re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"|<option value="([^"]*)" selected', inner)
        found[name] = unescape(chosen[1] or chosen[2] or "") if chosen else ""
    return found


def plain(html: str) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", html)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\s+", " ", text)


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Booking)) or 0


def step(client: FlaskClient, page: str, fields: Fields, **more: str) -> TestResponse:
    return client.post(f"{SHEET}/{page}", data={**fields, **more})


def name_of(html: str, text: str) -> str:
    """The field in which it is asked what this name is."""
    found = re.search(rf'<label for="(name-[^"]+)">{text} ', html)
    assert found, html
    return found[1]


def test_from_the_file_to_the_bookings_and_the_same_again(host: Person, client: FlaskClient) -> None:
    first = upload(client, workbook(*YEARS))
    assert first.status_code == 200
    assert "What the columns are" in first.text
    columns = fields_of(first.text)
    assert (columns["column_date"], columns["column_women"], columns["header"]) == ("0", "7", "3")
    assert columns["usual_status"] == "confirmed"
    names = step(client, "names", columns)
    assert "These names of the sheet are not known here" in names.text
    chosen = fields_of(names.text)
    assert chosen[name_of(names.text, "Stora Tallen")] == "tallen"
    assert chosen[name_of(names.text, "Granitt AB")] == "granit"
    unclear = step(client, "preview", chosen)
    assert unclear.status_code == 422
    assert "Choose what 1 name is here." in plain(unclear.text)
    chosen[name_of(names.text, "Föredrag")] = "meeting"
    preview = step(client, "preview", chosen)
    text = plain(preview.text)
    assert "new 3 here already 0 with something wrong 0" in text
    assert "4 4 Mar 2024 08:00–10:30 Tallen Frukost Granit AB Company Meeting Confirmed 4 2 –" in text
    assert count() == 0
    done = step(client, "bookings", fields_of(preview.text))
    assert done.status_code == 303
    assert "3 bookings brought in." in plain(client.get(done.location).text)
    again = step(client, "preview", chosen)
    assert "new 0 here already 3" in plain(again.text)
    assert "Nothing new is in this file." in again.text
    sent_twice = client.post(f"{SHEET}/bookings", data=fields_of(preview.text), follow_redirects=True)
    assert "3 were here already." in plain(sent_twice.text)
    assert count() == 3


def test_going_back_keeps_what_was_chosen(host: Person, client: FlaskClient) -> None:
    columns = {
        **fields_of(upload(client, workbook(*YEARS)).text),
        "column_title": "",
        "usual_resource": "tallen",
    }
    names = step(client, "names", columns)
    chosen = {**fields_of(names.text), name_of(names.text, "Föredrag"): "-"}
    back = fields_of(step(client, "columns", chosen).text)
    assert (back["column_title"], back["usual_resource"], back["header"]) == ("", "tallen", "3")
    assert fields_of(step(client, "names", back).text)[name_of(names.text, "Föredrag")] == "-"
    assert "left out, as you chose 1" in plain(step(client, "preview", chosen).text)


def test_the_next_sheet_of_the_kind_is_read_as_the_last(host: Person, client: FlaskClient) -> None:
    columns = {**fields_of(upload(client, workbook(*YEARS)).text), "column_title": ""}
    names = step(client, "names", columns)
    chosen = {**fields_of(names.text), name_of(names.text, "Föredrag"): "meeting"}
    preview = step(client, "preview", chosen)
    assert "what was said last time" not in preview.text
    assert step(client, "bookings", fields_of(preview.text)).status_code == 303
    first = upload(client, workbook(*YEARS[1:]))
    assert "as the last time that a sheet with these headings was brought in" in first.text
    columns = fields_of(first.text)
    assert (columns["column_title"], columns["column_women"], columns["header"]) == ("", "7", "3")
    straight = step(client, "names", columns)
    assert "here already 2 with something wrong 0" in plain(straight.text)
    assert "The names of the sheet mean what was said last time." in straight.text
    again = step(client, "names", fields_of(straight.text))  # Back to the names
    assert fields_of(again.text)[name_of(again.text, "Föredrag")] == "meeting"
    new = ("2025-03-06", "9", "10", "Stora Tallen", "Nya AB", "Föredrag", "", 0, 7, "Avbokad")
    mixed = step(client, "names", fields_of(upload(client, workbook(new, *YEARS)).text))
    asked = fields_of(mixed.text)
    assert asked[name_of(mixed.text, "Nya AB")] == ""
    assert asked[name_of(mixed.text, "Föredrag")] == "meeting"
    assert mixed.text.index("Nya AB") < mixed.text.index("Granitt AB")


def test_a_row_that_is_a_total_is_told_in_one_line(host: Person, client: FlaskClient) -> None:
    total = ["Summa", *[None] * 6, 4, 2, None]
    columns = fields_of(upload(client, workbook(YEARS[0], total)).text)
    text = plain(step(client, "names", columns).text)
    assert "Row 5 looks like a total and is left out." in text
    assert "new 1 here already 0 with something wrong 0" in text
    text = plain(step(client, "names", fields_of(upload(client, workbook(total, YEARS[0], total)).text)).text)
    assert "Rows 4 and 6 look like totals and are left out." in text


def test_a_booking_without_a_title_is_worded_for_its_reader(host: Person, client: FlaskClient) -> None:
    row = [*YEARS[0][:6], None, *YEARS[0][7:]]
    columns = fields_of(upload(client, workbook(row)).text)
    preview = step(client, "names", columns)
    assert "Without a title" in preview.text
    step(client, "bookings", fields_of(preview.text))
    (booking,) = db.session.scalars(select(Booking))
    assert booking.title == "–"
    page = client.get(f"/bookings/{booking.id}")
    assert "Without a title" in page.text
    day = client.get("/host/stockholm/2024-03-04")
    assert "Without a title" in day.text
    host.language = "sv"
    db.session.commit()
    assert "Utan rubrik" in client.get(f"/bookings/{booking.id}").text
    assert "Without a title" not in client.get("/offices/stockholm/2024-03-04").text


def test_another_row_or_sheet_is_shown_with_its_own_headings(host: Person, client: FlaskClient) -> None:
    columns = fields_of(upload(client, workbook(*YEARS)).text)
    moved = step(client, "names", columns, header="4")
    assert moved.status_code == 200
    assert fields_of(moved.text)["column_date"] == ""
    notes = fields_of(step(client, "columns", columns, sheet="1").text)
    assert (notes["sheet"], notes["header"], notes["column_date"]) == ("1", "1", "")
    refused = step(client, "names", notes)
    assert refused.status_code == 422
    text = plain(refused.text)
    assert "Choose the column of the date, or of the start." in text
    assert "Choose a column, or one for all rows." in text
    assert "No rows are below it." in text


def test_a_column_says_one_thing(host: Person, client: FlaskClient) -> None:
    columns = fields_of(upload(client, workbook(*YEARS)).text)
    refused = step(client, "names", columns, column_men=columns["column_women"])
    assert refused.status_code == 422
    assert "Another is from that column too." in plain(refused.text)


def test_errors_stand_by_row_and_are_left_out_only_if_ticked(host: Person, client: FlaskClient) -> None:
    row = ["i går", *YEARS[0][1:]]
    columns = fields_of(upload(client, workbook(YEARS[0], row)).text)
    preview = step(client, "names", columns)  # every name is known: straight on
    text = plain(preview.text)
    assert "new 1 here already 0 with something wrong 1" in text
    assert "Row 5 Date: “i går” is no date" in text
    refused = step(client, "bookings", fields_of(preview.text))
    assert refused.status_code == 422
    assert "Something is wrong in some rows." in plain(refused.text)
    assert count() == 0
    assert step(client, "bookings", fields_of(preview.text), without_wrong="1").status_code == 303
    assert count() == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "Nothing is in the file."),
        (b"\xd0\xcf\x11\xe0", "This is the old Excel format."),
        (b"\0\0\0", "This is no spreadsheet."),
        (b"a;b\n" * 10_001, "There are more than 10,000 rows."),
        (
            b"Room;From;To\nTallen;2026-10-01 08:00;2026-10-01 09:00\n",
            "This is no Excel file, though it is called",
        ),
        (b"x" * 1_000_001, "The file is too large."),
    ],
)
def test_a_file_that_cannot_be_read(host: Person, client: FlaskClient, content: bytes, says: str) -> None:
    answer = upload(client, content)
    assert answer.status_code == 422
    assert says in plain(answer.text)


def test_no_file(host: Person, client: FlaskClient) -> None:
    answer = client.post(SHEET, data={})
    assert answer.status_code == 422
    assert "Choose a file." in answer.text


@pytest.mark.parametrize("page", ["columns", "names", "preview", "bookings"])
def test_what_was_not_read_here_is_refused(host: Person, client: FlaskClient, page: str) -> None:
    found = fields_of(upload(client, workbook(*YEARS)).text)["found"]
    assert client.post(f"{SHEET}/{page}", data={"found": found[:-3] + "abc"}).status_code == 400
    assert client.post(f"{SHEET}/{page}").status_code == 400


def test_it_goes_for_the_office_in_which_it_was_read(
    host: Person, client: FlaskClient, make: Factory
) -> None:
    make.room("granen", office="umea")
    fields = fields_of(upload(client, workbook(*YEARS)).text)
    assert client.post("/host/umea/imports/sheet/columns", data=fields).status_code == 400


def test_members_are_not_let_in(client: FlaskClient, make: Factory) -> None:
    make.room("tallen")
    add_account(make, email="member@example.org")
    sign_in(client, "member@example.org")
    assert client.get(SHEET).status_code == 403
    assert upload(client, workbook(*YEARS)).status_code == 403
