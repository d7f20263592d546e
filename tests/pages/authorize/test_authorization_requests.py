"""What an application may ask a person for, and how it learns what was wrong with its question.

Wire §2 points 1, 3 and 4; RFC 6749 §4.1.1 and §4.1.2.1, RFC 7636 §4.3.
"""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from django.test import Client

from oauthcore.models import AuthorizationCode, Grant
from tests.support.factories import EVERY_GRANT_TYPE, REDIRECT_URI, register, register_public
from tests.support.oauth import OAuthClient, answer
from tests.support.pages.refusals import CASES, NAMES, WRONG, assert_refused, assert_shown_on_a_page

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("requests are refused before anything is written"),
]


def _state_of(changes: dict[str, Any]) -> str | None:
    return None if "state" in changes else "a state"


@pytest.mark.rfc("6749", "4.1.2.1")
@pytest.mark.parametrize(("changes", "error"), CASES, ids=NAMES)
def test_a_wrong_request_is_answered_to_the_application(
    printer: OAuthClient, changes: dict[str, Any], error: str
) -> None:
    response = printer.authorize(**changes)

    assert response["Location"].startswith(f"{REDIRECT_URI}?")
    told = assert_refused(response, error, state=_state_of(changes))
    assert told["error_description"].isascii()


@pytest.mark.rfc("9700", "4.11.2")
@pytest.mark.parametrize(("changes", "_"), CASES, ids=NAMES)
def test_nobody_is_sent_on_to_an_application_before_they_are_logged_in(
    stranger: OAuthClient, changes: dict[str, Any], _: str
) -> None:
    response = stranger.authorize(**changes)

    if "none" in str(changes.get("prompt")):
        assert_refused(response, "login_required")
    elif len(str(changes)) > 65_536:  # no session keeps that until the person has logged in
        assert_shown_on_a_page(response)
    else:
        assert response["Location"].startswith("/login?next=/oauth/authorize%3F")


@pytest.mark.parametrize("name", ["no challenge", "no method, which means plain", "method 'plain'"])
@pytest.mark.parametrize("make", [register, register_public])
def test_no_application_gets_around_pkce(printer: OAuthClient, make: Any, name: str) -> None:
    changes, error = WRONG[name]

    assert_refused(OAuthClient(make(), printer.browser).authorize(**changes), error)


def test_an_application_without_the_code_grant_gets_no_page(printer: OAuthClient) -> None:
    own = OAuthClient(register(grant_types=EVERY_GRANT_TYPE[1:]), printer.browser)

    assert_refused(own.authorize(), "unauthorized_client")


@pytest.mark.rfc("9207", "2")
def test_every_answer_names_the_issuer_once_as_the_metadata_do(printer: OAuthClient) -> None:
    issuer = Client().get("/.well-known/oauth-authorization-server").json()["issuer"]

    for response in (
        printer.decide(),
        printer.decide("deny", prompt="consent"),
        printer.authorize(scope="nonsense"),
    ):
        assert response.status_code in (302, 303)
        assert response["Location"].count("iss=") == 1
        assert answer(response)["iss"] == issuer


@pytest.mark.parametrize(
    "state", ["s" * 2048, "é" * 1024, "None", '"><script>', "\r\nSet-Cookie: a=b", "a b+c&d=e#f"]
)
def test_the_state_comes_back_byte_for_byte_and_splits_no_header(printer: OAuthClient, state: str) -> None:
    for response in (printer.decide(state=state), printer.authorize(state=state, scope="nonsense")):
        assert answer(response)["state"] == state
        assert not set('\r\n<>" ') & set(response["Location"])
        assert not response.cookies


def test_the_page_shows_nothing_of_the_state(printer: OAuthClient) -> None:
    page = printer.authorize(state='"><script>alert(1)</script>').content.decode()

    assert "<script>" not in page


@pytest.mark.rfc("6749", "3.1")
def test_an_empty_parameter_counts_as_not_sent(printer: OAuthClient) -> None:
    told = answer(printer.decide(state="", prompt="", force_login="", nonce="", request=""))

    assert set(told) == {"code", "iss"}


