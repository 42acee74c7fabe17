"""Hosts say what use is worth, decide what is aid, and see each company beside its cap; nobody else does."""

import csv
import io
from datetime import datetime
from html import unescape

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.models import AidCompany, AidDecision, AidElsewhere, AidTerms, Booking, Office
from app.services.bookings import book
from tests.factories import HOUR, TEN, Factory, wish
from tests.services.money_rows import counting
from tests.services.report_rows import store, used
from tests.web.accounts import add_account, sign_in
from tests.web.booked import FORM
from tests.web.money_pages import MONEY, MORNING, plain, set_up, text


@pytest.fixture
def office(make: Factory) -> Office:
    make.room("tallen")
    add_account(make, "host@example.org", "host", "en")
    return make.office()


@pytest.fixture
def host(office: Office, client: FlaskClient) -> FlaskClient:
    sign_in(client, "host@example.org")
    return client


def test_from_nothing_to_a_company_near_its_cap(host: FlaskClient, make: Factory) -> None:
    page = text(host, MONEY)
    assert "has not said yet by which cap" in page
    assert "No room has a value yet" in page
    assert MONEY in host.get("/host?office=stockholm").text
    assert 'value="300 000"' in text(host, f"{MONEY}/terms").replace(",", " ")
    assert "Nothing is judged by it before" in text(host, f"{MONEY}/terms")
    assert db.session.get(AidTerms, make.office().id) is None
    set_up(host, make)
    store(used(make, MORNING, MORNING + 3.5 * HOUR))
    page = text(host, MONEY)
    assert "SEK 873.25 of SEK 1,000" in page
    assert "87.3%" in page
    assert "near its cap" in page
    company = text(host, f"{MONEY}/companies/granit")
    assert "1 use, 3.5 h, SEK 873.25" in company
    assert f'href="/bookings/{db.session.query(Booking).one().id}' in company
    assert "SEK 249.50 from the beginning" in text(host, f"{MONEY}/values")
    assert "Företag får det gratis." in text(host, f"{MONEY}/decisions")


def test_what_lacks_is_told_at_its_field(host: FlaskClient, make: Factory) -> None:
    for address, data, told in (
        ("values", {"per_hour": "mycket"}, "Write an amount from 0, which is free of charge, to 100,000"),
        (
            "values",
            {"per_hour": "99999999999"},
            "Write an amount from 0, which is free of charge, to 100,000",
        ),
        ("values", {"per_hour": "10"}, "Choose at least one."),
        ("decisions", {"category": make.category().id, "is_aid": "yes"}, "Say why"),
        ("decisions", {"category": make.category().id, "reason": "Så."}, "Say whether it is aid."),
        ("terms", {"cap": "100", "currency": "kr", "cap_currency": "EUR"}, "three capital letters"),
        ("rates", {"valid_from": "2026-01-01", "rate": "11,2", "source": "ECB"}, "Say first by which cap"),
        ("companies/granit/elsewhere", {"amount": "5", "granter": "Vinnova"}, "Say on which day."),
        ("companies/granit", {"cap": "500"}, "Say first by which cap"),
        ("companies/granit", {"sector": "IT-konsult"}, "Write the sector as NACE has it"),
    ):
        answer = host.post(f"{MONEY}/{address}", data=data)
        assert (answer.status_code, told in unescape(answer.text)) == (422, True), address


def test_a_booking_is_decided_on_its_page(host: FlaskClient, make: Factory, now: datetime) -> None:
    set_up(host, make)
    booking = book(wish(TEN), by=_host(make), now=now)
    page = text(host, f"/bookings/{booking.id}")
    assert "SEK 249.50" in page
    assert "aid, as its category" in page
    answer = host.post(f"{MONEY}/bookings/{booking.id}", data={"is_aid": "no"})
    assert (answer.status_code, "Say why" in answer.text) == (422, True)
    said = {"is_aid": "no", "reason": "De betalar full hyra."}
    answer = host.post(f"{MONEY}/bookings/{booking.id}", data=said, follow_redirects=True)
    assert "not aid" in answer.text
    assert "De betalar full hyra." in answer.text
    assert "Decided on 7 September 2026 by host@example.org." in answer.text
    host.post(f"{MONEY}/bookings/{booking.id}", data={"is_aid": "category", "reason": "Fel."})
    assert "aid, as its category" in text(host, f"/bookings/{booking.id}")
    assert [each.is_aid for each in db.session.query(AidDecision).filter_by(booking_id=booking.id)] == [
        False,
        None,
    ]


