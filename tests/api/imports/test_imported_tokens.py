"""Tokens that another package issued work where tokens of this site do, in their own text and scheme."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.models import Grant, Import, Token, imports
from oauthcore.rules.imports.foreign_secrets import first_half_of
from oauthcore.rules.imports.sources import SOURCES, of_text
from tests.support.factories import Registered, bearer, register
from tests.support.imported import ACCESS, REFRESH, accepts, import_token
from tests.support.oauth import OAuthClient, assert_inactive, is_live, me
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def registered(settings: Any) -> Registered:
    accepts(settings, *SOURCES)
    return register()


def ask(authorization: str) -> Any:
    return Client().get("/v1/me", headers={"authorization": authorization})


@pytest.mark.parametrize(
    ("source", "scheme", "kind"),
    [
        ("django-oauth-toolkit", "Bearer", Grant.Kind.APPLICATION),
        ("django-oauth-toolkit", "Bearer", Grant.Kind.CLIENT),
        ("knox", "Token", Grant.Kind.SESSION),
        ("authtoken", "Token", Grant.Kind.SESSION),
        ("authtoken", "token", Grant.Kind.SESSION),
        ("authtoken", "Bearer", Grant.Kind.SESSION),
        ("api-key", "Api-Key", Grant.Kind.SERVICE),
    ],
)
def test_an_imported_token_is_accepted_in_its_own_scheme(registered, source, scheme, kind):
    values = {"client_id": registered.client_id} if kind == Grant.Kind.CLIENT else {}
    import_token(ACCESS, source=source, kind=kind, **values)

    assert ask(f"{scheme} {ACCESS}").status_code == 200
    assert ask(f"{scheme} {ACCESS}x").status_code == 401


@pytest.mark.parametrize("scheme", ["Token", "Api-Key"])
def test_a_refused_token_in_another_scheme_is_answered_with_a_challenge_for_bearer(registered, scheme):
    import_token(ACCESS, source="knox", kind=Grant.Kind.SESSION)
    import_token(REFRESH, source="api-key", kind=Grant.Kind.SERVICE)

    for sent in ("unknown", "", "two words", bearer()):
        answered = ask(f"{scheme} {sent}")
        assert (answered.status_code, answered["WWW-Authenticate"].split()[0]) == (401, "Bearer")


def test_a_scheme_is_taken_for_none_while_no_token_of_its_packages_is_live(registered):
    import_token(ACCESS)

    nothing = Client().get("/v1/me")

    assert ask(f"Token {ACCESS}").json() == nothing.json()
    assert ask("Token two words").json() == nothing.json()


def test_a_token_of_a_package_that_the_site_no_longer_accepts_is_refused(registered, settings):
    import_token(ACCESS)
    import_token(REFRESH, source="authtoken", kind=Grant.Kind.SESSION)
    accepts(settings, "authtoken")

    assert not is_live(ACCESS)
    assert is_live(REFRESH)


def test_an_imported_refresh_token_is_no_access_token(registered):
    import_token(REFRESH, is_refresh=True)

    assert not is_live(REFRESH)


def test_half_of_a_refresh_token_of_this_site_is_no_imported_token(registered):
    import_token(REFRESH, is_refresh=True, client_id=registered.client_id)
    oauth = OAuthClient(registered)
    mine = oauth.refresh(REFRESH).json()["refresh_token"]

    half = first_half_of(of_text(REFRESH))
    assert half in mine
    assert_inactive(oauth.introspect(half))


def test_an_imported_refresh_token_works_once_and_is_exchanged_for_tokens_of_this_site(registered):
    import_token(REFRESH, is_refresh=True, client_id=registered.client_id)
    oauth = OAuthClient(registered)

    first = oauth.refresh(REFRESH).json()
    second = oauth.refresh(first["refresh_token"]).json()

    assert me(first["access_token"]).status_code == 200
    assert second["refresh_token"] != first["refresh_token"]
    assert Token.objects.filter(kind=Token.Kind.REFRESH).count() == 1


@pytest.mark.parametrize("is_spent", [True, False])
def test_a_used_imported_refresh_token_ends_the_grant(registered, is_spent):
    import_token(REFRESH, is_refresh=True, client_id=registered.client_id, is_spent=is_spent)
    oauth = OAuthClient(registered)
    if not is_spent:
        assert oauth.refresh(REFRESH).status_code == 200

    assert oauth.refresh(REFRESH).json()["error"] == "invalid_grant"
    assert Grant.objects.get(tokens__kind=Token.Kind.REFRESH).revoked_reason == "refresh token replayed"


def test_an_imported_refresh_token_is_answered_again_within_the_grace(registered, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "REFRESH_TOKEN_GRACE": 60}
    import_token(REFRESH, is_refresh=True, client_id=registered.client_id)
    oauth = OAuthClient(registered)

    first, again = (oauth.refresh(REFRESH).json()["refresh_token"] for _ in range(2))

    assert first == again


def test_another_application_gets_nothing_for_an_imported_refresh_token(registered):
    import_token(REFRESH, is_refresh=True)

    assert OAuthClient(registered).refresh(REFRESH).json()["error"] == "invalid_grant"
    assert not Grant.objects.filter(revoked_at__isnull=False).exists()


@pytest.mark.parametrize("is_refresh", [True, False])
def test_an_imported_token_is_introspected_and_revoked_by_its_application(registered, is_refresh):
    import_token(ACCESS, client_id=registered.client_id, is_refresh=is_refresh)
    oauth = OAuthClient(registered)

    told = oauth.introspect(ACCESS).json()
    assert (told["active"], told["client_id"]) == (True, registered.client_id)
    assert oauth.revoke(ACCESS).status_code == 200
    assert_inactive(oauth.introspect(ACCESS))


def test_a_used_imported_refresh_token_is_not_active(registered):
    import_token(REFRESH, is_refresh=True, client_id=registered.client_id, is_spent=True)

    assert_inactive(OAuthClient(registered).introspect(REFRESH))


def test_a_legacy_application_still_sends_an_imported_token_in_the_address(registered):
    old = register(profile="oauth2.0", legacy_switches=["query_token"], client_type="confidential")
    import_token(ACCESS, client_id=old.client_id)

    assert Client().get("/v1/me", {"access_token": ACCESS}).status_code == 200


def test_a_text_of_another_form_costs_one_query_and_only_while_an_imported_token_is_live(registered, clock):
    import_token(ACCESS)
    is_live(ACCESS)  # reads the imports, and the account
    with statements() as run:
        me("some-other-text")
    assert len(run) == 1

    clock.shift(timedelta(hours=2))
    me("some-other-text")
    with statements() as run:
        me("some-other-text")
    assert run == []


def test_a_token_of_this_site_costs_what_it_did(settings):
    token = bearer()
    me(token)
    with statements() as before:
        me(token)

    accepts(settings, *SOURCES)
    import_token(ACCESS)
    with statements() as run:
        me(token)

    assert run == before


def test_a_mistyped_token_of_this_site_still_costs_no_query(registered):
    import_token(ACCESS)
    is_live(ACCESS)
    with statements() as run:
        me(bearer()[:-1] + "~")

    assert not [one for one in run if "oauthcore_token" in one and one.startswith("SELECT")]


def test_a_process_notices_an_import_within_seconds(registered, clock):
    assert not is_live(ACCESS)
    import_token(ACCESS)
    imports._Memory.imports, imports._Memory.read_at = {}, timezone.now()  # as read before the import
    assert not is_live(ACCESS)

    clock.shift(imports.REMEMBERED)
    assert is_live(ACCESS)


def test_a_package_whose_tokens_never_end_stays_accepted(registered, clock):
    import_token(ACCESS, source="authtoken", kind=Grant.Kind.SESSION, expires_at=None)
    clock.shift(timedelta(days=4000))

    assert Import.objects.get().never_ends
    assert is_live(ACCESS)


@pytest.mark.usefixtures("without_accounts")
def test_a_device_session_goes_on_from_an_imported_refresh_token(settings):
    accepts(settings, "authtoken")
    import_token(REFRESH, source="authtoken", kind=Grant.Kind.SESSION, is_refresh=True)
    refresh = partial(Client().post, "/v1/auth/token", content_type="application/json")

    first = refresh({"refresh_token": REFRESH}).json()

    assert is_live(first["access_token"])
    assert refresh({"refresh_token": first["refresh_token"]}).status_code == 200
    assert refresh({"refresh_token": REFRESH}).status_code == 401
    assert not is_live(first["access_token"])


def test_a_text_that_is_longer_than_any_token_costs_no_query(registered):
    import_token(REFRESH, is_refresh=True, client_id=registered.client_id)
    oauth = OAuthClient(registered)

    assert oauth.refresh("x" * 8000).json()["error"] == "invalid_grant"

    with statements() as run:
        assert oauth.refresh("x" * 9000).json()["error"] == "invalid_grant"
    assert not any("oauthcore_token" in one for one in run)
