"""A site that leaves the default account backend: service tokens and signing in work there too.

Wire §5 and §6.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from oauthcore.flows.service_tokens import service_tokens
from oauthcore.flows.service_tokens.limits import Limits
from oauthcore.models import Grant
from oauthcore.models.issuing import issue
from tests.support.factories import UserFactory, bearer, register
from tests.support.oauth import OAuthClient, is_live, me
from tests.support.reference_site.factories import AccountFactory
from tests.support.sign_in.client import AppClient
from tests.support.statements import USE_AND_STORE, statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_accounts")]

SCOPES = {
    "read": "See your name",
    "notes.read": {"description": "Read notes", "account": True},
    "notes.write": {"description": "Write notes", "account": True},
    "notes": {"description": "All about notes", "includes": ["notes.read", "notes.purge"]},
    "notes.purge": {"description": "Delete notes for good", "level": "approval"},
    "reports": {"description": "See reports", "level": "staff"},
}


@pytest.fixture(autouse=True)
def notes_site(settings: Any, without_accounts: None) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": SCOPES, "OPENID_CONNECT": False}


@pytest.fixture
def app(clock: Any) -> AppClient:
    UserFactory(username="ada")
    return AppClient()


def token_of_staff(*scopes: str) -> str:
    limits = Limits(label="Nightly export", scopes=frozenset(scopes))
    return service_tokens.make(None, limits, staff=None)[1].reveal()


def can(access_token: str) -> set[str]:
    """Return what a token can do right now, as it is told."""
    return {name for name, is_able in me(access_token).json()["capabilities"].items() if is_able}


def with_accounts(settings: Any) -> None:
    backend = "reference_site.accounts.backend.MembershipBackend"
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ACCOUNT_BACKEND": backend}


def test_a_service_token_works_on_the_whole_site_with_scopes_of_accounts_too():
    text = token_of_staff("notes.read")

    told = me(text).json()
    assert (told["kind"], told["account"], told["scopes"]) == ("service_token", None, ["notes.read"])
    assert can(text) == {"notes.read"}


def test_a_resource_server_is_told_the_same_of_it():
    server = register(may_introspect=True, grant_types=[], redirect_uris=[], scopes=["read"])

    told = OAuthClient(server).introspect(token_of_staff("notes.read")).json()

    assert (told["active"], told["scope"]) == (True, "notes.read")


def test_no_service_token_is_made_for_an_account_that_cannot_be():
    with pytest.raises(ValidationError) as refused:
        service_tokens.make(AccountFactory().uuid, Limits(label="Export", scopes=frozenset()), staff=None)

    assert "ACCOUNT_BACKEND" in str(refused.value.message_dict["account_uuid"])
    assert not Grant.objects.exists()


def test_the_site_has_so_many_service_tokens_and_no_more(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SERVICE_TOKENS_PER_ACCOUNT": 1}
    token_of_staff("read")

    with pytest.raises(service_tokens.TooManyServiceTokens):
        token_of_staff("read")


def test_an_app_names_no_account_and_is_told_of_none(app):
    signed_in = app.sign_in()
    answer = app.token(signed_in.json["refresh_token"])

    assert signed_in.json["accounts"] == []
    assert answer.status == 200
    assert "account" not in answer.json
    told = app.me(answer.json["access_token"]).json
    assert (told["kind"], told["account"], told["user"]["username"]) == ("user_token", None, "ada")


def test_who_signs_in_may_do_whatever_is_open_in_all_that_it_includes(app):
    text = app.token(app.sign_in().json["refresh_token"]).json["access_token"]

    assert app.me(text).json["scopes"] == ["notes.read", "notes.write", "read"]
    assert can(text) == {"notes.read", "notes.write", "read"}


def test_the_site_says_what_they_may_do_and_is_asked_at_each_request(app, settings):
    text = app.token(app.sign_in().json["refresh_token"]).json["access_token"]

    for names in (["notes.read", "reports"], []):
        settings.OAUTHCORE = {**settings.OAUTHCORE, "SIGN_IN_SCOPES": names}
        assert (set(app.me(text).json["scopes"]), can(text)) == (set(names), set(names))


@pytest.mark.parametrize(
    ("account_uuid", "refused"),
    [
        ("0a73859c-6eda-4adc-b819-918014c85389", (403, "account_not_allowed")),
        ("north", (400, "invalid_request")),
    ],
)
def test_an_account_that_is_named_all_the_same_is_refused_and_spends_nothing(app, account_uuid, refused):
    refresh_token = app.sign_in().json["refresh_token"]

    assert app.token(refresh_token, account_uuid).refused == refused
    assert app.token(refresh_token).status == 200


def test_a_refresh_and_a_request_ask_nobody_about_accounts(app):
    refresh_token = app.sign_in().json["refresh_token"]

    with statements() as run:
        text = app.token(refresh_token).json["access_token"]
    assert len(run) == 1 + USE_AND_STORE, "the token, its turn with the access token"
    with statements() as run:
        app.me(text)
    assert len(run) == 1


def test_an_application_that_a_person_approved_may_do_what_they_approved():
    text = bearer(application=register(scopes=["notes.read"]).application, scopes=["notes.read"])

    assert can(text) == {"notes.read"}


def test_an_application_that_acts_for_itself_has_no_scope_of_accounts_whatever_stands_in_its_row():
    application = register(scopes=["notes.read", "read"]).application
    grant = Grant.standing(application)
    how: dict[str, Any] = {"account_uuid": None, "now": timezone.now()}

    assert can(issue(grant, scopes=application.scopes, **how).access_token.reveal()) == {"read"}


def test_a_site_that_gets_accounts_later_takes_their_scopes_from_what_has_no_account(app, settings):
    of_staff = token_of_staff("notes.read", "read")
    of_ada = app.token(app.sign_in().json["refresh_token"]).json
    with_accounts(settings)

    assert can(of_staff) == {"read"}
    assert can(of_ada["access_token"]) == set()
    assert app.token(of_ada["refresh_token"]).json["error_details"] == {"account_uuid": "This is required."}


def test_a_site_that_gives_its_accounts_up_takes_no_token_of_one(settings):
    with_accounts(settings)
    account = AccountFactory()
    limits = Limits(label="Nightly export", scopes=frozenset(["notes.read"]))
    text = service_tokens.make(account.uuid, limits, staff=None)[1].reveal()
    assert is_live(text)

    settings.OAUTHCORE = {**settings.OAUTHCORE, "ACCOUNT_BACKEND": "oauthcore.accounts.NoAccounts"}
    assert me(text).status_code == 401