def test_what_was_decided_not_to_be_aid_stays_on_the_page_of_the_company(
    host: FlaskClient, make: Factory, now: datetime
) -> None:
    set_up(host, make)
    make.room("granen")
    company = f"{MONEY}/companies/granit"
    assert "Not counted as aid" not in text(host, company)
    store(*(used(make, MORNING + hour * HOUR, MORNING + (hour + 1) * HOUR) for hour in range(3)))
    store(used(make, MORNING, MORNING + HOUR, room="granen"))
    first, second, *_ = [each.id for each in db.session.query(Booking).order_by(Booking.id)]
    said = {"is_aid": "no", "reason": "De betalade full hyra."}
    told = unescape(host.post(f"{MONEY}/bookings/{first}", data=said).text).replace("\N{NO-BREAK SPACE}", " ")
    assert "SEK 748.50 → SEK 499.00" in told
    assert ": not aid</p>" in told
    assert ">De betalade full hyra.</textarea>" in told.replace("\r\n", "")
    assert db.session.query(AidDecision).filter_by(booking_id=first).count() == 0
    host.post(f"{MONEY}/bookings/{first}", data={**said, "told": "yes"})
    page = text(host, company)
    counted, besides = page.split("Not counted as aid")
    assert "3 uses, 3 h, SEK 499.00 (1 h without a value)" in counted
    assert 'SEK 0.00<br><span class="small muted">no value set</span>' in counted
    assert f'href="/bookings/{second}' in counted
    assert f'href="/bookings/{first}' not in counted
    assert "1 use, 1 h, worth SEK 249.50" in besides
    assert f'href="/bookings/{first}' in besides
    assert "not aid <span" in besides
    assert "De betalade full hyra." in besides
    no_more = {"category": make.category().id, "is_aid": "no", "reason": "Avgift tas ut.", "told": "yes"}
    host.post(f"{MONEY}/decisions", data=no_more)
    page = text(host, company)
    assert "4 uses, 4 h, worth SEK 748.50 (1 h without a value)" in page
    assert 'not aid, as its category <span class="small muted">Avgift tas ut.' in page
    assert "None here in these three years." in page


def test_a_host_is_told_before_a_booking_brings_a_company_near_its_cap(
    host: FlaskClient, make: Factory
) -> None:
    set_up(host, make)
    form = "/bookings/new?resource=tallen&date=2026-09-08&organisation=granit&start=10:00&end="
    assert "With this" not in text(host, f"{form}13:00")
    assert "With this, Granit AB has received SEK 998" in text(host, f"{form}14:00")
    assert "more than its cap of SEK 1,000" in text(host, f"{form}15:00")
    add_account(make, "member@example.org", "member", "en")
    sign_in(host, "member@example.org")
    assert "With this" not in text(host, f"{form}15:00")


def test_a_host_is_told_before_a_change_brings_a_company_near_its_cap(
    host: FlaskClient, make: Factory, now: datetime
) -> None:
    set_up(host, make)
    booking = book(wish(TEN, hours=3), by=_host(make), now=now)
    form = f"/bookings/{booking.id}/change"
    assert "With this" not in text(host, form)
    assert "With this, Granit AB has received SEK 998" in text(host, f"{form}?end=14:00")
    assert "more than its cap of SEK 1,000" in text(host, f"{form}?end=15:00")
    assert "With this" not in text(host, f"{form}?end=11:00")
    shown = host.post(form, data={**FORM, "end": "15:00", "show": "dates"})
    assert (shown.status_code, "more than its cap" in unescape(shown.text)) == (200, True)
    assert booking.dates[0].ends_at == TEN + 3 * HOUR, "nothing is changed by looking"
    add_account(make, "member@example.org", "member", "en")
    sign_in(host, "member@example.org")
    assert host.get(f"{form}?end=15:00").status_code in (403, 404)


