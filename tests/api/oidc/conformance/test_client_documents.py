"""Modules about documents that an application publishes: its keys, and its sector."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.models import Application
from tests.support.document_server import DocumentServer, documents_on_loopback
from tests.support.factories import Registered
from tests.support.jose import a_key, asserted, new_key, public
from tests.support.registration import CALLBACK, register_itself, registered_itself
from tests.support.relying_party import ISSUER, RelyingParty, SignedIn, somebody
from tests.support.rsa_keys import ec_pem, rsa_pem

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does")

SIGNING: dict[str, Any] = {
    "scope": "openid offline_access",
    "grant_types": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_method": "private_key_jwt",
}


@pytest.fixture(autouse=True)
def openid(db: None, settings: Any) -> None:
    """Switch OpenID Connect on. Time is not frozen, because the certificates of the host are new."""
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "OPENID_CONNECT": True,
        "SIGNING_KEYS": [ec_pem(), rsa_pem()],
        "PRIVATE_KEY_JWT": True,
        "METADATA_DOCUMENT_LOOPBACK": True,
    }


@pytest.fixture
def host(monkeypatch: Any, tmp_path: Any) -> Iterator[DocumentServer]:
    """The host of the application, which publishes its keys at ``/keys``."""
    with documents_on_loopback(monkeypatch, tmp_path) as (server, _resolver):
        server.put({"keys": [public(a_key(), kid="first", use="sig")]}, path="/keys")
        yield server


@pytest.fixture
def signing(host: DocumentServer) -> Registered:
    """An application that registered itself and the address of its keys."""
    return registered_itself(**SIGNING, jwks_uri=host.url("/keys"))


def proof(one: Registered, key: Any = None, **how: Any) -> dict[str, Any]:
    """Return the parameters that the application sends instead of a secret."""
    return {"client_id": None, **asserted(one.client_id, key, **{"header": {"kid": "first"}, **how})}


def signed_in(one: Registered, **how: Any) -> SignedIn:
    """Sign somebody in. The application authenticates with its key when it redeems the code."""
    party = RelyingParty(one, Client())
    party.browser.force_login(somebody())
    code = party.code(redirect_uri=CALLBACK, scope=SIGNING["scope"], prompt="consent")
    redeemed = party.redeem(code, redirect_uri=CALLBACK, **proof(one, **how))
    assert redeemed.status_code == 200, redeemed.content
    return SignedIn(party, redeemed.json())


@pytest.mark.openid("registration", "2")
@pytest.mark.openid("core", "9")
def test_oidcc_registration_jwks_uri(signing: Registered, host: DocumentServer) -> None:
    assert signing.application.jwks_uri == host.url("/keys")
    assert signed_in(signing).claims["aud"] == signing.client_id


@pytest.mark.openid("core", "9")
@pytest.mark.parametrize("audience", [ISSUER, f"{ISSUER}/oauth/token"])
def test_oidcc_ensure_client_assertion_with_iss_aud_succeeds(signing: Registered, audience: str) -> None:
    assert signed_in(signing, aud=audience).claims["aud"] == signing.client_id


@pytest.mark.openid("core", "9")
def test_oidcc_an_assertion_for_another_provider_is_refused(signing: Registered) -> None:
    party = RelyingParty(signing, Client())
    party.browser.force_login(somebody())
    code = party.code(redirect_uri=CALLBACK)

    refused = party.redeem(code, redirect_uri=CALLBACK, **proof(signing, aud="https://other.example"))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


@pytest.mark.openid("core", "10.1.1")
@pytest.mark.openid("core", "12.1")
def test_oidcc_refresh_token_rp_key_rotation(signing: Registered, host: DocumentServer) -> None:
    first, new = signed_in(signing), new_key()
    host.put({"keys": [public(new, kid="second", use="sig")]}, path="/keys")
    Application.objects.update(keys_fetched_at=timezone.now() - timedelta(seconds=61))

    by_the_new = proof(signing, new, header={"kid": "second"})
    refreshed = first.party.refresh(first.answered["refresh_token"], **by_the_new)
    assert refreshed.status_code == 200, refreshed.content
    assert refreshed.json()["access_token"] != first.access_token
    by_the_old = first.party.refresh(refreshed.json()["refresh_token"], **proof(signing))
    assert (by_the_old.status_code, by_the_old.json()["error"]) == (401, "invalid_client")


@pytest.mark.openid("registration", "5")
@pytest.mark.openid("core", "8.1")
def test_oidcc_registration_sector_uri(host: DocumentServer) -> None:
    """All applications of a sector know a person by the same subject, whatever their hosts are."""
    elsewhere, person = "https://elsewhere.example/callback", somebody()
    host.put([CALLBACK, elsewhere], path="/sector.json")
    sector = {"subject_type": "pairwise", "sector_identifier_uri": host.url("/sector.json")}

    def subject_at(uri: str, **members: Any) -> str:
        party = RelyingParty(registered_itself(scope="openid", redirect_uris=[uri], **members), Client())
        party.browser.force_login(person)
        redeemed = party.redeem(party.code(redirect_uri=uri), redirect_uri=uri)
        return str(SignedIn(party, redeemed.json()).claims["sub"])

    assert subject_at(CALLBACK, **sector) == subject_at(elsewhere, **sector)
    assert subject_at(elsewhere, subject_type="pairwise") != subject_at(elsewhere, **sector)


@pytest.mark.openid("registration", "5")
@pytest.mark.parametrize("document", [[], [f"{CALLBACK}/"], {"redirect_uris": [CALLBACK]}, CALLBACK], ids=str)
def test_oidcc_registration_sector_bad(host: DocumentServer, document: object) -> None:
    host.put(document, path="/sector.json")

    refused = register_itself(
        scope="openid", subject_type="pairwise", sector_identifier_uri=host.url("/sector.json")
    )
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")
    assert len(host.requests) == 1
