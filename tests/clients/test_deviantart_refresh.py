"""How DeviantArt's clients notice that a token has expired: it is in the address, and a 401 has them refresh.

The client here does what the libraries for that API do: ``access_token`` in the query of every call. Of an
answer they read the status.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from oauthcore.models import Consent, LegacySwitch, Profile, Token
from tests.support.factories import REDIRECT_URI, register

PATIENCE_SECONDS = 20


class Client:
    """One person's session with the API, which refreshes by itself."""

    def __init__(self, site, registered):
        self.site, self.registered = site, registered
        self.refreshes = 0
        self.tokens = {}

    @property
    def authorization_url(self):
        values = {"response_type": "code", "client_id": self.registered.client_id}
        where = f"{self.site}/oauth2/authorize"
        request = requests.Request("GET", where, params={**values, "redirect_uri": REDIRECT_URI})
        return str(request.prepare().url)

    def ask_for_tokens(self, **values):
        answer = requests.post(
            f"{self.site}/oauth2/token",
            data={**self.registered.credentials, **values},
            timeout=PATIENCE_SECONDS,
        )
        answer.raise_for_status()
        self.tokens = answer.json()

    def get(self, path):
        answer = self._send(path)
        if answer.status_code == 401:
            self.refreshes += 1
            self.ask_for_tokens(grant_type="refresh_token", refresh_token=self.tokens["refresh_token"])
            answer = self._send(path)
        return answer

    def _send(self, path):
        sent = {"access_token": self.tokens["access_token"]}
        return requests.get(f"{self.site}/api/v1/oauth2/{path}", params=sent, timeout=PATIENCE_SECONDS)


@pytest.fixture
def client(site, person):
    registered = register(
        profile=Profile.OAUTH_2_0, legacy_switches=[LegacySwitch.OPTIONAL_PKCE, LegacySwitch.QUERY_TOKEN]
    )
    client = Client(site, registered)
    callback = person.allow(client.authorization_url)
    assert Consent.objects.exists()
    code = dict(part.split("=") for part in callback.partition("?")[2].split("&"))["code"]
    client.ask_for_tokens(grant_type="authorization_code", code=code, redirect_uri=REDIRECT_URI)
    assert client.get("placebo").json() == {"status": "success"}
    return client


def expire():
    Token.objects.filter(kind=Token.Kind.ACCESS).update(
        created_at=timezone.now() - timedelta(1), expires_at=timezone.now()
    )


def clean_up():
    Token.objects.filter(kind=Token.Kind.ACCESS).delete()


@pytest.mark.parametrize("end", [expire, clean_up])
def test_a_client_whose_token_has_expired_refreshes_and_goes_on(end, client):
    end()

    assert client.get("placebo").json() == {"status": "success"}
    assert client.refreshes == 1