def test_others_see_nothing_of_it(client: FlaskClient, make: Factory, now: datetime) -> None:
    _, by = counting(make, now)
    booking = book(wish(TEN), by=by, now=now)
    make.office("umea")
    for role, where in (("member", None), ("funder", None), ("host", "umea")):
        add_account(make, f"{role}@inte.example", role, "en", where)
        sign_in(client, f"{role}@inte.example")
        for address in (
            "",
            "/values",
            "/decisions",
            "/terms",
            "/register",
            "/register.csv",
            "/companies/granit",
            f"/bookings/{booking.id}",
        ):
            assert client.get(f"{MONEY}{address}").status_code in (403, 404), (role, address)
        assert client.post(f"{MONEY}/values", data={"per_hour": "1"}).status_code in (403, 404)
        page = client.get(f"/bookings/{booking.id}")
        assert "Value and aid" not in page.text


def test_aid_from_elsewhere_and_what_holds_for_a_company(host: FlaskClient, make: Factory) -> None:
    set_up(host, make)
    said = {"granted_on": "2026-05-05", "amount": "700", "granter": "Exempelverket", "note": "Dnr 7"}
    answer = host.post(f"{MONEY}/companies/granit/elsewhere", data=said, follow_redirects=True)
    assert "Exempelverket" in answer.text
    assert "It counts towards the cap from now on." in answer.text
    assert "70.0%" in text(host, MONEY)
    older = {**said, "granted_on": "2021-05-05", "granter": "Äldre"}
    answer = host.post(f"{MONEY}/companies/granit/elsewhere", data=older, follow_redirects=True)
    assert "It lies outside the three years" in answer.text
    assert "Does not count: outside the three years." in answer.text.partition("Äldre")[2]
    assert "70.0%" in text(host, MONEY)
    db.session.delete(db.session.query(AidElsewhere).filter_by(granter="Äldre").one())
    own = {"undertaking": "Bergkoncernen", "sector": "62.01", "cap": "500", "reason": "Jordbruk"}
    told = plain(host.post(f"{MONEY}/companies/granit", data=own))
    assert "Granit AB: a cap of SEK 500 instead of SEK 1,000" in told
    assert "1 company comes to another level." in told
    assert "70.0% → 140.0%" in told
    assert "<td>below its cap → <span" in told
    assert db.session.get(AidCompany, make.organisation().id) is None
    host.post(f"{MONEY}/companies/granit", data={**own, "told": "yes"})
    page = text(host, MONEY)
    assert "Bergkoncernen" in page
    assert "over its cap" in page
    assert 'value="500"' in host.get(f"{MONEY}/companies/granit").text
    assert db.session.get(AidCompany, make.organisation().id).sector == "62.01"
    assert "such as 62.10 (NACE Rev. 2.1)" in text(host, f"{MONEY}/companies/granit")
    host.post(f"{MONEY}/companies/granit", data={**own, "sector": "K 62.10"})
    assert db.session.get(AidCompany, make.organisation().id).sector == "62.10"
    assert 'value="62.10"' in text(host, f"{MONEY}/companies/granit")
    page = plain(host.post(f"{MONEY}/companies/granit", data={**own, "cap": ""}))
    assert "Granit AB: a cap of SEK 1,000 instead of SEK 500" in page
    assert "Jordbruk" not in page  # why it was lower does not say why it is no more
    refused = host.post(f"{MONEY}/companies/granit", data={**own, "cap": "", "told": "yes", "reason": " "})
    assert (refused.status_code, "Say why" in refused.text) == (422, True)
    no_more = {**own, "cap": "", "told": "yes", "reason": "Fel bransch."}
    host.post(f"{MONEY}/companies/granit", data=no_more)
    page = text(host, f"{MONEY}/companies/granit")
    assert "<strong>SEK 500 → the office's cap from 7 September 2026</strong>, holds today." in page
    assert "Entered on 7 September 2026 by host@example.org. Fel bransch." in page
    assert "the office's cap → SEK 500" in page
    row = db.session.query(AidElsewhere).one()
    removal = f"{MONEY}/companies/granit/elsewhere/{row.id}/removal"
    assert "SEK 700.00, 5 May 2026" in text(host, removal)
    assert host.get(f"{MONEY}/companies/granit/elsewhere/{row.id + 9}/removal").status_code == 404
    assert db.session.query(AidElsewhere).one().removed_at is None
    host.post(removal)
    assert host.get(removal).status_code == 404
    assert "No company has received any aid" in text(host, MONEY)
    assert host.get(f"{MONEY}/companies/finns-inte").status_code == 404


