"""The demo's service tokens: one of each kind that staff can make (wire §7)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.models import ServiceToken
from reference_site.accounts.roles import ALL_SCOPES
from tests.support.reference_site.demo import demo_object

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("what the demo prints, and its rows"),
]


def _call(token, **extra):
    headers = {"Authorization": f"Bearer {token['token']}"}
    return Client().get("/v1/me", headers=headers, **{"REMOTE_ADDR": "127.0.0.1", **extra})


def test_the_service_tokens_are_of_the_shared_account_and_of_every_kind(demo):
    full, reading, elsewhere, capped, expired = demo["service_tokens"]

    shared = max(demo["accounts"], key=lambda account: len(account["members"]))
    assert {str(one.account_uuid) for one in ServiceToken.objects.all()} == {shared["uuid"]}
    assert all(
        one.keys() == {"name", "token", "scopes", "allowed_networks", "max_request_bytes"}
        for one in demo["service_tokens"]
    )
    assert [set(one["scopes"]) for one in (full, reading)] == [ALL_SCOPES, {"api.images.read"}]
    assert (full["allowed_networks"], full["max_request_bytes"]) == (None, None)
    assert capped["max_request_bytes"] == 1024
    told = {one["name"]: _call(one).status_code for one in demo["service_tokens"]}
    assert list(told.values()) == [200, 200, 403, 200, 401]
    assert _call(elsewhere, REMOTE_ADDR="127.0.0.2").json()["token"]["name"] == elsewhere["name"]
    stored = ServiceToken.objects.get(label=expired["name"])
    assert stored.created_at < stored.expires_at < timezone.now()
    assert stored.revoked_at is None


def test_new_texts_of_service_tokens_end_the_old_ones_and_whatever_staff_did_is_put_back(demo):
    ServiceToken.objects.update(revoked_at=timezone.now(), allowed_networks=[], max_request_bytes=1)

    again = demo_object()["service_tokens"]

    assert [_call(one).status_code for one in demo["service_tokens"]] == [401] * 5
    assert [_call(one).status_code for one in again] == [200, 200, 403, 200, 401]
