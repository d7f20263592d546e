"""The access of many applications ends in several transactions, and the first one ends all grants."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from oauthcore.flows.connections import disconnect
from oauthcore.flows.connections.withdraw import withdraw
from oauthcore.models import Consent, SecurityEvent
from tests.support.factories import bearer, register
from tests.support.oauth import OAuthClient, is_live
from tests.support.pages.reading import text_of

PATH = "/oauth/connections/"


def end_all(printer: OAuthClient) -> str:
    """Press the button, and read what the page says then."""
    response = printer.browser.post(PATH, {"all": "applications"})
    assert response.status_code == 303, response.content
    return text_of(printer.browser.get(response["Location"]))


@pytest.fixture
def tokens(ada: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(disconnect, "_AT_ONCE", 2)
    applications = [register().application for _ in range(5)]
    for application in applications[:4]:
        Consent.objects.create(user=ada, application=application, scopes=["api.images.read"])
    return [bearer(user=ada, application=application) for application in applications]


def test_all_access_ends(printer: OAuthClient, ada: Any, tokens: list[str]) -> None:
    other = bearer()
    said = end_all(printer)

    assert "No application has access to your account." in said
    assert [is_live(token) for token in (*tokens, other)] == [False] * 5 + [True]
    assert not Consent.objects.filter(user=ada).exists()
    reasons = SecurityEvent.objects.filter(kind=SecurityEvent.Kind.CONSENT_WITHDRAWN)
    assert sorted(reasons.values_list("reason", flat=True)) == [
        *["ended by the person; all applications; grants ended: 5"],
        *["ended by the person; grants ended: 0"] * 4,
    ]


def test_no_token_works_where_it_is_interrupted_and_ending_again_goes_on(
    printer: OAuthClient, ada: Any, tokens: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def broken(*arguments: Any, **keywords: Any) -> int:
        calls.append(arguments)
        if len(calls) == 4:
            raise RuntimeError("the process dies here")
        return withdraw(*arguments, **keywords)

    with monkeypatch.context() as patch:
        patch.setattr(disconnect, "withdraw", broken)
        with pytest.raises(RuntimeError):
            disconnect.end_applications(ada, now=timezone.now())

    assert [is_live(token) for token in tokens] == [False] * 5
    assert Consent.objects.filter(user=ada).count() == 2

    said = end_all(printer)
    assert "No application has access to your account." in said
    assert not Consent.objects.filter(user=ada).exists()


def test_an_approval_in_between_ends_with_its_consent(
    printer: OAuthClient, ada: Any, tokens: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    end_grants, later = disconnect._end_grants, register().application

    def approve_before(*arguments: Any) -> None:
        Consent.objects.create(user=ada, application=later, scopes=["api.images.read"])
        tokens.append(bearer(user=ada, application=later))
        end_grants(*arguments)

    monkeypatch.setattr(disconnect, "_end_grants", approve_before)
    end_all(printer)

    assert [is_live(token) for token in tokens] == [False] * 6
    assert not Consent.objects.filter(user=ada).exists()
