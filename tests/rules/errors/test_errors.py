"""Refusals: code, status and text of each, as the wire shows them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import oauthcore
from oauthcore.rules.errors import mastodon, oauth, registration, resources, sign_in, step_up
from oauthcore.rules.errors.oauth import InvalidClient, InvalidRequest, OAuthError, SlowDown
from oauthcore.rules.errors.resources import InsufficientScope
from oauthcore.rules.errors.sign_in import InvalidMembers
from tests.support.quoting import is_quotable

WIRE = {
    "OAuthError": (500, "server_error"),
    "InvalidRequest": (400, "invalid_request"),
    "RequestTooLarge": (413, "request_too_large"),
    "UnsupportedMediaType": (415, "unsupported_media_type"),
    "UnsupportedEncoding": (415, "unsupported_media_type"),
    "UnsupportedCharset": (415, "unsupported_media_type"),
    "MethodNotAllowed": (405, "method_not_allowed"),
    "InvalidClient": (401, "invalid_client"),
    "InvalidGrant": (400, "invalid_grant"),
    "InvalidScope": (400, "invalid_scope"),
    "UnauthorizedClient": (400, "unauthorized_client"),
    "NotYours": (403, "unauthorized_client"),
    "IntrospectionNotAllowed": (403, "unauthorized_client"),
    "UnsupportedGrantType": (400, "unsupported_grant_type"),
    "UnsupportedResponseType": (400, "unsupported_response_type"),
    "RequestNotSupported": (400, "request_not_supported"),
    "RequestURINotSupported": (400, "request_uri_not_supported"),
    "AccessDenied": (400, "access_denied"),
    "LoginRequired": (400, "login_required"),
    "ConsentRequired": (400, "consent_required"),
    "SlowDown": (429, "slow_down"),
    "Throttled": (429, "throttled"),
    "ServerError": (500, "server_error"),
    "TemporarilyUnavailable": (503, "temporarily_unavailable"),
    "NotAuthenticated": (401, "not_authenticated"),
    "NoTokenToCheck": (401, "invalid_token"),
    "InvalidToken": (401, "invalid_token"),
    "WrongKindOfToken": (401, "invalid_token"),
    "NotAnApplicationsToken": (401, "invalid_token"),
    "TokenOfAnotherResource": (401, "invalid_token"),
    "InvalidTarget": (400, "invalid_target"),
    "InsufficientUserAuthentication": (401, "insufficient_user_authentication"),
    "UnmetAuthenticationRequirements": (400, "unmet_authentication_requirements"),
    "InsufficientScope": (403, "insufficient_scope"),
    "RoleTooNarrow": (403, "insufficient_scope"),
    "NoPerson": (403, "insufficient_scope"),
    "NoAccountToWorkOn": (403, "insufficient_scope"),
    "AddressNotAllowed": (403, "ip_not_allowed"),
    "LengthRequired": (411, "length_required"),
    "RegistrationClosed": (403, "registration_closed"),
    "InvalidRedirectURI": (400, "invalid_redirect_uri"),
    "InvalidClientMetadata": (400, "invalid_client_metadata"),
    "InvalidRegistrationToken": (401, "invalid_token"),
    "RegistrationSuspended": (403, "access_denied"),
    "ValidationFailed": (422, "Validation failed"),
    "PersonRequired": (422, "This method requires an authenticated user"),
    "InvalidMembers": (400, "invalid_request"),
    "JSONOnly": (415, "unsupported_media_type"),
    "InvalidCredentials": (401, "invalid_credentials"),
    "InvalidMFACode": (401, "invalid_mfa_code"),
    "InvalidMFAToken": (401, "invalid_mfa_token"),
    "InvalidRefreshToken": (401, "invalid_refresh_token"),
    "RefreshTokenReused": (401, "refresh_token_reused"),
    "AccountNotAllowed": (403, "account_not_allowed"),
    "NotASignInToken": (403, "insufficient_scope"),
    "NotFound": (404, "not_found"),
}
REFUSALS = {
    name: value
    for module in (oauth, resources, registration, mastodon, sign_in, step_up)
    for name, value in vars(module).items()
    if isinstance(value, type) and issubclass(value, OAuthError)
}
PACKAGE = Path(oauthcore.__file__).parent


def raised(refusal: type[OAuthError]) -> OAuthError:
    """Return a refusal as it is raised when nothing in particular is said."""
    return refusal(details={"name": "This is required."}) if refusal is InvalidMembers else refusal()


def messages_of(names: set[str]) -> Iterator[str]:
    """Yield the constant parts of every message that a refusal of these names is raised with."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                for part in (part for argument in node.args for part in ast.walk(argument)):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value


@pytest.mark.parametrize("name", sorted(REFUSALS | WIRE))
def test_a_refusal_has_the_code_and_status_of_the_contract(name):
    refusal = raised(REFUSALS[name])

    assert (refusal.status, refusal.error) == WIRE[name]


@pytest.mark.rfc("6749", "5.2")
@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_code_and_text_keep_to_the_character_set_of_the_rfc(refusal):
    assert is_quotable(refusal.error)
    assert is_quotable(raised(refusal).description)


@pytest.mark.rfc("6749", "5.2")
def test_what_clients_are_told_about_an_ill_formed_request_keeps_to_it_too():
    messages = list(messages_of({name for name, one in REFUSALS.items() if one.text is None}))

    assert len(messages) > 20
    assert [message for message in messages if not is_quotable(message)] == []


def test_why_a_request_was_refused_is_for_the_log_only():
    refusal = InvalidClient("the secret of application 7 is wrong")

    assert str(refusal) == refusal.reason == "the secret of application 7 is wrong"
    assert refusal.description == InvalidClient.text


def test_how_to_mend_an_ill_formed_request_is_for_the_client_too():
    assert InvalidRequest("Send one thing.").description == "Send one thing."


@pytest.mark.parametrize(
    ("refusal", "reason"), [(InvalidClient, InvalidClient.text), (OAuthError, "server_error")]
)
def test_a_refusal_raised_without_a_reason_has_its_own_text_or_code(refusal, reason):
    assert refusal().reason == refusal().description == reason


def test_what_is_wrong_with_members_is_for_the_client_and_their_names_are_for_the_log():
    refusal = InvalidMembers(details={"password": "This is required.", "device": "This is required."})

    assert refusal.reason == "members that are not valid: device, password"
    assert refusal.description == InvalidMembers.text
    assert refusal.details == {"password": "This is required.", "device": "This is required."}


def test_a_refusal_may_say_when_to_come_back():
    assert SlowDown("too many", retry_after=30).retry_after == 30
    assert SlowDown("too many").retry_after is None


@pytest.mark.rfc("6750", "3.1")
def test_a_token_that_may_not_is_told_which_scopes_are_wanted():
    refusal = InsufficientScope("the token lacks write", scopes=("read", "write"))

    assert refusal.scopes == ("read", "write")
    assert InsufficientScope().scopes == ()
