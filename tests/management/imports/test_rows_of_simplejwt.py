"""Which rows of SimpleJWT are taken, and why others are left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError

from oauthcore.models import Grant, Token
from tests.support.factories import UserFactory
from tests.support.moving import counts_of, pair_of, post, run_import

pytestmark = [
    pytest.mark.sqlite_only("test_on_every_database.py asks the others"),
    pytest.mark.urls("tests.support.sites.former_packages"),
    pytest.mark.usefixtures("former_packages", "without_accounts", "clock"),
]


def test_what_was_blacklisted_or_expired_before_is_left_with_the_reason(clock):
    post("/before/token/blacklist/", refresh=pair_of(UserFactory())["refresh"])
    clock.shift(timedelta(hours=12))
    pair_of(deleted := UserFactory())
    pair_of(UserFactory())
    deleted.delete()

    clock.shift(timedelta(hours=12))

    assert counts_of(run_import("simplejwt")) == (
        1,
        0,
        {"it is blacklisted": 1, "its person was deleted": 1},
    )
    clock.shift(timedelta(hours=12))
    assert counts_of(run_import("simplejwt", dry_run=True))[2]["it has expired"] == 1


def test_a_second_run_takes_what_is_new_and_changes_nothing_else():
    user = UserFactory()
    first = pair_of(user)["refresh"]
    run_import("simplejwt")
    mine = post("/api/token/refresh/", refresh=first).json()["refresh"]
    pair_of(user)

    assert counts_of(run_import("simplejwt")) == (1, 1, {})
    assert counts_of(run_import("simplejwt", batch_size=1)) == (0, 2, {})

    assert post("/api/token/refresh/", refresh=mine).status_code == 200


def stored(**claims: Any) -> str:
    """Change the token in the table of SimpleJWT, and return it, signed with the site's key."""
    from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

    row = OutstandingToken.objects.get()
    claims = {**jwt.decode(row.token, options={"verify_signature": False}), **claims}
    row.token = jwt.encode(claims, claims.pop("key", django_settings.SECRET_KEY), algorithm="HS256")
    row.save()
    return str(row.token)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"user_id": "0"}, "it names another person than its row"),
        ({"token_type": "sliding"}, "it is no refresh token"),
        (
            {"key": "a key that was used some years ago, and not since"},
            "its signature is not of the present key",
        ),
    ],
)
def test_a_row_that_simplejwt_would_refuse_is_left_with_the_reason(claims, reason):
    pair_of(UserFactory())
    stored(**claims)

    assert counts_of(run_import("simplejwt")) == (0, 0, {reason: 1})


def test_a_password_that_has_changed_since_leaves_the_token(settings):
    settings.SIMPLE_JWT = {"CHECK_REVOKE_TOKEN": True}
    pair_of(user := UserFactory())
    user.set_password("another long walk by the sea")
    user.save()

    assert counts_of(run_import("simplejwt"))[2] == {"the password has changed since": 1}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"ALGORITHM": "HS1"}, "the algorithm HS1 is not read"),
        ({"ALGORITHM": "RS256", "JWK_URL": "https://site.example/jwks"}, "keys at JWK_URL are not read"),
        ({"ALGORITHM": "RS256", "VERIFYING_KEY": b"no key"}, "the key is no key for RS256"),
    ],
)
def test_settings_that_are_not_read_are_named(settings, changed, message):
    settings.SIMPLE_JWT = changed

    with pytest.raises(CommandError, match=f"SIMPLE_JWT: {message}"):
        run_import("simplejwt")


def test_only_digests_are_stored():
    refresh = pair_of(UserFactory())["refresh"]
    run_import("simplejwt")

    assert refresh not in str(list(Grant.objects.values()) + list(Token.objects.values()))


def test_a_row_of_nobody_stops_the_import():
    from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

    pair_of(user := UserFactory())
    OutstandingToken.objects.update(user_id=user.pk + 1)

    with pytest.raises(CommandError, match=f"there is no person {user.pk + 1}"):
        run_import("simplejwt")
    OutstandingToken.objects.update(user_id=user.pk)
