"""The implicit grant: where no token is sent, and how that is told (RFC 6749 §4.2.2.1, RFC 9700 §2.1.2).

Wire §2 point 7.
"""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import LegacySwitch, Token
from tests.support.factories import REDIRECT_URI
from tests.support.oauth import OAuthClient, answer, is_live
from tests.support.pages.legacy import (
    IMPLICIT,
    OUT_OF_BAND,
    TOKEN,
    WAYS,
    at_browser_of,
    fragment_of,
    register_implicit,
    register_legacy,
)
from tests.support.pages.refusals import (
    WRONG,
    assert_nothing_happened,
    assert_refused,
    assert_shown_on_a_page,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("what is refused before a token is issued"),
]


@pytest.fixture
def old(printer: OAuthClient) -> OAuthClient:
    """A legacy application that may ask for tokens at the authorize page."""
    return at_browser_of(printer, register_implicit())


def assert_told(response: Any, error: str, *, state: str | None = "a state") -> None:
    """The application is told in the fragment, and nothing happened."""
    assert response["Location"].startswith(f"{REDIRECT_URI}#")
    told = fragment_of(response)
    assert (told["error"], told.get("state"), told["iss"]) == (error, state, "https://testserver")
    assert set(told) <= {"error", "error_description", "state", "iss"}
    assert_nothing_happened()
    assert not Token.objects.exists()


@pytest.mark.rfc("6749", "4.2.2.1")
def test_a_no_is_told_in_the_fragment(old: OAuthClient) -> None:
    assert_told(old.decide("deny", **TOKEN), "access_denied")


_SHARED = {
    name: case
    for name, case in WRONG.items()
    if not {"response_type", "code_challenge", "code_challenge_method"} & set(case[0])
}


@pytest.mark.rfc("6749", "4.2.2.1")
@pytest.mark.parametrize(("changes", "error"), _SHARED.values(), ids=_SHARED)
def test_what_is_wrong_with_a_request_is_told_in_the_fragment(
    old: OAuthClient, changes: dict[str, Any], error: str
) -> None:
    state = None if "state" in changes else "a state"

    assert_told(old.authorize(**TOKEN, **changes), error, state=state)


@pytest.mark.parametrize("mode", ["query", "form_post", "web_message", "jwt", "Fragment", "query fragment"])
def test_a_token_goes_nowhere_but_into_the_fragment(old: OAuthClient, mode: str) -> None:
    assert_told(old.authorize(**TOKEN, response_mode=mode), "invalid_request")


@pytest.mark.parametrize(
    "response_type", ["code token", "token code", "token id_token", "Token", "token token"]
)
def test_no_other_response_type_comes_with_it(old: OAuthClient, response_type: str) -> None:
    assert_refused(old.authorize(response_type=response_type), "unsupported_response_type")


def test_two_response_types_are_told_in_the_query_and_give_nothing(old: OAuthClient) -> None:
    assert_refused(old.authorize(response_type=["token", "token"]), "invalid_request")
    assert_refused(old.authorize(response_type=["code", "token"]), "invalid_request")


@pytest.mark.parametrize("changes", [{}, {"scope": "nonsense"}, {"response_mode": "query"}], ids=str)
def test_an_application_that_may_ask_for_codes_only_is_told_in_the_query(
    printer: OAuthClient, changes: dict[str, Any]
) -> None:
    for one in (printer, at_browser_of(printer, register_legacy(*LegacySwitch))):
        response = one.authorize(**TOKEN, **changes)

        assert "#" not in response["Location"]
        assert_refused(response, "unauthorized_client")


def test_an_application_that_may_ask_for_tokens_only_gets_no_code(printer: OAuthClient) -> None:
    old = at_browser_of(printer, register_implicit(grant_types=[IMPLICIT]))

    assert_refused(old.authorize(), "unauthorized_client")
    assert fragment_of(old.decide(**TOKEN))["access_token"]


@pytest.mark.rfc("9700", "4.1")
@pytest.mark.parametrize(
    "uri",
    ["http://127.0.0.1/cb", "http://[::1]/cb", "http://localhost/cb", "com.example.app:/cb", OUT_OF_BAND],
)
@pytest.mark.parametrize("is_trusted", [False, True])
def test_a_token_is_sent_to_https_only(printer: OAuthClient, uri: str, is_trusted: bool) -> None:
    old = at_browser_of(printer, register_implicit(redirect_uris=[uri], is_trusted=is_trusted))

    response = old.authorize(**TOKEN, redirect_uri=uri)

    if uri == OUT_OF_BAND:
        assert_shown_on_a_page(response)
    else:
        assert fragment_of(response)["error"] == "unauthorized_client"
    assert not Token.objects.exists()


def test_a_token_is_sent_to_no_address_that_only_begins_like_a_registered_one(printer: OAuthClient) -> None:
    old = at_browser_of(printer, register_implicit(legacy_switches=[LegacySwitch.PATH_PREFIX]))
    below = WAYS["a path below"][0]

    assert_shown_on_a_page(old.authorize(**TOKEN, **below))
    assert old.authorize(**below).status_code == 200


def test_a_page_for_a_code_below_cannot_be_answered_as_one_for_a_token(printer: OAuthClient) -> None:
    old = at_browser_of(printer, register_implicit(legacy_switches=[LegacySwitch.PATH_PREFIX]))
    below = WAYS["a path below"][0]
    transaction = old.authorize(**below).context["transaction"]

    assert_shown_on_a_page(old.decide(transaction=transaction, **{**TOKEN, **below}))


def test_a_page_for_a_code_is_no_page_for_a_token(printer: OAuthClient) -> None:
    old = at_browser_of(printer, register_implicit(legacy_switches=[LegacySwitch.OPTIONAL_PKCE]))
    plain = WAYS["no PKCE"][0]
    transaction = old.authorize(**plain).context["transaction"]

    assert_shown_on_a_page(old.decide(transaction=transaction, **plain, form={"response_type": "token"}))
    assert_shown_on_a_page(old.decide(transaction=transaction, **TOKEN))
    assert answer(old.decide(transaction=transaction, **plain))["code"]


def test_a_person_who_is_not_logged_in_is_asked_to_first_and_silence_is_kept_in_the_fragment(
    old: OAuthClient,
) -> None:
    stranger = OAuthClient(old.registered)

    assert stranger.authorize(**TOKEN)["Location"].startswith("/login?")
    assert fragment_of(stranger.authorize(**TOKEN, prompt="none"))["error"] == "login_required"


def test_the_token_endpoint_knows_no_such_grant(old: OAuthClient) -> None:
    for name in (IMPLICIT, "token"):
        assert old.token(grant_type=name).json()["error"] == "unsupported_grant_type"


def test_a_token_of_the_fragment_is_no_code(old: OAuthClient) -> None:
    token = fragment_of(old.decide(**TOKEN))["access_token"]

    assert old.redeem(token).json()["error"] == "invalid_grant"
    assert old.refresh(token).json()["error"] == "invalid_grant"
    assert is_live(token)
