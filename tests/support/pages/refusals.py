"""What an authorization request can have wrong, with the error that names it; and how refusals look."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from oauthcore.models import AuthorizationCode, Consent, Grant
from tests.support.oauth import CHALLENGE, answer

#: A change to a good request → the error that the application is told (RFC 6749 §4.1.2.1, RFC 7636 §4.4.1).
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no response_type": ({"response_type": None}, "invalid_request"),
    "empty response_type": ({"response_type": ""}, "invalid_request"),
    "response_type twice": ({"response_type": ["code", "code"]}, "invalid_request"),
    **{
        f"response_type {name!r}": ({"response_type": name}, "unsupported_response_type")
        for name in ("foo", "CODE", "code token", "id_token", "none", "code code")
    },
    "implicit": ({"response_type": "token"}, "unauthorized_client"),
    "no challenge": ({"code_challenge": None}, "invalid_request"),
    "no challenge and no method": (
        {"code_challenge": None, "code_challenge_method": None},
        "invalid_request",
    ),
    "challenge twice": ({"code_challenge": [CHALLENGE, CHALLENGE]}, "invalid_request"),
    "no method, which means plain": ({"code_challenge_method": None}, "invalid_request"),
    **{
        f"method {name!r}": ({"code_challenge_method": name}, "invalid_request")
        for name in ("plain", "s256", "S512", "none", "plain\ngarbage", "S256 ")
    },
    **{
        f"challenge {name}": ({"code_challenge": challenge}, "invalid_request")
        for name, challenge in {
            "of 42": "a" * 42,
            "of 44": "a" * 44,
            "with =": "a" * 42 + "=",
            "with +": "a" * 42 + "+",
            "with /": "a" * 42 + "/",
            "with space": "a" * 42 + " ",
            "with é": "a" * 42 + "é",
            "with a full-width digit": "a" * 42 + "\uff11",
            "with a line end": "a" * 43 + "\n",
        }.items()
    },
    "unknown scope": ({"scope": "nonsense"}, "invalid_scope"),
    "known scope beside an unknown one": ({"scope": "read nonsense"}, "invalid_scope"),
    "scope that is not the application's": ({"scope": "api.images.delete"}, "invalid_scope"),
    "scope in capitals": ({"scope": "READ"}, "invalid_scope"),
    "scope's beginning": ({"scope": "api.images"}, "invalid_scope"),
    "wildcard scope": ({"scope": "api.*"}, "invalid_scope"),
    "scope of blanks": ({"scope": " "}, "invalid_scope"),
    "scope with a quote": ({"scope": 'read "'}, "invalid_scope"),
    "scope with é": ({"scope": "é"}, "invalid_scope"),
    "5 000 scopes": ({"scope": "read " * 5000}, "invalid_scope"),
    "64 KiB of scope": ({"scope": "r" * 65536}, "invalid_scope"),
    "scope twice": ({"scope": ["read", "read"]}, "invalid_request"),
    "state twice": ({"state": ["one", "two"]}, "invalid_request"),
    "too long a state": ({"state": "s" * 2049}, "invalid_request"),
    "too many bytes of state": ({"state": "é" * 1025}, "invalid_request"),
    "silence and a page": ({"prompt": "none consent"}, "invalid_request"),
    "force_login that is no boolean": ({"force_login": "perhaps"}, "invalid_request"),
    "request object": ({"request": "e30.e30."}, "request_not_supported"),
    "request_uri": ({"request_uri": "https://internal.example/"}, "request_uri_not_supported"),
}

#: Parameters for :func:`pytest.mark.parametrize`.
CASES = [(changes, error) for changes, error in WRONG.values()]
NAMES = list(WRONG)


def assert_nothing_happened() -> None:
    """Nothing was opened, remembered or issued."""
    assert not Grant.objects.exists()
    assert not Consent.objects.exists()
    assert not AuthorizationCode.objects.exists()


def assert_shown_on_a_page(response: HttpResponse, *, status: int = 400) -> None:
    """The person is told on a page, the browser is sent nowhere, and nothing happened."""
    assert response.status_code == status
    assert "Location" not in response
    assert response["Content-Type"].startswith("text/html")
    assert_nothing_happened()


def assert_refused(response: HttpResponse, error: str, *, state: str | None = "a state") -> dict[str, str]:
    """The application is told why, with its state and our issuer, and nothing else happened."""
    told = answer(response)
    assert told["error"] == error
    assert told.get("state") == state
    assert told["iss"] == "https://testserver"
    assert set(told) <= {"error", "error_description", "state", "iss"}
    assert_nothing_happened()
    return told
