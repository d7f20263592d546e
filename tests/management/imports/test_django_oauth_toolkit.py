"""Tokens that django-oauth-toolkit issued go on working after the import."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from oauthcore.flows.imports import run as import_run
from oauthcore.models import Application, ClientSecret, Grant, Import, Token
from tests.support import toolkit
from tests.support.factories import Registered, UserFactory
from tests.support.oauth import VERIFIER, OAuthClient, answer, is_live, post
from tests.support.sign_in.people import with_account
from tests.support.toolkit import at_the_aliases, run

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("accepted"),
    pytest.mark.urls("tests.support.sites.moving"),
]


def rows() -> Any:
    """Return what the import writes, as it is in the tables."""
    tables = (Application, ClientSecret, Grant, Token)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_a_person_stays_connected_from_the_first_request_to_the_last():
    ada, application = with_account().user, toolkit.register()
    before = toolkit.approve(application, ada, scope="read api.images.read")
    credentials = {"client_id": application.client_id, "client_secret": toolkit.SECRET}
    assert not is_live(before["access_token"])

    run()

    assert is_live(before["access_token"])
    told = post("/o/introspect/", credentials | {"token": before["access_token"]}).json()
    assert (told["active"], told["scope"]) == (True, "api.images.read read")
    after = toolkit.token(
        application, "/o", grant_type="refresh_token", refresh_token=before["refresh_token"]
    )
    assert is_live(after["access_token"])
    browser = Client()
    browser.force_login(ada)
    assert "Photo Printer" in browser.get("/oauth/connections/").content.decode()
    assert post("/o/revoke_token/", credentials | {"token": before["access_token"]}).status_code == 200
    assert not is_live(before["access_token"])
    assert not is_live(after["access_token"])
    assert "Photo Printer" not in browser.get("/oauth/connections/").content.decode()


def test_a_public_application_goes_on_with_pkce_and_without_a_secret():
    application = toolkit.register(client_type="public", client_secret="")
    before = toolkit.approve(application, UserFactory())
    run()
    assert is_live(before["access_token"])

    public = OAuthClient(Registered(Application.objects.get(), ""))
    after = public.token(grant_type="refresh_token", refresh_token=before["refresh_token"]).json()

    assert is_live(after["access_token"])
    assert not ClientSecret.objects.exists()


def test_a_new_approval_goes_through_the_old_address():
    application = toolkit.register(skip_authorization=True)
    before = toolkit.approve(application, UserFactory())
    run()
    assert is_live(before["access_token"])

    browser = Client()
    browser.force_login(UserFactory())
    parameters = at_the_aliases(application).parameters(redirect_uri=toolkit.REDIRECT_URI)
    code = answer(browser.get("/o/authorize/", parameters))["code"]

    told = toolkit.token(
        application,
        "/o",
        grant_type="authorization_code",
        code=code,
        redirect_uri=toolkit.REDIRECT_URI,
        code_verifier=VERIFIER,
    )
    assert is_live(told["access_token"])


def test_a_person_who_approved_at_the_package_is_asked_once_more():
    application, ada = toolkit.register(), UserFactory()
    toolkit.approve(application, ada)
    run()

    browser = Client()
    browser.force_login(ada)
    parameters = at_the_aliases(application).parameters(redirect_uri=toolkit.REDIRECT_URI)
    assert browser.get("/o/authorize/", parameters).status_code == 200


def test_the_issuer_of_the_package_is_kept_with_its_address(settings):
    issuer = "http://testserver/o"
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": issuer, "OPENID_CONNECT": True}

    assert Client().get("/o/.well-known/openid-configuration").json()["issuer"] == issuer


def test_a_refresh_token_that_the_package_has_used_ends_the_grant_when_it_comes_back():
    application = toolkit.register()
    first = toolkit.approve(application, UserFactory())
    second = toolkit.token(application, grant_type="refresh_token", refresh_token=first["refresh_token"])
    report = run()
    assert report["stages"]["used refresh tokens"]["taken"] == 1
    assert is_live(second["access_token"])

    replayed = at_the_aliases(application).refresh(first["refresh_token"])

    assert replayed.json()["error"] == "invalid_grant"
    assert not is_live(second["access_token"])
    assert at_the_aliases(application).refresh(second["refresh_token"]).status_code == 400


def test_what_ended_at_the_package_stays_ended():
    application = toolkit.register()
    ended = toolkit.approve(application, UserFactory())
    credentials = {"client_id": application.client_id, "client_secret": toolkit.SECRET}
    post("/before/revoke_token/", credentials | {"token": ended["refresh_token"]})

    report = run()

    assert report["stages"]["used refresh tokens"]["left"] == {"its grant was not taken": 1}
    assert report["stages"]["refresh tokens"]["taken"] == 0
    assert not is_live(ended["access_token"])
    assert at_the_aliases(application).refresh(ended["refresh_token"]).status_code == 400


def test_a_refresh_token_whose_access_token_was_revoked_at_the_package_is_not_taken():
    application = toolkit.register()
    ended = toolkit.approve(application, UserFactory())
    credentials = {"client_id": application.client_id, "client_secret": toolkit.SECRET}
    post("/before/revoke_token/", credentials | {"token": ended["access_token"]})

    assert run()["stages"]["refresh tokens"]["taken"] == 0

    assert at_the_aliases(application).refresh(ended["refresh_token"]).status_code == 400


def test_a_token_that_an_application_has_for_itself_works_and_ends_alone():
    application = toolkit.register(authorization_grant_type="client-credentials")
    first, second = (toolkit.token(application, grant_type="client_credentials") for _ in range(2))
    run()
    assert is_live(first["access_token"])

    assert at_the_aliases(application).revoke(first["access_token"]).status_code == 200

    assert not is_live(first["access_token"])
    assert is_live(second["access_token"])
    assert Grant.objects.count() == 1


def test_what_was_revoked_stays_revoked_when_the_import_runs_again_after_the_clean_up():
    from oauth2_provider.models import AccessToken

    application = toolkit.register(authorization_grant_type="client-credentials")
    issued = toolkit.token(application, grant_type="client_credentials")["access_token"]
    AccessToken.objects.update(expires=timezone.now() + timedelta(days=30))
    run()
    at_the_aliases(application).revoke(issued)
    Token.objects.update(revoked_at=timezone.now() - timedelta(days=2))

    call_command("oauthcore_cleanup", verbosity=0)
    run()

    assert not is_live(issued)


@pytest.mark.parametrize("is_hashed", [True, pytest.param(False, marks=toolkit.needs_plain_secrets)])
def test_a_secret_works_on_and_is_a_digest_after_its_first_use(is_hashed):
    as_text = {} if is_hashed else {"hash_client_secret": False}
    application = toolkit.register(authorization_grant_type="client-credentials", **as_text)
    run()
    assert (ClientSecret.objects.get().encoded is not None) is is_hashed

    oauth = at_the_aliases(application)
    assert oauth.token(grant_type="client_credentials", client_secret="wrong").status_code == 401
    assert oauth.token(grant_type="client_credentials").status_code == 200

    assert ClientSecret.objects.get().encoded is None


def test_a_dry_run_reports_the_same_and_writes_nothing():
    toolkit.approve(toolkit.register(), with_account().user, scope="read old.scope")

    would = run(dry_run=True)

    assert rows() == [[], [], [], []]
    assert not Import.objects.exists()
    assert would["stages"]["access tokens"]["notes"] == {"the site does not declare the scope old.scope": 1}
    did = run()
    assert did["stages"] == would["stages"]


def test_a_second_run_changes_nothing_and_takes_only_what_is_new(clock):
    application = toolkit.register()
    toolkit.approve(application, UserFactory())
    run()
    before = rows()
    clock.shift(60)

    again = run()

    assert rows() == before
    assert {what: (one["taken"], one["known"]) for what, one in again["stages"].items()} == {
        "applications": (0, 1),
        "refresh tokens": (0, 1),
        "access tokens": (0, 1),
        "used refresh tokens": (0, 0),
    }
    late = toolkit.approve(application, UserFactory())
    assert run()["stages"]["refresh tokens"]["taken"] == 1
    assert is_live(late["access_token"])


def test_an_interrupted_import_goes_on_after_its_last_batch(monkeypatch):
    application = toolkit.register()
    issued = [toolkit.approve(application, UserFactory()) for _ in range(3)]
    written: list[int] = []
    write = import_run._write

    def fails_late(row: Any, stage: Any, batch: Any, number: int) -> Any:
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(number)
        return write(row, stage, batch, number)

    with monkeypatch.context() as patched:
        patched.setattr(import_run, "_write", fails_late)
        with pytest.raises(KeyboardInterrupt):
            run(batch_size=1)
    assert Import.objects.get().cursor["stage"] == 1

    report = run(batch_size=1)

    assert report["resumed"]
    assert report["stages"]["refresh tokens"]["taken"] == 3
    assert all(is_live(one["access_token"]) for one in issued)
    assert (Import.objects.get().cursor, Token.objects.count()) == ({}, 6)
