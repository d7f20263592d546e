"""``GET /v1/me``: what a token is and may do, right now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.models import Grant, Token
from oauthcore.recording import usage
from reference_site.accounts.roles import Role
from reference_site.scopes import SCOPES
from tests.support.factories import UserFactory, bearer, register, service_token
from tests.support.oauth import OAuthClient, me, with_person
from tests.support.reference_site.factories import AccountFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def test_of_a_persons_token_it_tells_person_application_and_scopes(clock):
    ada = UserFactory(username="ada")
    oauth = with_person(register(name="Photo Printer"), ada)

    assert me(oauth.tokens()["access_token"]).json() == {
        "kind": "oauth_token",
        "scopes": ["read"],
        "capabilities": {name: name == "read" or name.startswith("read:") for name in SCOPES},
        "expires_at": "2030-06-15T13:00:00Z",
        "account": None,
        "user": {"id": ada.pk, "username": "ada"},
        "application": {"client_id": oauth.registered.client_id, "name": "Photo Printer"},
    }


def test_of_an_applications_own_token_it_tells_that_nobody_is_behind_it():
    oauth = OAuthClient(register())
    told = me(oauth.token(grant_type="client_credentials").json()["access_token"]).json()

    assert (told["kind"], told["user"], told["account"]) == ("oauth_token", None, None)
    assert told["application"]["client_id"] == oauth.registered.client_id


def test_of_a_service_token_it_tells_account_and_limits():
    account = AccountFactory(name="Harbour Studio")
    text = service_token(
        account.uuid, scopes=["api.images.read"], allowed_networks=["127.0.0.0/8"], max_request_bytes=1024
    )

    told = me(text).json()

    assert told["kind"] == "service_token"
    assert told["account"] == {"uuid": str(account.uuid), "name": "Harbour Studio"}
    assert (told["user"], told["application"], told["expires_at"]) == (None, None, None)
    assert told["token"] == {
        "name": "Nightly export",
        "hint": f"ref_api_live_…{text[-4:]}",
        "allowed_networks": ["127.0.0.0/8"],
        "max_request_bytes": 1024,
        "last_used_at": None,
    }
    assert {name for name, able in told["capabilities"].items() if able} == {"api.images.read"}


def test_it_tells_when_a_service_token_was_last_used(clock):
    text = service_token(AccountFactory().uuid)
    me(text)
    usage.batch.flush()
    clock.shift(7)

    assert me(text).json()["token"]["last_used_at"] == "2030-06-15T12:00:00Z"


@pytest.mark.parametrize(
    "text", [bearer, lambda: service_token(AccountFactory().uuid)], ids=["person", "service"]
)
def test_it_never_shows_a_token_or_a_digest(text):
    token = text()
    stored = Token.objects.get()

    body = me(token).text

    assert token not in body
    assert stored.digest.hex() not in body
    assert token.rpartition("_")[2][:10] not in body


def test_capabilities_are_what_the_role_leaves_of_the_scopes_right_now():
    membership = MembershipFactory(role=Role.OWNER)
    granted = ["api.images.read", "api.images.delete"]
    text = bearer(user=membership.user, account_uuid=membership.account.pk, scopes=granted)

    assert me(text).json()["capabilities"]["api.images.delete"] is True
    membership.role = Role.VIEWER
    membership.save()

    told = me(text).json()
    assert told["scopes"] == sorted(granted), "as granted"
    assert told["capabilities"]["api.images.delete"] is False
    assert told["capabilities"]["api.images.read"] is True


def suspend(membership):
    membership.account.suspended_at = timezone.now()
    membership.account.save()


@pytest.mark.parametrize(
    "end", [lambda one: one.delete(), suspend], ids=["membership lost", "account suspended"]
)
def test_a_token_of_an_account_ends_with_the_membership_and_the_account(end):
    membership = MembershipFactory()
    own, elsewhere = (
        bearer(user=membership.user, account_uuid=uuid)
        for uuid in (membership.account.pk, MembershipFactory(user=membership.user).account.pk)
    )
    assert me(own).status_code == 200

    end(membership)

    assert (me(own).status_code, me(elsewhere).status_code) == (401, 200)
    assert me(own).json()["error"] == "invalid_token"


CHANGES = {
    "scopes": (lambda: Token.objects.update(scopes=["api.images.read"]), 200, ["api.images.read"]),
    "expiry": (lambda: Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1)), 401, None),
    "networks": (lambda: Grant.objects.update(allowed_networks=["192.0.2.0/24"]), 403, None),
    "no networks left": (lambda: Grant.objects.update(allowed_networks=[]), 403, None),
    "size": (lambda: Grant.objects.update(max_request_bytes=3), 413, None),
}


@pytest.mark.parametrize(("change", "status", "scopes"), CHANGES.values(), ids=CHANGES)
def test_a_change_counts_at_the_very_next_call(change, status, scopes):
    text = bearer(created_at=timezone.now() - timedelta(days=1))
    Token.objects.update(created_at=timezone.now() - timedelta(days=1))

    def ask():
        return Client().generic(
            "GET", "/v1/me", b"four", "text/plain", headers={"authorization": f"Bearer {text}"}
        )

    assert (ask().status_code, ask().json()["scopes"]) == (200, ["read"])
    change()

    assert ask().status_code == status
    assert ask().json().get("scopes") == scopes


def test_only_get_and_head_are_answered():
    text = bearer()
    headers = {"authorization": f"Bearer {text}"}

    assert Client().head("/v1/me", headers=headers).status_code == 200
    for method in ("post", "put", "patch", "delete"):
        response = getattr(Client(), method)("/v1/me", headers=headers)
        assert (response.status_code, response.json()["error"]) == (405, "method_not_allowed")
        assert "GET" in response["Allow"]
