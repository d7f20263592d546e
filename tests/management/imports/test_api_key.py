"""Moving from djangorestframework-api-key: its keys become service tokens, also those with a slow hash."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import CommandError
from django.utils import timezone

from oauthcore.flows.service_tokens import service_tokens
from oauthcore.models import Grant, ImportedHash, ServiceToken, Token
from tests.support.moving import counts_of, read, run_import
from tests.support.sign_in.people import with_account
from tests.support.statements import statements

pytestmark = [
    pytest.mark.sqlite_only("test_on_every_database.py asks the others"),
    pytest.mark.urls("tests.support.sites.former_packages"),
    pytest.mark.usefixtures("former_packages", "without_accounts", "clock"),
]


def made(**values: Any) -> str:
    """Let the package make a key, and check that its view takes it."""
    from rest_framework_api_key.models import APIKey

    _, key = APIKey.objects.create_key(**{"name": "Nightly export", **values})
    return str(key)


def made_by_version_2(**values: Any) -> str:
    """Make a key whose row has the slow hash of version 2."""
    from rest_framework_api_key.models import APIKey

    key = made(**values)
    APIKey.objects.filter(prefix=key[:8]).update(hashed_key=make_password(key))
    return key


def test_a_key_works_after_the_import_as_a_service_token_with_its_name():
    key = made()
    assert read(f"Api-Key {key}", "/before/keys/").status_code == 200
    assert read(f"Api-Key {key}").status_code == 401

    assert counts_of(run_import("api-key", scopes="read")) == (1, 0, {})

    for scheme in ("Api-Key", "api-key", "Bearer"):
        assert read(f"{scheme} {key}").json()["kind"] == "service_token"
    assert read(f"Api-Key {key}x").status_code == 401
    token = ServiceToken.objects.get()
    assert (token.label, token.scopes, token.imported_from) == ("Nightly export", {"read"}, "api-key")


def test_a_name_that_controls_how_text_is_shown_is_not_taken():
    made(name="\u202eNightly")
    run_import("api-key", scopes="read")

    assert ServiceToken.objects.get().label == "API key"


def test_staff_end_it():
    key = made()
    run_import("api-key", scopes="read")

    service_tokens.revoke(ServiceToken.objects.get(), reason="lost", staff=None)

    assert read(f"Api-Key {key}").status_code == 401
    assert counts_of(run_import("api-key", scopes="read")) == (0, 1, {})
    assert read(f"Api-Key {key}").status_code == 401


def test_it_has_the_end_of_its_row_or_of_the_command(clock):
    soon = made(expiry_date=timezone.now() + timedelta(hours=1))
    later = made()
    run_import("api-key", scopes="read", expires="1")

    clock.shift(timedelta(hours=1))
    assert [read(f"Api-Key {one}").status_code for one in (soon, later)] == [401, 200]
    clock.shift(timedelta(hours=23))
    assert read(f"Api-Key {later}").status_code == 401


def test_revoked_and_expired_keys_are_left_with_the_reason():
    made(revoked=True)
    made(expiry_date=timezone.now() - timedelta(seconds=1))

    assert counts_of(run_import("api-key", scopes="read"))[2] == {
        "it was revoked": 1,
        "it has expired": 1,
    }


def test_a_key_of_version_2_works_from_its_first_use_on():
    key = made_by_version_2()

    assert counts_of(run_import("api-key", scopes="read")) == (1, 0, {})

    assert read(f"Api-Key {key[:8]}.{'x' * 32}").status_code == 401
    assert ImportedHash.objects.exists()
    assert read(f"Api-Key {key}").status_code == 200
    assert not ImportedHash.objects.exists()
    assert read(f"Api-Key {key}").status_code == 200
    assert read(f"Api-Key {key[:8]}").status_code == 401


def test_a_key_that_another_request_has_proved_a_moment_before_works(monkeypatch):
    key = made_by_version_2()
    run_import("api-key", scopes="read")
    look = Token.find_access

    def look_too_early(secret: Any) -> Any:
        found = look(secret)
        monkeypatch.setattr(Token, "find_access", look)
        assert read(f"Api-Key {key}").status_code == 200
        return found

    monkeypatch.setattr(Token, "find_access", look_too_early)

    assert read(f"Api-Key {key}").status_code == 200


def test_a_second_run_leaves_a_used_key_of_version_2_as_it_is():
    key = made_by_version_2()
    run_import("api-key", scopes="read")
    read(f"Api-Key {key}")

    assert counts_of(run_import("api-key", scopes="read")) == (0, 1, {})

    assert Token.objects.count() == 1
    assert not ImportedHash.objects.exists()
    assert read(f"Api-Key {key}").status_code == 200


def test_a_guess_at_a_slow_hash_is_counted_before_it_is_computed(settings, monkeypatch):
    key = made_by_version_2()
    run_import("api-key", scopes="read")
    settings.OAUTHCORE = settings.OAUTHCORE | {"CLIENT_SECRET_LIMIT": (2, 60)}
    guess = f"Api-Key {key[:8]}.{'x' * 32}"
    assert [read(guess).status_code for _ in range(2)] == [401, 401]

    monkeypatch.setattr("oauthcore.flows.tokens.slow_keys.check_password", None)

    throttled = read(guess)
    assert (throttled.status_code, throttled.json()["error"]) == (429, "throttled")
    assert throttled["Retry-After"]


def test_a_right_key_gives_its_try_back(settings):
    keys = [made_by_version_2() for _ in range(3)]
    run_import("api-key", scopes="read")
    settings.OAUTHCORE = settings.OAUTHCORE | {"CLIENT_SECRET_LIMIT": (1, 60)}

    assert [read(f"Api-Key {one}").status_code for one in keys] == [200, 200, 200]


def test_an_ended_key_of_version_2_is_refused_at_its_first_use():
    key = made_by_version_2()
    run_import("api-key", scopes="read")

    service_tokens.revoke(ServiceToken.objects.get(), reason="lost", staff=None)

    assert read(f"Api-Key {key}").status_code == 401


def test_a_hasher_that_the_site_does_not_have_leaves_the_key():
    from rest_framework_api_key.models import APIKey

    APIKey.objects.filter(prefix=made()[:8]).update(hashed_key="scrypt$16384$salt$8$1$hash")

    assert counts_of(run_import("api-key", scopes="read"))[2] == {
        "its hash is of a hasher that PASSWORD_HASHERS does not name": 1
    }


@pytest.mark.parametrize("hashed", ["plain text", "sha512$$abc"])
def test_a_damaged_row_stops_the_import_and_is_named_by_its_prefix(hashed):
    from rest_framework_api_key.models import APIKey

    key = made()
    APIKey.objects.update(hashed_key=hashed)

    with pytest.raises(CommandError, match=f"row {key[:8]} of rest_framework_api_key_apikey: its hashed_key"):
        run_import("api-key", scopes="read")
    assert not Grant.objects.exists()


def test_on_a_site_with_accounts_the_account_is_named(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {
        "ACCOUNT_BACKEND": "reference_site.accounts.backend.MembershipBackend"
    }
    key, account = made(), with_account().account

    with pytest.raises(CommandError, match="--account: Choose the account"):
        run_import("api-key", scopes="read")
    run_import("api-key", scopes="read", account=str(account.uuid))

    assert read(f"Api-Key {key}", "/v1/me").json()["account"]["uuid"] == str(account.uuid)


def test_an_unknown_text_costs_one_query_and_one_more_if_it_looks_like_a_key():
    made_by_version_2()
    run_import("api-key", scopes="read")
    read("Api-Key warming.up")

    for text, count in (("abcdefgh", 1), ("abcdefgh.secret", 2)):
        with statements() as run:
            read(f"Api-Key {text}")
        assert len([one for one in run if "token" in str(one)]) == count, run
