"""Exchanges of tokens that are refused (RFC 8693 §2.1, §2.2.2)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from oauthcore.models import Token
from tests.support.factories import bearer, device_session, open_grant, register, service_token
from tests.support.oauth import OAuthClient, post, with_person
from tests.support.token_exchange import (
    ACCESS_TOKEN,
    ISSUER,
    MCP,
    NAME,
    SCOPES,
    exchange,
    refuse,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exchanging")]


@pytest.mark.rfc("8693", "2.1")
@pytest.mark.parametrize("resource", [None, "https://other.example", "/mcp", f"{MCP}#a", [MCP, ISSUER]])
def test_one_resource_of_the_site_has_to_be_named(gateway, subject, resource):
    refuse(gateway, subject, "invalid_target", resource=resource)


@pytest.mark.rfc("8693", "2.2.2")
def test_a_resource_that_the_person_did_not_approve_is_refused(gateway):
    token = bearer(scopes=SCOPES, resources=frozenset([ISSUER]))

    refuse(gateway, token, "invalid_target")


@pytest.mark.rfc("8693", "2.1")
def test_an_audience_is_no_resource(gateway, subject):
    refuse(gateway, subject, "invalid_target", audience="mcp")


def test_a_site_without_resources_exchanges_nothing(gateway, subject, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "RESOURCES": {}}

    refuse(gateway, subject, "invalid_target", resource=ISSUER)


@pytest.mark.rfc("8693", "2.2.2")
def test_a_token_that_is_over_or_none_of_ours_is_not_exchanged(gateway, subject):
    ended = bearer()
    Token.objects.filter(hint=ended[-4:]).update(revoked_at=timezone.now())

    for token in ("", "nonsense", ended, subject[:-1], register().client_secret, "a" * 5000):
        refuse(gateway, token)


@pytest.mark.rfc("8693", "2.2.2")
def test_neither_refresh_nor_service_nor_device_tokens_are_exchanged(gateway):
    oauth = with_person()
    session = device_session(oauth.browser and open_grant().user)
    device = Token.objects.get(grant=session)

    assert device.kind == "refresh"
    refuse(gateway, oauth.tokens()["refresh_token"])
    refuse(gateway, service_token(uuid4()))


def test_an_account_that_the_site_no_longer_vouches_for_is_not_acted_on(gateway):
    refuse(gateway, bearer(scopes=SCOPES, account_uuid=uuid4()))


@pytest.mark.rfc("8693", "2.2.2")
def test_a_token_that_was_exchanged_is_not_exchanged_again(gateway, subject):
    refuse(gateway, exchange(gateway, subject).json()["access_token"])


def test_a_token_that_is_bound_to_a_key_is_not_exchanged(gateway, subject):
    Token.objects.update(key_thumbprint=bytes(32))

    refuse(gateway, subject)


@pytest.mark.rfc("8693", "2.1")
@pytest.mark.parametrize(
    "changes",
    [
        {"subject_token": None},
        {"subject_token_type": None},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:jwt"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"actor_token": "anything", "actor_token_type": ACCESS_TOKEN},
    ],
)
def test_other_kinds_of_tokens_are_not_traded(gateway, subject, changes):
    refuse(gateway, subject, **changes)


@pytest.mark.rfc("8693", "2.1")
def test_only_an_application_that_staff_gave_it_to_exchanges_tokens(subject):
    response = exchange(OAuthClient(register()), subject)

    assert (response.status_code, response.json()["error"]) == (400, "unauthorized_client")


def test_it_is_unknown_unless_the_site_switches_it_on(gateway, subject, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "TOKEN_EXCHANGE": False}

    refuse(gateway, subject, "unsupported_grant_type")


def test_nothing_that_was_sent_is_repeated(gateway, subject, caplog):
    Token.objects.update(revoked_at=timezone.now())

    response = refuse(gateway, subject)

    assert subject not in response.content.decode() + caplog.text
    assert post("/oauth/token", {"grant_type": NAME}).status_code == 401
