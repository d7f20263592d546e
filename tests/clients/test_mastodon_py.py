"""Mastodon.py connects unchanged; ``tests/browser/test_mastodon_py.py`` does the same through Chromium."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from mastodon import MastodonAPIError, MastodonIllegalArgumentError, MastodonUnauthorizedError

from oauthcore.models import Application, Grant
from tests.support.clients.mastodon_py import SCOPES, client_of, goes_the_whole_way
from tests.support.clients.person import Person
from tests.support.factories import PASSWORD, UserFactory

CALLBACK = "https://client.example/callback"


@pytest.fixture
def ada(site):
    person = Person(UserFactory(username="ada").username, PASSWORD)
    yield person
    person.leave()


def log_in(client, person, scopes=SCOPES):
    """Log in with the code that is shown, and return the token."""
    code = person.allow(client.auth_request_url(scopes=scopes, allow_http=True))
    return client.log_in(code=code, scopes=scopes, allow_http=True)


def test_it_registers_logs_in_calls_revokes_and_is_refused_afterwards(site, ada):
    goes_the_whole_way(site, "ada", ada.allow)

    assert Application.objects.get().is_self_registered
    assert Grant.objects.get().revoked_at is not None


def test_it_logs_in_with_a_redirect_as_well(site, ada):
    with client_of(site, redirect_uris=[CALLBACK, "urn:ietf:wg:oauth:2.0:oob"]) as client:
        came_back = ada.allow(
            client.auth_request_url(redirect_uris=CALLBACK, state="a state", allow_http=True)
        )
        answer = parse_qs(urlsplit(came_back).query)
        client.log_in(code=answer["code"][0], redirect_uri=CALLBACK, allow_http=True)

        assert came_back.startswith(f"{CALLBACK}?")
        assert answer["state"] == ["a state"]
        assert client.account_verify_credentials().username == "ada"


def test_it_takes_a_single_scope_and_is_held_to_it(site, ada):
    with client_of(site, scopes=["read", "push"]) as client:
        log_in(client, ada, scopes=["push"])

        with pytest.raises(MastodonAPIError, match="insufficient_scope"):
            client.account_verify_credentials()
        assert client.app_verify_credentials().name == "Tusky"


def test_a_scope_below_the_one_it_registered_for_is_enough(site, ada):
    with client_of(site, scopes=["read", "write"]) as client:
        log_in(client, ada, scopes=["read:accounts", "write:media"])

        assert client.account_verify_credentials().username == "ada"


def test_it_logs_the_person_in_again_when_it_forces_them_to(site, ada):
    with client_of(site) as client:
        log_in(client, ada)
        code = ada.allow(client.auth_request_url(scopes=SCOPES, force_login=True, allow_http=True))

        assert client.log_in(code=code, scopes=SCOPES, allow_http=True)


def test_its_token_lives_on_without_a_refresh(site, ada):
    with client_of(site) as client:
        token = log_in(client, ada)
        client.access_token = token

        assert client.account_verify_credentials().username == "ada"
        assert client.persistable_login_credentials().splitlines()[0] == token


def test_a_code_works_once(site, ada):
    with client_of(site) as client:
        code = ada.allow(client.auth_request_url(scopes=SCOPES, allow_http=True))
        client.log_in(code=code, scopes=SCOPES, allow_http=True)

        with pytest.raises(MastodonIllegalArgumentError, match="invalid_grant"):
            client.log_in(code=code, scopes=SCOPES, allow_http=True)
        with pytest.raises(MastodonUnauthorizedError):
            client.account_verify_credentials()


def test_it_understands_both_forms_of_the_instance(site):
    with client_of(site) as client:
        first, second = client.instance_v1(), client.instance_v2()

        assert first.uri == second.domain == urlsplit(site).netloc
        assert second.api_versions.mastodon == 1
        assert client.retrieve_mastodon_version(fail_hard=True).startswith("4.3.0")
        assert client.verify_minimum_version("4.3.0")


def test_a_registration_that_is_refused_is_a_message_it_can_show(site):
    answer = requests.post(f"{site}/api/v1/apps", data={"client_name": "Tusky"}, timeout=20)

    assert answer.status_code == 422
    assert answer.json()["error"].startswith("Validation failed: Give redirect_uris")
