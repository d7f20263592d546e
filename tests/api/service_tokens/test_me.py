"""``GET /v1/me`` for service tokens: all members of wire §5, true at this very call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from oauthcore.flows.service_tokens import service_tokens
from oauthcore.recording import usage
from reference_site.accounts.roles import ALL_SCOPES
from reference_site.scopes import SCOPES
from tests.support.factories import UserFactory
from tests.support.reference_site.factories import AccountFactory
from tests.support.service_tokens.making import ask, assert_answer, make

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("members of one answer; the row behind it is read everywhere in models"),
]

SCOPE_LISTS = [[], ["api.images.read"], ["api.upload", "api.download"], sorted(ALL_SCOPES), ["write"]]


def test_it_has_every_member_of_the_contract(clock):
    made = make(
        AccountFactory(name="Harbour Studio"),
        label="Nightly export",
        scopes=["api.images.read"],
        expires_at=timezone.now() + timedelta(days=30),
        allowed_networks=("127.0.0.0/8", "2001:DB8::/32"),
        max_request_bytes=1024,
    )

    assert made.ask().json() == {
        "kind": "service_token",
        "scopes": ["api.images.read"],
        "capabilities": {name: name == "api.images.read" for name in SCOPES},
        "expires_at": "2030-07-15T12:00:00Z",
        "account": {"uuid": str(made.account.uuid), "name": "Harbour Studio"},
        "user": None,
        "application": None,
        "token": {
            "name": "Nightly export",
            "hint": f"ref_api_live_…{made.text[-4:]}",
            "allowed_networks": ["127.0.0.0/8", "2001:db8::/32"],
            "max_request_bytes": 1024,
            "last_used_at": None,
        },
    }


def test_what_is_not_limited_is_null_and_nowhere_is_not():
    told = make().ask().json()

    assert told["expires_at"] is None
    assert told["token"]["allowed_networks"] is None
    assert told["token"]["max_request_bytes"] is None


@pytest.mark.parametrize("scopes", SCOPE_LISTS, ids=str)
def test_capabilities_name_every_scope_of_the_site_and_what_the_token_may(scopes):
    told = make(scopes=scopes).ask().json()

    may = {name for name in SCOPES if name in scopes or ("write" in scopes and name.startswith("write:"))}
    assert told["scopes"] == sorted(scopes)
    assert told["capabilities"] == {name: name in may for name in SCOPES}


CHANGES = {
    "name": ({"label": "Weekly export"}, lambda told: told["token"]["name"], "Weekly export"),
    "scopes": (
        {"scopes": frozenset({"api.upload"})},
        lambda told: told["scopes"] + [name for name, may in told["capabilities"].items() if may],
        ["api.upload", "api.upload"],
    ),
    "expiry": (
        {"expires_at": datetime(2040, 1, 1, tzinfo=UTC)},
        lambda told: told["expires_at"],
        "2040-01-01T00:00:00Z",
    ),
    "networks": (
        {"allowed_networks": ("127.0.0.1",)},
        lambda told: told["token"]["allowed_networks"],
        ["127.0.0.1"],
    ),
    "size": ({"max_request_bytes": 7}, lambda told: told["token"]["max_request_bytes"], 7),
}


@pytest.mark.parametrize(("limits", "look", "expected"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_told_in_the_very_next_answer(limits, look, expected):
    made = make()
    assert look(made.ask().json()) != expected

    made.change(**limits)

    assert look(made.ask().json()) == expected


REFUSING = {
    "networks": ({"allowed_networks": ("10.0.0.0/8",)}, 403, "ip_not_allowed"),
    "no networks": ({"allowed_networks": ()}, 403, "ip_not_allowed"),
    "size": ({"max_request_bytes": 3}, 413, "request_too_large"),
}


@pytest.mark.parametrize(("limits", "status", "error"), REFUSING.values(), ids=REFUSING)
def test_a_change_holds_at_the_very_next_call(limits, status, error):
    made = make()
    assert made.ask(data=b"four").status_code == 200

    made.change(**limits)

    assert_answer(made.ask(data=b"four"), status, error)


def test_an_account_has_its_name_of_today():
    made = make()
    type(made.account).objects.update(name="New Name")

    assert made.ask().json()["account"]["name"] == "New Name"


def test_last_use_is_the_last_call_before_this_one_that_was_written(clock):
    made = make()
    assert made.ask().json()["token"]["last_used_at"] is None
    clock.shift(5)
    made.ask(path="/v1/images")
    usage.batch.flush()
    clock.shift(7)

    assert made.ask().json()["token"]["last_used_at"] == "2030-06-15T12:00:05Z"

    usage.batch.flush()
    assert made.ask().json()["token"]["last_used_at"] == "2030-06-15T12:00:12Z"


def test_of_two_in_rotation_each_tells_its_own_hint_and_end(clock):
    made = make(expires_at=timezone.now() + timedelta(days=30))
    new = service_tokens.rotate(made.row, overlap=timedelta(hours=2), staff=UserFactory()).reveal()

    old, now = made.ask().json(), ask(new).json()

    assert (old["token"]["hint"][-4:], now["token"]["hint"][-4:]) == (made.text[-4:], new[-4:])
    assert (old["expires_at"], now["expires_at"]) == ("2030-06-15T14:00:00Z", "2030-07-15T12:00:00Z")


def test_it_shows_no_secret_no_contact_and_no_other_token():
    account = AccountFactory()
    made = make(account, contact="ops@example.com")
    other = make(account, label="Another export")

    body = made.ask().text

    stored = made.row.tokens.get()
    for hidden in (
        made.text,
        made.text[-20:],
        stored.digest.hex(),
        "ops@example.com",
        "Another",
        other.text[-4:],
    ):
        assert hidden not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_it_is_only_read(method):
    answer = make().ask(method)

    assert_answer(answer, 405, "method_not_allowed")
    assert "GET" in answer["Allow"]
