"""Moving from Knox: a token that Knox issued works here, in its own scheme, until its end."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client

from oauthcore.models import Grant, Import, SecurityEvent, Token
from tests.support.factories import PASSWORD, UserFactory
from tests.support.moving import connections_of, counts_of, read, run_import, sign_out_device
from tests.support.sign_in.people import with_account

pytestmark = [
    pytest.mark.sqlite_only("test_on_every_database.py asks the others"),
    pytest.mark.urls("tests.support.sites.former_packages"),
    pytest.mark.usefixtures("former_packages", "without_accounts", "clock"),
]


def issued_to(user: Any) -> str:
    """Let Knox issue a token, through its own view."""
    basic = base64.b64encode(f"{user.username}:{PASSWORD}".encode()).decode()
    answer = Client().post("/before/knox/login/", headers={"authorization": f"Basic {basic}"})
    return str(answer.json()["token"])


@pytest.mark.parametrize("scheme", ["Token", "token", "Bearer"])
def test_a_token_of_knox_works_after_the_import(scheme):
    user = UserFactory()
    token = issued_to(user)
    assert read(f"{scheme} {token}").status_code == 401

    assert counts_of(run_import("knox")) == (1, 0, {})

    assert read(f"{scheme} {token}").json() == {"user": str(user), "kind": "user_token"}
    assert read(f"{scheme} {token[:-1]}").status_code == 401


def test_it_ends_when_knox_said(clock):
    token = issued_to(UserFactory())
    run_import("knox")
    clock.shift(timedelta(hours=10) - timedelta(seconds=1))
    assert read(f"Token {token}").status_code == 200

    clock.shift(1)

    assert read(f"Token {token}").status_code == 401
    assert not Import.objects.get().is_live(Token.objects.get().expires_at)


def test_its_person_finds_it_among_their_devices_and_ends_it():
    user = UserFactory()
    token = issued_to(user)
    run_import("knox")
    assert "Knox" in connections_of(user)

    sign_out_device(user, Grant.objects.get().uuid)

    assert read(f"Token {token}").status_code == 401
    assert "Knox" not in connections_of(user)
    event = SecurityEvent.objects.get(kind=SecurityEvent.Kind.REVOKED)
    assert Grant.objects.get(uuid=event.grant_uuid).imported_from == "knox"


def test_it_signs_out_at_the_address_of_knox():
    user = UserFactory()
    tokens = [issued_to(user) for _ in range(3)]
    run_import("knox")

    one = Client().post("/api/auth/logout/", headers={"authorization": f"Token {tokens[0]}"})

    assert (one.status_code, one.content) == (204, b"")
    assert [read(f"Token {one}").status_code for one in tokens] == [401, 200, 200]
    assert Client().post("/api/auth/logout/").status_code == 401
    every = Client().post("/api/auth/logoutall/", headers={"authorization": f"Token {tokens[1]}"})
    assert every.status_code == 204
    assert [read(f"Token {one}").status_code for one in tokens] == [401, 401, 401]


def test_a_new_password_ends_it():
    user = UserFactory()
    token = issued_to(user)
    run_import("knox")

    user.set_password("another long walk by the sea")
    user.save()

    assert read(f"Token {token}").status_code == 401


def test_a_second_run_takes_what_is_new_and_changes_nothing_else():
    user = UserFactory()
    first = issued_to(user)
    run_import("knox")
    Client().post("/api/auth/logout/", headers={"authorization": f"Token {first}"})
    second = issued_to(user)

    assert counts_of(run_import("knox")) == (1, 1, {})
    assert counts_of(run_import("knox")) == (0, 2, {})

    assert [read(f"Token {one}").status_code for one in (first, second)] == [401, 200]
    assert Grant.objects.count() == 2


def test_a_dry_run_writes_nothing():
    issued_to(UserFactory())

    assert counts_of(run_import("knox", dry_run=True)) == (1, 0, {})
    assert not Grant.objects.exists()


def test_expired_tokens_are_left_with_the_reason(clock):
    issued_to(UserFactory())
    clock.shift(timedelta(hours=10))

    assert counts_of(run_import("knox")) == (0, 0, {"it has expired": 1})


@pytest.mark.parametrize("digest", ["ab" * 32, "xy" * 64])
def test_a_damaged_digest_stops_the_import_and_is_named(digest):
    from knox.models import AuthToken

    issued_to(user := UserFactory())
    AuthToken.objects.filter(user=user).update(digest=digest)

    with pytest.raises(CommandError, match=rf"row {digest[:16]}… of knox_authtoken: .* hexadecimal"):
        run_import("knox")
    assert not Grant.objects.exists()


def test_another_algorithm_is_read_from_the_setting(settings):
    settings.REST_KNOX = {"SECURE_HASH_ALGORITHM": "hashlib.sha3_512"}
    token = issued_to(UserFactory())

    run_import("knox")
    del settings.REST_KNOX

    assert read(f"Token {token}").status_code == 200


def test_an_unknown_algorithm_is_refused_with_its_name(settings):
    settings.REST_KNOX = {"SECURE_HASH_ALGORITHM": "site.hashes.Slow"}

    with pytest.raises(CommandError, match=r"REST_KNOX: SECURE_HASH_ALGORITHM is site\.hashes\.Slow"):
        run_import("knox")


def test_tokens_that_knox_renews_get_the_end_that_the_command_names(settings, clock):
    settings.REST_KNOX = {"AUTO_REFRESH": True, "AUTH_HEADER_PREFIX": "Knock"}
    token = issued_to(UserFactory())

    (stage,) = run_import("knox", expires="3")["stages"].values()

    assert stage["notes"] == {
        "Knox renews it at each use (AUTO_REFRESH); it is not renewed here": 1,
        "clients send the scheme Knock; let them send Token or Bearer": 1,
    }
    clock.shift(timedelta(days=3) - timedelta(seconds=1))
    assert read(f"Token {token}").status_code == 200
    clock.shift(1)
    assert read(f"Token {token}").status_code == 401


def test_a_token_without_end_has_none_here(settings, clock):
    settings.REST_KNOX = {"TOKEN_TTL": None}
    from knox.models import AuthToken

    _, token = AuthToken.objects.create(user=UserFactory(), expiry=None)
    run_import("knox")

    clock.shift(timedelta(days=4000))

    assert read(f"Token {token}").status_code == 200


def test_on_a_site_with_accounts_it_works_on_the_first_account_of_the_person(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {
        "ACCOUNT_BACKEND": "reference_site.accounts.backend.MembershipBackend"
    }
    person = with_account()
    token = issued_to(person.user)
    issued_to(UserFactory())

    assert counts_of(run_import("knox")) == (1, 0, {"its person has no account to work on": 1})

    assert read(f"Token {token}", "/v1/me").json()["account"]["uuid"] == str(person.account.uuid)


def test_the_model_of_a_site_is_named():
    with pytest.raises(CommandError, match="has no table site_token"):
        run_import("knox", model="site.Token")


def test_staff_see_where_a_grant_came_from(admin_client):
    issued_to(UserFactory())
    run_import("knox")

    page = admin_client.get(f"/admin/oauthcore/grant/{Grant.objects.get().pk}/change/").content.decode()

    assert re.search(r"Imported from:.*?knox", page, re.DOTALL)