@pytest.mark.rfc("6749", "3.1")
def test_parameters_that_mean_nothing_here_are_passed_over(printer: OAuthClient) -> None:
    assert answer(printer.decide(foo=["bar", "baz"], prompt="create", login_hint="ada"))["code"]


def test_a_parameter_with_characters_no_parameter_has_is_answered_on_a_page(printer: OAuthClient) -> None:
    assert_shown_on_a_page(printer.authorize(state="a\x00b"))
    query = f"client_id={printer.registered.client_id}&redirect_uri={REDIRECT_URI}&state=%ff"
    assert_shown_on_a_page(printer.browser.get(f"/oauth/authorize?{query}"))


def test_a_flood_of_parameters_is_answered_on_a_page(printer: OAuthClient) -> None:
    assert_shown_on_a_page(printer.authorize(**{f"p{number}": "x" for number in range(1001)}))


def test_a_request_uri_is_fetched_from_nowhere(printer: OAuthClient, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: called.append(address))

    assert_refused(
        printer.authorize(request_uri="http://169.254.169.254/latest"), "request_uri_not_supported"
    )
    assert called == []


@pytest.mark.parametrize("name", ["5 000 scopes", "64 KiB of scope"])
def test_a_megabyte_of_scope_costs_nothing(printer: OAuthClient, name: str) -> None:
    changes, error = WRONG[name]
    printer.authorize(**changes)
    started = time.process_time()

    assert_refused(printer.authorize(**changes), error)
    assert time.process_time() - started < 0.2


class TestScopes:
    """Wire §2 point 4; RFC 6749 §3.3."""

    @pytest.mark.parametrize(
        "sent", ["read api.images.read", "read+api.images.read", " api.images.read  read "]
    )
    def test_are_separated_by_spaces_or_pluses(self, printer: OAuthClient, sent: str) -> None:
        printer.decide(scope=sent, form={"scope": ["read", "api.images.read"]})

        assert Grant.objects.get().scopes == {"read", "api.images.read"}

    @pytest.mark.parametrize(
        ("registered", "granted"),
        [
            ({}, "read"),
            ({"default_scopes": ["api.images.read"]}, "api.images.read"),
            ({"scopes": ["read", "api.upload"], "default_scopes": ["read", "api.upload"]}, "api.upload read"),
        ],
    )
    def test_are_the_applications_default_when_none_is_asked_for(
        self, printer: OAuthClient, registered: dict[str, Any], granted: str
    ) -> None:
        application = OAuthClient(register(**registered), printer.browser)

        code = application.code(scope=None, form={"scope": granted.split()})

        assert application.redeem(code).json()["scope"] == granted

    def test_have_no_default_where_the_application_has_none(self, printer: OAuthClient) -> None:
        uploader = OAuthClient(register(scopes=["api.upload"]), printer.browser)

        assert_refused(uploader.authorize(scope=None), "invalid_scope")

    def test_form_a_tree_so_that_whoever_has_the_whole_may_ask_for_a_part(
        self, printer: OAuthClient, settings: Any
    ) -> None:
        scopes = {"read": "Read", "write": "Write", "write:media": "Write media"}
        settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": scopes}
        whole, part = (
            OAuthClient(register(scopes=[name]), printer.browser) for name in ("write", "write:media")
        )

        assert_refused(part.authorize(scope="write"), "invalid_scope")
        assert whole.tokens(scope="write:media")["scope"] == "write:media"


class TestCodes:
    """Wire §2 point 7; RFC 6749 §4.1.2."""

    def test_are_hard_to_guess_and_stored_as_digests_only(self, printer: OAuthClient) -> None:
        codes = {printer.code() for _ in range(20)}

        assert len(codes) == 20
        assert all(len(code) >= 43 and set(code) <= _UNRESERVED for code in codes)
        for row in AuthorizationCode.objects.values():
            assert not any(code in str(value) for code in codes for value in row.values())

    def test_go_to_a_query_that_the_address_already_has(self, printer: OAuthClient) -> None:
        uri = "https://client.example/cb?tenant=7"
        tenant = OAuthClient(register(redirect_uris=[uri]), printer.browser)

        told = answer(tenant.decide(redirect_uri=uri))

        assert told["tenant"] == "7"
        assert told["code"]


_UNRESERVED = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
