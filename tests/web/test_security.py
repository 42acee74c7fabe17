"""The fence around every endpoint, the headers of every answer, hosts and forms."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule

from app.web.security import AUDIENCES, HEADERS, allow, audiences_of
from tests.factories import Factory
from tests.web.accounts import EMAIL, add_account, is_signed_in, mailed_link, sign_in

ROLES = {"member", "host", "funder", "admin"}


def rules(app: Flask) -> Iterator[tuple[Rule, frozenset[str], str, str]]:
    """Every endpoint with its audiences, an address and a method of it."""
    for rule in app.url_map.iter_rules():
        values = {name: _example(rule, name) for name in rule.arguments}
        address = rule.build(values, append_unknown=False)
        assert address, rule
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, audiences_of(app, rule.endpoint), address[1], method


def _example(rule: Rule, name: str) -> str:
    """A value that the part of an address takes."""
    if name in (rule.defaults or {}):
        return str((rule.defaults or {})[name])
    converter = rule._converters[name]
    return sorted(converter.items)[0] if isinstance(converter, AnyConverter) else "1"


def test_every_endpoint_says_who_may_open_it(app: Flask) -> None:
    unmarked = [rule.endpoint for rule, audiences, _, _ in rules(app) if not audiences]
    assert unmarked == []


def test_a_visitor_is_asked_to_sign_in_wherever_that_is_needed(make: Factory, app: Flask) -> None:
    make.office()
    client = app.test_client()
    asked = 0
    for rule, audiences, address, method in rules(app):
        if audiences & {"visitor", "token"}:
            continue
        answer = client.open(address, method=method)
        assert answer.status_code == 303, rule
        path, _, query = answer.location.partition("?")
        assert path == "/sign-in", rule
        assert query == (f"next={address}" if method == "GET" else ""), rule
        asked += 1
    assert asked


@pytest.mark.parametrize("role", ["member", "funder", "host"])
def test_a_role_that_does_not_reach_is_told_so(make: Factory, app: Flask, role: str) -> None:
    add_account(make, role=role)
    client = app.test_client()
    sign_in(client)
    reach = {"member": {"member"}, "funder": {"member", "funder"}, "host": {"member", "host"}}[role]
    refused = 0
    for rule, audiences, address, method in rules(app):
        if audiences & {"visitor", "token"} or audiences & reach:
            continue
        assert client.open(address, method=method).status_code == 403, rule
        refused += 1
    if any("host" in audiences for _, audiences, _, _ in rules(app)) and role != "host":
        assert refused


@pytest.fixture
def unmarked(app: Flask) -> Iterator[None]:
    """One view that says nothing about who may open it."""
    kept = app.view_functions["pages.hello"]
    app.view_functions["pages.hello"] = lambda: "open to nobody"
    yield
    app.view_functions["pages.hello"] = kept


@pytest.mark.usefixtures("unmarked")
def test_an_unmarked_endpoint_is_shut_to_everybody(make: Factory, client: FlaskClient) -> None:
    add_account(make, role="admin")
    assert client.get("/hello").status_code == 403
    sign_in(client)
    assert client.get("/hello").status_code == 403


def test_a_mark_must_name_an_audience() -> None:
    for wrong in ((), ("everyone",), ("member", "hosts")):
        with pytest.raises(ValueError, match="no such audience"):
            allow(*wrong)
    assert AUDIENCES >= ROLES


@pytest.mark.parametrize("path", ["/hello", "/sign-in", "/nowhere", "/static/css/base.css", "/bookings"])
def test_every_answer_carries_the_headers(make: Factory, client: FlaskClient, path: str) -> None:
    make.office()
    with client.get(path) as answer:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in answer.headers


def test_over_https_browsers_are_told_to_stay_there(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "BASE_URL", "https://office.example")
    assert client.get("/hello").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_what_a_signed_in_person_saw_is_kept_nowhere(make: Factory, client: FlaskClient) -> None:
    add_account(make)
    assert client.get("/sign-in").headers["Cache-Control"] == "private, no-cache"
    sign_in(client)
    assert client.get("/bookings").headers["Cache-Control"] == "no-store"


def test_a_page_without_forms_sets_no_cookie(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/hello").headers


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(make: Factory, client: FlaskClient) -> None:
    add_account(make)
    cookie = sign_in(client).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires=" in cookie


def test_only_trusted_hosts_are_answered(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["localhost", "office.example"])
    assert client.get("/hello").status_code == 200
    assert client.get("/hello", headers={"Host": "office.example:8000"}).status_code == 200
    for path in ("/hello", "/sign-in", "/nowhere"):
        refused = client.get(path, headers={"Host": "evil.example"})
        assert refused.status_code == 400
        assert "TRUSTED_HOSTS" in refused.text
        assert "evil" not in refused.text
        assert refused.headers["X-Content-Type-Options"] == "nosniff"


def test_after_signing_in_people_come_back_to_where_they_wanted(make: Factory, client: FlaskClient) -> None:
    add_account(make)
    asked = client.get("/bookings?before=5")
    assert asked.location == "/sign-in?next=/bookings?before%3D5"
    assert 'value="/bookings?before=5"' in client.get(asked.location).text


@pytest.mark.parametrize(
    ("referrer", "expected"),
    [
        ("http://localhost/find", "/sign-in?next=/find"),
        ("http://evil.example/find", "/sign-in"),
        ("http://localhost//evil.example", "/sign-in"),
        (None, "/sign-in"),
    ],
)
def test_a_form_sent_without_being_signed_in_leads_back_to_its_page(
    make: Factory, client: FlaskClient, referrer: str | None, expected: str
) -> None:
    make.office()
    headers = {"Referer": referrer} if referrer else {}
    answer = client.post("/bookings/1/cancellation", headers=headers)
    assert (answer.status_code, answer.location) == (303, expected)


class TestForms:
    """With CSRF protection on, as it is outside of tests."""

    @pytest.fixture(autouse=True)
    def _protected(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)

    @staticmethod
    def token(client: FlaskClient, path: str = "/sign-in") -> str:
        return (
            client.get(path).text.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
        )

    def test_a_form_of_ours_is_taken(self, make: Factory, client: FlaskClient) -> None:
        add_account(make)
        assert sign_in(client, csrf_token=self.token(client)).status_code == 303
        assert is_signed_in(client)

    @pytest.mark.parametrize("sent", [{}, {"csrf_token": "made up"}])
    def test_one_of_somebody_else_is_not(
        self, make: Factory, client: FlaskClient, sent: dict[str, str]
    ) -> None:
        add_account(make)
        self.token(client)
        refused = sign_in(client, **sent)
        assert refused.status_code == 400
        assert "Formuläret var för gammalt" in refused.text
        assert not is_signed_in(client)

    def test_the_token_of_another_browser_is_worth_nothing(
        self, make: Factory, app: Flask, client: FlaskClient
    ) -> None:
        add_account(make)
        self.token(client)
        assert sign_in(client, csrf_token=self.token(app.test_client())).status_code == 400

    def test_every_address_that_takes_a_form_is_protected(self, make: Factory, app: Flask) -> None:
        make.office()
        client = app.test_client()
        elsewhere = {"Origin": "https://example.com"}
        for rule, audiences, address, method in rules(app):
            if method != "GET" and "token" not in audiences:
                assert client.open(address, method=method, headers=elsewhere).status_code == 400, rule

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({}, 303),  # no browser
            ({"Sec-Fetch-Site": "same-origin"}, 303),
            ({"Sec-Fetch-Site": "none"}, 303),
            ({"Sec-Fetch-Site": "same-site"}, 400),
            ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 400),
            ({"Origin": "http://localhost"}, 303),
            ({"Origin": "http://localhost.example.com"}, 400),
            ({"Origin": "null"}, 400),
        ],
    )
    def test_the_language_is_chosen_here(
        self, make: Factory, client: FlaskClient, headers: dict[str, str], status: int
    ) -> None:
        make.office()
        answer = client.post("/language", data={"language": "en"}, headers=headers)
        assert answer.status_code == status
        assert ("Set-Cookie" in answer.headers) == (status == 303)

    def test_whoever_only_looks_gets_no_cookie(self, make: Factory, client: FlaskClient) -> None:
        make.room()
        for path in ("/", "/find", "/resources/tallen", "/privacy"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (200, []), path

    def test_link_by_form(self, make: Factory, client: FlaskClient) -> None:
        add_account(make)
        token = self.token(client)
        assert client.post("/sign-in/links", data={"email": EMAIL, "csrf_token": token}).status_code == 200
        link = mailed_link()
        assert client.post(link).status_code == 400
        assert client.post(link, data={"csrf_token": self.token(client, link)}).status_code == 303