def test_use_without_a_decision_or_a_rate_is_told(host: FlaskClient, make: Factory, now: datetime) -> None:
    set_up(host, make)
    region = make.organisation("regionen", "region")
    store(
        used(make, MORNING, MORNING + HOUR),
        used(
            make,
            MORNING + HOUR,
            MORNING + 2 * HOUR,
            organisation_id=region.id,
            category_id=region.category_id,
        ),
    )
    assert "Region: SEK 249.50" in text(host, MONEY)
    terms = {
        "currency": "SEK",
        "cap": "300000",
        "cap_currency": "EUR",
        "cap_source": "EU",
        "granter": "Regionen",
        "legal_basis": "EU",
    }
    host.post(f"{MONEY}/terms", data={**terms, "told": "yes", "reason": "EU:s tak gäller."})
    assert "older than the first exchange rate" in text(host, MONEY)
    rate = {"valid_from": "2026-01-01", "rate": "11,2", "source": "ECB 2 januari"}
    host.post(f"{MONEY}/rates", data={**rate, "told": "yes", "reason": "Den saknades."})
    assert "older than the first exchange rate" not in text(host, MONEY)
    assert "€22.28" in text(host, MONEY)
    assert "ECB 2 januari" in text(host, f"{MONEY}/terms")


def test_what_is_no_longer_in_use_can_be_valued_and_decided_on(host: FlaskClient, make: Factory) -> None:
    set_up(host, make)
    old_room, region = make.room("granen"), make.organisation("regionen", "region")
    store(used(make, MORNING, MORNING + HOUR, organisation_id=region.id, category_id=region.category_id))
    old_room.retired = region.category.retired = True
    db.session.commit()
    assert "Region: SEK 249.50" in text(host, MONEY)
    assert "Region (no longer in use)" in text(host, f"{MONEY}/decisions")
    said = {"category": region.category_id, "is_aid": "no", "reason": "Inget företag."}
    assert host.post(f"{MONEY}/decisions", data=said).status_code == 303
    assert "Nobody has decided" not in text(host, MONEY)
    assert "Granen (no longer in use)" in text(host, f"{MONEY}/values")
    value = {"resources": [old_room.id], "per_hour": "100"}
    assert host.post(f"{MONEY}/values", data=value).status_code == 303
    assert "SEK 100.00" in text(host, f"{MONEY}/values")


def test_the_register_as_page_and_files(host: FlaskClient, make: Factory) -> None:
    assert "has not said yet" in text(host, f"{MONEY}/register")
    set_up(host, make)
    make.organisation().name = "=HYPERLINK(1)"
    db.session.commit()
    store(used(make, MORNING, MORNING + HOUR))
    assert "No aid was granted" in text(host, f"{MONEY}/register")  # of August
    page = text(host, f"{MONEY}/register?period=2026-09")
    assert "2 September 2026" in page
    assert "This period is not over." in page
    assert "Without an organisation number" in page
    plain = host.get(f"{MONEY}/register.csv?period=2026-09")
    row = next(csv.DictReader(io.StringIO(plain.text)))
    assert (row["granted_on"], row["amount"], row["currency"]) == ("2026-09-02", "249.50", "SEK")
    assert row["name"] == "'=HYPERLINK(1)"
    assert row["legal_basis"] == "(EU) 2023/2831"
    assert "register.csv" in plain.headers["Content-Disposition"]
    excel = host.get(f"{MONEY}/register.excel-csv?period=2026-09")
    assert excel.data.startswith(b"\xef\xbb\xbf")
    assert ";249,50;SEK;" in excel.text
    assert "register.excel.csv" in excel.headers["Content-Disposition"]
    told = host.get(f"{MONEY}/register.json?period=2026-09").json
    assert told["entries"][0]["amount"] == 249.5
    assert told["granter"] == "Region Västerbotten"


def test_the_annex_is_for_those_who_may_read_it(host: FlaskClient, make: Factory) -> None:
    set_up(host, make)
    store(used(make, MORNING, MORNING + HOUR))
    report = "/offices/stockholm/reports/2026-09"
    assert "Annex: Value and aid" in text(host, report)
    assert "Value and aid" not in text(host, f"{report}?audience=public")
    assert "aid" in host.get(f"{report}.json").json
    public = host.get(f"{report}.json?audience=public").json
    assert not {"aid", "aid_terms"} & public.keys()


def _host(make: Factory) -> object:
    return make.host("host@example.org")
