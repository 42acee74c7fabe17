"""The pages on which an office says what use is worth and what is aid, as their tests read them."""

from datetime import UTC, datetime
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import Factory

MONEY = "/host/stockholm/money"
MORNING = datetime(2026, 9, 2, 8, 0, tzinfo=UTC)


def text(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return plain(answer)


def plain(answer: TestResponse) -> str:
    return " ".join(unescape(answer.text).replace("\N{NO-BREAK SPACE}", " ").split())


def set_up(host: FlaskClient, make: Factory) -> None:
    """All that an office says before the first figure, on the pages."""
    terms = {
        "currency": "sek",
        "cap": "1 000",
        "cap_currency": "SEK",
        "cap_source": "Beslut 12 januari 2026",
        "granter": "Region Västerbotten",
        "legal_basis": "(EU) 2023/2831",
        "instrument": "",
    }
    assert host.post(f"{MONEY}/terms", data=terms).status_code == 303
    value = {"resources": [make.room().id], "per_hour": "249,50"}
    assert host.post(f"{MONEY}/values", data=value).status_code == 303
    decision = {"category": make.category().id, "is_aid": "yes", "reason": "Företag får det gratis."}
    assert host.post(f"{MONEY}/decisions", data=decision).status_code == 303
