"""Tokens in the address: of legacy applications whose switch is on, and of nobody else (wire §3).

RFC 6750 §2.3.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore import conf
from oauthcore.models import Application, LegacySwitch, Profile, Token
from oauthcore.rules.tokens.secrets import SecretKind
from tests.support.factories import bearer, open_grant, service_token, sign_in_token
from tests.support.reference_site.factories import MembershipFactory
from tests.support.token_places import (
    PLACEBO,
    Unread,
    assert_refused,
    at_every_resource,
    at_every_view,
    noted,
    send,
    switched,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.sites.resources"),
    pytest.mark.sqlite_only("parsing the address; finding a token runs everywhere in flows/tokens"),
]

EVERY_OTHER_SWITCH = [one for one in LegacySwitch if one != LegacySwitch.QUERY_TOKEN]


@pytest.mark.rfc("6750", "2.3")
@at_every_resource
def test_the_address_may_hold_the_token_of_a_legacy_application_whose_switch_is_on(path):
    application = switched()

    assert send(path, method="GET", query=bearer(application=application)).status_code == 200

    assert noted() == [(application.pk, "query_token", 1, path)]


@at_every_resource
@pytest.mark.parametrize(
    "make",
    [
        bearer,
        lambda: bearer(application=switched(*EVERY_OTHER_SWITCH)),
        lambda: service_token(MembershipFactory().account.uuid),
        lambda: sign_in_token((one := MembershipFactory()).user, one.account.uuid),
    ],
    ids=["2.1", "other switches", "service", "sign-in"],
)
def test_any_other_token_in_the_address_is_refused_wherever_it_comes_from(path, make):
    response = send(path, method="GET", query=make())

    assert_refused(response)
    assert noted() == []


DEAD = {
    "nonsense": lambda: "nonsense",
    "cut": lambda: bearer(application=switched())[:-1],
    "unknown": lambda: conf.settings().secret_format.make(SecretKind.ACCESS).reveal(),
    "cleaned up": lambda: gone(bearer(application=switched())),
    "a refresh token": lambda: conf.settings().secret_format.make(SecretKind.REFRESH).reveal(),
    "expired": lambda: ended(bearer(), expires_at=timezone.now()),
    "ended": lambda: ended(bearer(), revoked_at=timezone.now()),
}


def gone(text):
    Token.objects.all().delete()
    return text


def ended(text, **end):
    Token.objects.update(created_at=timezone.now() - timedelta(1), **end)
    return text


@pytest.mark.parametrize("make", DEAD.values(), ids=DEAD)
def test_a_dead_token_in_the_address_is_told_apart_in_deviantarts_dialect_only(make):
    text = make()

    for path in ("/v1/me", "/drf", "/plain", "/plain/async"):
        assert_refused(send(path, method="GET", query=text))
    for path in (PLACEBO, "/api/v1/oauth2/user/whoami", "/oauth2/of-the-site"):
        response = send(path, method="GET", query=text)
        assert_refused(response, 401, "invalid_token")
        assert 'error="invalid_token"' in response["WWW-Authenticate"]
    assert noted() == []


@pytest.mark.parametrize("path", ["/api/v1/oauth2/user/whoami", "/oauth2/of-the-site"])
def test_a_live_one_is_taken_there_of_a_switched_application_and_of_no_other(path):
    assert send(path, method="GET", query=bearer(application=switched())).status_code == 200
    assert_refused(send(path, method="GET", query=bearer()))


@pytest.mark.urls("tests.support.sites.without_dialects")
def test_a_site_that_has_not_mounted_the_dialect_answers_as_everywhere():
    assert_refused(send("/api/v1/oauth2/user/whoami", method="GET", query="nonsense"))


@at_every_resource
def test_an_expired_token_of_a_switched_application_in_the_address_is_an_invalid_one(path, clock):
    text = bearer(application=switched())
    clock.shift(3600)

    assert_refused(send(path, method="GET", query=text), 401, "invalid_token")
    assert noted() == []


@at_every_resource
def test_once_an_application_is_upgraded_its_tokens_leave_the_address(path):
    text = bearer(application=switched())
    Application.objects.update(profile=Profile.OAUTH_2_1, legacy_switches=frozenset())

    assert_refused(send(path, method="GET", query=text))
    assert send(path, method="GET", header=text).status_code == 200


@at_every_view
def test_what_the_token_in_the_address_limits_is_applied_before_a_form_is_read(path):
    grant = open_grant(application=switched())
    capped = bearer(application=grant.application, max_request_bytes=100)

    refused = send(path, query=capped, **{"wsgi.input": Unread(), "CONTENT_LENGTH": "101"})

    assert_refused(refused, 413, "request_too_large")


def test_a_view_has_the_rest_of_the_address_without_the_token():
    text = bearer(application=switched())

    answer = Client().get("/plain/echo", {"access_token": text, "page": "7"}).json()

    assert answer == {"page": "7"}
