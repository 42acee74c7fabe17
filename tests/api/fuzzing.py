"""Calls made up from the API's own description, right ones and wrong ones, and what every answer must be.

`make test` sends some hundred of them within the process (tests/api/test_description_holds.py),
`make interop` thousands over HTTP (tests/interop/test_schemathesis.py).
"""

from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from functools import cache
from typing import Any

import schemathesis
from flask import Flask, g
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.api.description import DOCUMENT

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
    if method != "parameters" and path != "/openapi.json"
]
# What names things that are there; by chance alone nothing ever would.
KNOWN: Mapping[str, list[Any]] = {
    "office": ["stockholm"],
    "resource": ["tallen", "desks", "hallen"],
    "resources": [["tallen"], ["granen"], ["hallen", "desks"], ["vast"]],
    "sites": [["stockholm"]],
    "category": ["company"],
    "starts": ["2026-10-01", "2026-09-07T12:00"],
    "ends": ["2026-10-08", "2026-09-07T13:00"],
    "organisation": ["granit"],
    "activity": ["meeting"],
    "start": ["2026-09-08T10:00", "2026-09-07T09:00:00+02:00"],
    "end": ["2026-09-08T11:00", "2026-09-09T12:00", "2026-09-07T10:00:00+02:00"],
    "from": ["2026-09-07", "2026-09-08T10:00"],
    "to": ["2026-09-09", "2026-10-01"],
    "month": ["2026-09"],
    "period": ["2026-09", "2026-Q3"],
    "recurrence": ["FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;BYDAY=MO,TU;COUNT=5", "FREQ=SECONDLY", None],
    "meeting": ["https://meet.example.org/1", "new", None],
    "occurrence": [1, 2, 3],
    "cursor": ["0", "1"],
    "version": [1, 2, 3],
    "If-Match": ['"1"', '"2"', "*"],
}
Statuses = Counter[int]
Place = dict[str, int]  # what the numbers in an address are: booking_id, rule_id …


@cache
def described(app: Flask) -> Any:
    """The running application by what it says of itself, to be called in this process."""

    def anew(environ: Any, start_response: Any) -> Any:
        for name in list(g):  # tests share a context, requests must not
            g.pop(name)
        return app(environ, start_response)

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", anew)


def try_out(operation: Any, token: str, places: Sequence[Place], *, examples: int) -> Statuses:
    """Makes calls up and holds every answer against the description. How often each status came.

    `places` are there; wrong values go to the first of them, too.
    """
    found: Statuses = Counter()
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}

    def held(case: Any) -> None:
        response = case.call(headers=headers)
        found[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    calm = settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    named = [each.name for each in operation.path_parameters]
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)

    @calm
    @given(case=right, data=st.data())
    def right_ones(case: Any, data: st.DataObject) -> None:
        if data.draw(st.integers(0, 9)):
            _name_what_is_there(case, data, places)
        held(case)

    @calm
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def wrong_ones(case: Any) -> None:
        held(case)

    right_ones()
    wrong_ones()
    if named and (operation.query or operation.body):
        there = {name: places[0][name] for name in named}
        wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE, path_parameters=there)
        calm(given(case=wrong)(held))()
    return found


def _name_what_is_there(case: Any, data: st.DataObject, places: Sequence[Place]) -> None:
    for values in (case.query, case.headers, case.body):
        if isinstance(values, MutableMapping):
            for name in sorted(set(values) & set(KNOWN)):
                values[name] = data.draw(st.sampled_from(KNOWN[name]))
    if case.path_parameters:
        place = data.draw(st.sampled_from(places))
        case.path_parameters.update({name: place[name] for name in case.path_parameters})
