"""Tokens in the address: of legacy applications whose switch is on, and of nobody else (contract §3).

RFC 6750 §2.3; ``security.md`` case 99.
"""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import Application, LegacySwitch, Profile
from tests.api.places import Unread, assert_refused, at_every_resource, at_every_view, noted, send, switched
from tests.factories import bearer, open_grant, service_token, sign_in_token
from tests.site.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.resources")]

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
        lambda: "nonsense",
        lambda: bearer(application=switched())[:-1],
    ],
    ids=["2.1", "other switches", "service", "sign-in", "nonsense", "cut"],
)
def test_any_other_token_in_the_address_is_refused_wherever_it_comes_from(path, make):
    response = send(path, method="GET", query=make())

    assert_refused(response)
    assert noted() == []


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
