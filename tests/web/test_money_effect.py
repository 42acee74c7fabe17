"""What a value, a cap or a decision that reaches back would change is told before it is kept."""

from html import unescape

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.models import AidTerms, Office
from tests.factories import HOUR, Factory
from tests.services.report_rows import store, used
from tests.web.accounts import add_account, sign_in
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


def test_another_cap_tells_first_who_comes_to_another_level(host: FlaskClient, make: Factory) -> None:
    set_up(host, make)
    store(used(make, MORNING, MORNING + 2 * HOUR))
    wish = {
        "currency": "SEK",
        "cap": "600",
        "cap_currency": "SEK",
        "cap_source": "Nytt beslut",
        "granter": "Region Västerbotten",
        "legal_basis": "(EU) 2023/2831",
    }
    told = plain(host.post(f"{MONEY}/terms", data=wish))
    assert "Change the cap?" in told
    assert "a cap of SEK 600 instead of SEK 1,000" in told
    assert "49.9% → 83.1%" in told
    assert 'name="cap_source" value="Nytt beslut"' in told
    assert db.session.get(AidTerms, make.office().id).cap == 1_000_00
    unsaid = host.post(f"{MONEY}/terms", data={**wish, "told": "yes"})
    assert (unsaid.status_code, "Say why" in unsaid.text) == (422, True)
    assert "near its cap" in plain(unsaid)
    wrong = host.post(f"{MONEY}/terms", data={**wish, "granter": ""})
    assert (wrong.status_code, "This has to be filled in." in wrong.text) == (422, True)
    host.post(f"{MONEY}/terms", data={**wish, "told": "yes", "reason": "Ny förordning."})
    page = text(host, f"{MONEY}/terms")
    assert "<strong>SEK 1,000 → SEK 600 from 7 September 2026</strong>, holds today." in page
    assert "Entered on 7 September 2026 by host@example.org. Ny förordning." in page
    assert host.post(f"{MONEY}/terms", data={**wish, "cap_source": "Dnr 8"}).status_code == 303
    assert "No company comes to another level." in plain(
        host.post(f"{MONEY}/terms", data={**wish, "cap": "601"})
    )


def test_what_reaches_back_is_told_before_it_is_kept(host: FlaskClient, make: Factory) -> None:
    set_up(host, make)
    store(used(make, MORNING, MORNING + 2 * HOUR))
    wish = {"resources": [make.room().id], "per_hour": "300", "valid_from": "2026-09-01"}
    asked = host.post(f"{MONEY}/values", data=wish)
    page = " ".join(unescape(asked.text).replace("\N{NO-BREAK SPACE}", " ").split())
    assert asked.status_code == 200
    assert "Tallen: SEK 300.00 from 1 September 2026" in page
    assert "Granit AB" in page
    assert "September 2026" in page
    assert page.count("SEK 499.00 → SEK 600.00") == 6  # worth and aid: of Granit, of all, of the month
    assert 'name="per_hour" value="300"' in page
    assert "SEK 300.00" not in text(host, f"{MONEY}/values")
    told = {**wish, "told": "yes"}
    refused = host.post(f"{MONEY}/values", data=told)
    assert (refused.status_code, "Say why" in refused.text) == (422, True)
    assert host.post(f"{MONEY}/values", data={**told, "reason": "Ny taxa."}).status_code == 303
    page = text(host, f"{MONEY}/values")
    assert "<strong>SEK 300.00 from 1 September 2026</strong>, holds today." in page
    assert "Entered on 7 September 2026 by host@example.org. Ny taxa." in page
    assert "SEK 249.50 from the beginning, held until 31 August 2026." in page
    again = {**wish, "per_hour": "310", **{"told": "yes", "reason": "Skrivfel."}}
    host.post(f"{MONEY}/values", data=again)
    assert "<s>SEK 300.00 from 1 September 2026</s>, no longer holds" in text(host, f"{MONEY}/values")


def test_a_decision_that_reaches_back_is_told_with_what_it_changes(host: FlaskClient, make: Factory) -> None:
    set_up(host, make)
    store(used(make, MORNING, MORNING + 2 * HOUR))
    wish = {"category": make.category().id, "is_aid": "no", "reason": "Hyra tas ut."}
    page = unescape(host.post(f"{MONEY}/decisions", data=wish).text).replace("\N{NO-BREAK SPACE}", " ")
    assert "SEK 499.00 → SEK 0.00" in page
    assert ">Hyra tas ut.</textarea>" in page.replace("\r\n", "")
    assert host.post(f"{MONEY}/decisions", data={**wish, "told": "yes"}).status_code == 303
