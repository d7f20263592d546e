"""Hostile bodies at every endpoint of signing in, sent with a good token: 4xx, JSON, nothing stored.

What every address of the site gets besides is in ``tests/api``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from oauthcore.urls import urlpatterns
from tests.support.attacks import JSON_VALUES, Sent, content_types, json_fields, sizes, whole_json
from tests.support.factories import PASSWORD
from tests.support.sign_in.client import PHONE, AppClient
from tests.support.sign_in.people import Person
from tests.support.under_attack import row_counts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unhurried")]

FRESH = {"password": PASSWORD, "code": "000000"}
#: Method, name and the members that are read, of each endpoint that reads any.
READING: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "sign_in", {"login": "ada", "password": PASSWORD, "device": PHONE}),
    ("POST", "sign_in_mfa", {"mfa_token": "any", "code": "000000"}),
    ("POST", "sign_in_token", {"refresh_token": "any", "account_uuid": "any"}),
    ("POST", "sign_out", {"refresh_token": "any"}),
    ("POST", "totp", {"password": PASSWORD}),
    ("DELETE", "totp", FRESH),
    ("POST", "totp_confirm", {"code": "000000"}),
    ("POST", "recovery_codes", FRESH),
]
WITHOUT_BODY = {"devices", "device"}


@pytest.fixture
def unlimited(settings: Any) -> None:
    """So many requests of one address are no matter here."""
    endless = dict.fromkeys(("LOGIN_ADDRESS_LIMIT", "LOGIN_LIMIT", "LOGIN_STRANGER_LIMIT"), (10**6, 300))
    settings.OAUTHCORE = {**settings.OAUTHCORE, **endless}


def of_the_device(good: Sent) -> Iterator[Sent]:
    """Put what is hostile into each member of the device."""
    for name in (*PHONE, "uuid"):
        marked = json.dumps(good.fields | {"device": {**PHONE, name: "@@"}}).encode()
        for value in JSON_VALUES:
            yield good.json(marked.replace(b'"@@"', value))


def test_every_endpoint_of_signing_in_is_attacked() -> None:
    names = {str(one.name) for one in urlpatterns if str(one.pattern).startswith("v1/auth/")}

    assert {name for _, name, _ in READING} | WITHOUT_BODY == names


@pytest.mark.parametrize(("method", "name", "fields"), READING, ids=[f"{one[0]} {one[1]}" for one in READING])
def test_a_hostile_body_is_refused_and_stores_nothing(
    person: Person, unlimited: None, method: str, name: str, fields: dict[str, Any]
) -> None:
    token = AppClient().access_token()
    good = Sent(method, reverse(f"oauthcore:{name}"), fields)
    families = [json_fields(good), whole_json(good), content_types(good), sizes(good)]
    families += [of_the_device(good)] if "device" in fields else []
    client, before, found, count = Client(raise_request_exception=False), row_counts(), [], 0

    for sent in chain(*families):
        # Whoever has no refresh token to sign out with may do so with the bearer token.
        headers = {} if name == "sign_out" else {"authorization": f"Bearer {token}"}
        response = client.generic(
            sent.method, sent.path, sent.body, sent.content_type, headers=headers, **sent.extra
        )
        count += 1
        told = json.loads(response.content)
        # The refresh token is looked at before the account.
        is_looked_at = response.status_code == 401 and name in ("sign_out", "sign_in_token")
        is_fine = response.status_code in (400, 411, 413, 415) or is_looked_at
        if not is_fine or not {"error", "error_description"} <= told.keys() or "Request-Id" not in response:
            found.append((response.status_code, told.get("error"), str(sent)))

    assert found == []
    assert count > 60
    assert row_counts() == before
    assert client.get("/v1/auth/devices", headers={"authorization": f"Bearer {token}"}).status_code == 200


@pytest.mark.parametrize("method", ["DELETE", "GET"])
def test_a_hostile_address_of_a_device_is_not_found(person: Person, method: str) -> None:
    token = AppClient().access_token()
    client = Client(raise_request_exception=False, headers={"authorization": f"Bearer {token}"})

    for text in (
        "%00",
        "a%00",
        "%ff",
        "%ed%a0%80",
        "x" * 5000,
        "%0d%0aa:b",
        "..",
        "%2e%2e%2f",
        "{}",
        "٣" * 32,
        "-1",
    ):
        response = client.generic(method, f"/v1/auth/devices/{text}")

        assert response.status_code in ((404,) if method == "DELETE" else (404, 405)), text
        assert response.json()["error"] in ("not_found", "method_not_allowed")
    assert AppClient().devices(token).status == 200
