"""Error texts say what to do, in the reader's language."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.api import words
from app.domain.errors import Refusal
from tests.api.conftest import Caller, wish

Api = Callable[..., Caller]
SV, EN = {"Accept-Language": "sv"}, {"Accept-Language": "en"}


@pytest.mark.parametrize(
    ("body", "english", "swedish"),
    [
        (
            wish(organisation="nobody"),
            "There is no organisation called nobody. GET /organisations lists what there is.",
            "Det finns ingen organisation som heter nobody. GET /organisations räknar upp vad som finns.",
        ),
        (
            wish(activity="idle"),
            "There is no activity called idle. GET /activities lists what there is.",
            "Det finns ingen aktivitet som heter idle. GET /activities räknar upp vad som finns.",
        ),
        (
            wish(home="nowhere"),
            "There is no office called nowhere. GET /offices lists what there is.",
            "Det finns inget kontor som heter nowhere. GET /offices räknar upp vad som finns.",
        ),
        (
            wish(guests=["eva"]),
            "“eva” is no e-mail address.",
            "”eva” är ingen e-postadress.",
        ),
    ],
)
def test_in_the_language_asked_for(api: Api, body: dict[str, Any], english: str, swedish: str) -> None:
    caller = api()
    for headers, text in ((EN, english), (SV, swedish)):
        answer = caller.post("/bookings", body, headers=headers)
        assert [each["message"] for each in answer.json["refusals"]] == [text]
        assert answer.json["detail"] == text


def test_a_key_that_is_none_is_told_with_those_there_are(api: Api) -> None:
    answer = api().get("/offices?page=2", headers=EN)
    assert answer.json["detail"] == "There is no page here, only limit, cursor."


def test_every_code_of_the_api_has_a_sentence() -> None:
    folder = Path(words.__file__).parent
    told = {
        code
        for path in folder.glob("*.py")
        for code in re.findall(r'(?:refuse|Problem\(\d+,|Refusal)\(?\s*"(\w+)"', path.read_text("utf-8"))
    }
    assert {"unknown_key", "scope_missing", "bad_json"} <= told
    from app.wording import SENTENCES

    assert told <= {*words.SENTENCES, *SENTENCES}


def test_a_list_is_named_for_what_is_not_known(api: Api) -> None:
    api()
    for code, path in words.LISTS.items():
        assert path in words.say_here(Refusal(code, "x", {"slug": "y"}))
