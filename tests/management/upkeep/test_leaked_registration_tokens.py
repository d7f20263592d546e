"""``revoke_leaked`` and the tokens of dynamic registration: the one that leaked ends, and no other."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from oauthcore import conf
from oauthcore.models import DynamicRegistration, InitialAccessToken, SecurityEvent
from oauthcore.rules.tokens.secrets import SecretKind
from tests.support.registration import Managed, initial_access_token, register_itself

pytestmark = pytest.mark.django_db


def outcomes(told: Any, text: str, **options: Any) -> list[str]:
    return [one["outcome"] for one in told(text, **options)]


def test_an_initial_access_token_ends_and_those_that_registered_with_it_stay(told: Any) -> None:
    text, other = initial_access_token(uses=2), initial_access_token()
    managed = Managed(token=text)

    assert outcomes(told, text, dry=True) == ["would_end"]
    assert InitialAccessToken.objects.filter(revoked_at=None).count() == 2
    [found] = told(text)

    assert (found["kind"], found["outcome"], found["extent"]) == ("initial_access", "ended", "secret")
    assert register_itself(token=text).status_code == 401
    assert register_itself(token=other).status_code == 201
    assert managed.read().status_code == 200
    assert SecurityEvent.objects.get(reason="leaked").kind == "revoked"
    assert outcomes(told, text) == ["over"]


def test_a_registration_access_token_ends_and_its_application_works_on(told: Any) -> None:
    managed = Managed(grant_types=["client_credentials"], redirect_uris=None)

    assert outcomes(told, managed.token, dry=True) == ["would_end"]
    assert managed.read().status_code == 200
    [found] = told(managed.token)

    assert (found["kind"], found["outcome"], found["extent"]) == ("registration", "ended", "secret")
    assert found["client_id"] == managed.told["client_id"]
    assert managed.read().status_code == managed.change().status_code == 401
    assert managed.application.is_live
    event = SecurityEvent.objects.get(reason="leaked")
    assert event.application_ref == managed.told["client_id"]
    assert outcomes(told, managed.token) == ["unknown"]


@pytest.mark.parametrize("kind", [SecretKind.INITIAL_ACCESS, SecretKind.REGISTRATION])
def test_one_that_nobody_was_given_is_unknown(kind: SecretKind, told: Any) -> None:
    assert outcomes(told, conf.settings().secret_format.make(kind).reveal()) == ["unknown"]


def test_one_that_another_process_ends_meanwhile_is_over(told: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(InitialAccessToken, "revoke", lambda *_, **__: False)
    monkeypatch.setattr(DynamicRegistration, "end_management", lambda *_: False)

    assert outcomes(told, initial_access_token()) == ["over"]
    assert outcomes(told, Managed().token) == ["over"]
    assert not SecurityEvent.objects.filter(reason="leaked").exists()


def test_the_second_to_end_one_ends_nothing() -> None:
    managed = Managed(token=initial_access_token())
    registration, admission = DynamicRegistration.objects.get(), InitialAccessToken.objects.get()

    assert [registration.end_management(), registration.end_management()] == [True, False]
    ended = [admission.revoke(now=timezone.now()) for _ in range(2)]
    assert ended == [True, False]
    assert managed.application.is_live
