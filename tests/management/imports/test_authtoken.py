"""Moving from authtoken: its keys work here, for their people or as service tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from oauthcore.models import Grant, ServiceToken, Token
from tests.support.factories import PASSWORD, UserFactory
from tests.support.moving import connections_of, counts_of, read, run_import, sign_out_device
from tests.support.sign_in.people import with_account

pytestmark = [
    pytest.mark.sqlite_only("test_on_every_database.py asks the others"),
    pytest.mark.urls("tests.support.sites.former_packages"),
    pytest.mark.usefixtures("former_packages", "without_accounts", "clock"),
]


def issued_to(user: Any) -> str:
    """Let authtoken issue a key, through its own view."""
    answer = Client().post("/before/authtoken/", {"username": user.username, "password": PASSWORD})
    return str(answer.json()["token"])


def test_a_personal_key_works_after_the_import_and_is_ended_by_its_person(clock):
    user = UserFactory()
    key = issued_to(user)

    assert counts_of(run_import("authtoken")) == (1, 0, {})

    clock.shift(timedelta(days=4000))
    assert read(f"Token {key}").json() == {"user": str(user), "kind": "user_token"}
    assert "DRF token" in connections_of(user)
    sign_out_device(user, Grant.objects.get().uuid)
    assert read(f"Token {key}").status_code == 401


def test_a_key_that_was_ended_stays_ended_when_the_import_runs_again_after_the_clean_up(clock):
    user = UserFactory()
    key = issued_to(user)
    run_import("authtoken")
    sign_out_device(user, Grant.objects.get().uuid)
    clock.shift(timedelta(days=400))

    call_command("oauthcore_cleanup", verbosity=0)
    run_import("authtoken")

    assert read(f"Token {key}").status_code == 401


def test_keys_get_the_end_that_the_command_names(clock):
    key = issued_to(UserFactory())
    run_import("authtoken", expires="90")

    clock.shift(timedelta(days=90) - timedelta(seconds=1))
    assert read(f"Token {key}").status_code == 200
    clock.shift(1)
    assert read(f"Token {key}").status_code == 401


def test_as_service_tokens_they_have_scopes_and_no_person():
    user = UserFactory(username="robot")
    key = issued_to(user)

    run_import("authtoken", **{"as": "service"}, scopes="read")

    assert read(f"Token {key}").json()["kind"] == "service_token"
    made = ServiceToken.objects.get()
    assert (made.label, made.scopes, made.imported_from) == ("DRF token of robot", {"read"}, "authtoken")
    assert "DRF token" not in connections_of(user)


def test_only_the_digest_and_four_characters_are_stored():
    key = issued_to(UserFactory())

    run_import("authtoken", batch_size=1)

    assert Token.objects.get().hint == key[-4:]
    assert key not in str(list(Grant.objects.values()) + list(Token.objects.values()))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "name what service tokens may do: --scopes"),
        ({"scopes": "read", "account": "4ca64118-f15a-45ae-841a-2837a833fed5"}, "--account: .*no accounts"),
        ({"scopes": "read", "expires": "2020-01-01"}, "--expires: Choose a future time"),
        ({"scopes": "unheard-of"}, "no scope unheard-of"),
    ],
)
def test_a_service_token_needs_what_it_is_for(options, message):
    issued_to(UserFactory())

    with pytest.raises(CommandError, match=message):
        run_import("authtoken", **{"as": "service"}, **options)
    assert not Grant.objects.exists()


def test_on_a_site_with_accounts_a_person_needs_one(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {
        "ACCOUNT_BACKEND": "reference_site.accounts.backend.MembershipBackend"
    }
    person = with_account()
    key = issued_to(person.user)
    issued_to(UserFactory())

    assert counts_of(run_import("authtoken")) == (1, 0, {"its person has no account to work on": 1})
    assert read(f"Token {key}", "/v1/me").json()["account"]["uuid"] == str(person.account.uuid)


def test_a_key_that_no_client_can_send_is_left():
    from rest_framework.authtoken.models import Token as Key

    Key.objects.create(user=UserFactory(), key="short")

    assert counts_of(run_import("authtoken"))[2] == {
        "its key is not 20 to 40 printable ASCII characters without spaces": 1
    }


def test_every_key_is_read_in_batches_and_a_second_run_changes_nothing():
    keys = [issued_to(UserFactory()) for _ in range(5)]

    assert counts_of(run_import("authtoken", batch_size=2)) == (5, 0, {})
    assert counts_of(run_import("authtoken", batch_size=2)) == (0, 5, {})

    assert {read(f"Token {key}").status_code for key in keys} == {200}


@pytest.fixture
def keys_of_the_site():
    """A model of the site: people have several keys, and each row has a number."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE site_key (id integer, key text, user_id integer, created datetime)")
        yield lambda *row: cursor.execute("INSERT INTO site_key VALUES (%s, %s, %s, NULL)", row)
        cursor.execute("DROP TABLE site_key")


def test_the_model_of_a_site_is_read_with_several_keys_of_a_person(keys_of_the_site):
    user = UserFactory()
    for number in range(3):
        keys_of_the_site(number, f"{number}" * 40, user.pk)

    assert counts_of(run_import("authtoken", model="site.Key", batch_size=2)) == (3, 0, {})

    assert {read(f"Token {number * 40}").status_code for number in "012"} == {200}
