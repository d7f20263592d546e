"""Modules about request objects, which this provider refuses. It never uses a part of one."""

from __future__ import annotations

import pytest

from tests.support.jose import encoded
from tests.support.oauth import answer
from tests.support.relying_party import RelyingParty, configuration

pytestmark = pytest.mark.sqlite_only("it is about the request, before any row decides")


def request_object(party: RelyingParty, **changes: object) -> str:
    """Return the request as an unsigned JWT."""
    return f"{encoded({'alg': 'none'})}.{encoded(party.parameters(**changes))}."


@pytest.mark.openid("core", "3.1.2.6")
@pytest.mark.openid("core", "6.1")
def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(
    party: RelyingParty,
) -> None:
    answered = answer(party.authorize(request=request_object(party, nonce="inside")))

    assert answered["error"] == "request_not_supported"
    assert answered["state"] == "a state"


@pytest.mark.openid("core", "6.1")
def test_oidcc_ensure_request_object_with_redirect_uri(party: RelyingParty) -> None:
    """The address inside is not trusted, and nothing is sent there."""
    inside = request_object(party, redirect_uri="https://elsewhere.example/cb", state="inside")
    answered = party.authorize(request=inside)

    assert answered["Location"].startswith("https://client.example/cb?")
    assert answer(answered)["error"] == "request_not_supported"
    assert answer(answered)["state"] == "a state"


@pytest.mark.openid("core", "3.1.2.6")
@pytest.mark.openid("core", "6.2")
@pytest.mark.parametrize("uri", ["https://client.example/request.jwt", "http://127.0.0.1:1/x", "urn:x"])
def test_oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(
    party: RelyingParty, uri: str
) -> None:
    answered = answer(party.authorize(request_uri=uri))

    assert answered["error"] in ("request_uri_not_supported", "invalid_request_uri")
    assert "code" not in answered


@pytest.mark.openid("core", "7.2.1")
@pytest.mark.openid("core", "3.1.2.6")
def test_oidcc_registration_in_a_request_is_not_supported(party: RelyingParty) -> None:
    """It is for self-issued providers. The address inside is not trusted."""
    registration = '{"redirect_uris": ["https://elsewhere.example/cb"]}'

    assert answer(party.authorize(registration=registration))["error"] == "registration_not_supported"
    elsewhere = party.authorize(registration=registration, redirect_uri="https://elsewhere.example/cb")
    assert elsewhere.status_code == 400


@pytest.mark.openid("discovery", "3")
def test_oidcc_the_configuration_says_that_request_objects_are_not_taken() -> None:
    """Where ``request_uri_parameter_supported`` is missing it means true."""
    found = configuration()

    assert found["request_parameter_supported"] is False
    assert found["request_uri_parameter_supported"] is False
    assert "request_object_signing_alg_values_supported" not in found
