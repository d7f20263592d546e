"""A device begins (RFC 8628 §3.1, §3.2): what it is told, who may, and how often."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from oauthcore.models import DeviceAuthorization
from tests.support.devices.television import BEGIN, Television, register_server, register_television
from tests.support.oauth import basic
from tests.support.statements import statements

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("about the form of requests and answers; the races of devices run on PostgreSQL"),
]


@pytest.mark.rfc("8628", "3.2")
def test_a_device_gets_both_codes_and_where_its_person_goes(clock):
    told = Television().begin().json()

    code = told["user_code"]
    assert told == {
        "device_code": told["device_code"],
        "user_code": code,
        "verification_uri": "https://testserver/oauth/device",
        "verification_uri_complete": f"https://testserver/oauth/device?user_code={code}",
        "expires_in": 600,
        "interval": 5,
    }


def test_a_device_begins_in_four_statements(clock):
    television = Television()
    television.begin()

    with statements() as run:
        assert television.begin().status_code == 200

    assert len(run) == 4, run


@pytest.mark.rfc("8628", "3.2")
def test_the_answer_is_stored_nowhere():
    answer = Television().begin()

    assert answer["Cache-Control"] == "no-store"


@pytest.mark.rfc("8628", "6.1")
def test_user_codes_have_eight_letters_without_vowels_in_two_groups():
    television, letters = Television(), set()
    for _ in range(30):
        television.begin()
        assert re.fullmatch("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", television.user_code)
        letters |= set(television.user_code)

    assert len(letters) > 15


def test_the_site_sets_lifetime_and_interval(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "DEVICE_CODE_LIFETIME": 300, "DEVICE_POLL_INTERVAL": 8}

    told = Television().begin().json()

    assert (told["expires_in"], told["interval"]) == (300, 8)


@pytest.mark.rfc("8628", "3.1")
@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_id": None}, 401, "invalid_client"),
        ({"client_id": "unknown"}, 401, "invalid_client"),
        ({"client_secret": "x"}, 401, "invalid_client"),
        ({"scope": "nonsense"}, 400, "invalid_scope"),
        ({"scope": "api.images.delete"}, 400, "invalid_scope"),
        ({"scope": ["read", "read"]}, 400, "invalid_request"),
        ({"client_id": ["one", "two"]}, 400, "invalid_request"),
        ({"scope": "read\x00"}, 400, "invalid_request"),
    ],
)
def test_a_wrong_request_begins_nothing(changes, status, error):
    answer = Television().begin(**changes)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert not DeviceAuthorization.objects.exists()


@pytest.mark.rfc("8628", "3.1")
def test_no_scope_is_the_default_of_the_application():
    Television().begin(scope=None)

    assert DeviceAuthorization.objects.get().scopes == {"read"}


@pytest.mark.rfc("8628", "3.1")
def test_a_confidential_application_may_use_basic():
    registered = register_server()
    header = basic(registered.client_id, registered.client_secret)

    answer = Client().post(BEGIN, {"scope": "read"}, headers={"authorization": header})

    assert answer.status_code == 200


@pytest.mark.rfc("8628", "3.1")
def test_it_is_a_post():
    answer = Client().get(BEGIN)

    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")


def test_from_one_address_so_many_begin_and_no_more(clock):
    registered = register_television()
    television = Television(registered)
    begun = [television.begin().status_code for _ in range(30)]

    refused = television.begin()

    assert set(begun) == {200}
    assert (refused.status_code, refused.json()["error"]) == (429, "throttled")
    assert int(refused["Retry-After"]) <= 600
    assert Television(registered, address="198.51.100.8").begin().status_code == 200
    clock.shift(600)
    assert television.begin().status_code == 200


def test_an_application_that_proves_who_it_is_is_counted_by_itself(clock, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "DEVICE_AUTHORIZATION_APPLICATION_LIMIT": (40, 600)}
    server = Television(register_server())
    begun = [server.begin().status_code for _ in range(40)]

    assert set(begun) == {200}
    assert server.begin().status_code == 429
    assert Television(register_server(name="Another")).begin().status_code == 200


def test_one_that_registered_itself_proves_nothing(clock):
    registered = register_server(is_self_registered=True)
    server = Television(registered)
    for _ in range(30):
        server.begin()

    assert server.begin().status_code == 429


@pytest.mark.rfc("8628", "4")
def test_the_metadata_name_the_endpoint():
    told = Client().get("/.well-known/oauth-authorization-server").json()

    assert told["device_authorization_endpoint"] == "https://testserver/oauth/device_authorization"
    assert "urn:ietf:params:oauth:grant-type:device_code" in told["grant_types_supported"]
