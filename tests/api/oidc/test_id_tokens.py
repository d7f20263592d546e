"""Id tokens beside the tokens of code, refresh and device code (OpenID Connect Core §3.1.3.3, §12.2)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client

from oauthcore.models import Grant, RelyingPartySession, SigningKey, signing
from tests.support.devices.television import PAGE, Television, register_television
from tests.support.relying_party import (
    ISSUER,
    RelyingParty,
    SignedIn,
    header_of,
    relying_party,
    somebody,
    verified_id_token,
)
from tests.support.signing import make_keys
from tests.support.statements import USE_AND_STORE, statements

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keys(db: Any) -> None:
    make_keys()


def approve_claims(**where: list[str]) -> None:
    """Set what the person of the only grant has approved."""
    Grant.objects.update(claims={"userinfo": [], "id_token": [], **where})


def signed_in(party: RelyingParty, **approved: list[str]) -> SignedIn:
    """Sign in as a person who approved these claims."""
    code = party.code()
    approve_claims(**approved)
    return SignedIn(party, party.redeem(code).json())


class TestCode:
    @pytest.mark.openid("core", "3.1.3.3")
    def test_an_openid_grant_gets_an_id_token(self, clock: Any) -> None:
        party = relying_party()
        claims = party.sign_in().claims

        now = int(time.time())
        assert claims["iss"] == ISSUER
        assert claims["aud"] == claims["azp"] == party.registered.client_id
        assert (claims["iat"], claims["exp"]) == (now, now + 600)
        assert (claims["auth_time"], claims["acr"]) == (now, "pwd")
        assert claims["at_hash"]

    @pytest.mark.openid("core", "3.1.3.3")
    def test_other_grants_get_no_id_token(self) -> None:
        answered = relying_party().tokens(scope="read")

        assert answered["access_token"]
        assert "id_token" not in answered

    def test_there_is_no_id_token_while_openid_connect_is_off(self, settings: Any) -> None:
        party = relying_party()
        code = party.code()
        settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}

        assert "id_token" not in party.redeem(code).json()

    @pytest.mark.openid("core", "2")
    def test_the_subject_is_that_of_introspection_and_not_a_database_number(self) -> None:
        ada = somebody()
        party = relying_party(user=ada)
        signed = party.sign_in()

        assert signed.claims["sub"] == party.introspect(signed.access_token).json()["sub"]
        assert signed.claims["sub"] != str(ada.pk)

    @pytest.mark.openid("core", "15.1")
    @pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
    def test_it_is_signed_as_the_application_wants(self, algorithm: str) -> None:
        signed = relying_party(id_token_signed_response_alg=algorithm).sign_in()

        assert signed.claims
        assert header_of(signed.id_token)["alg"] == algorithm

    @pytest.mark.openid("core", "5.4")
    def test_claims_that_were_approved_for_it_are_in_it(self) -> None:
        claims = signed_in(
            relying_party(user=somebody(), scopes=["openid", "profile"]), id_token=["name", "birthdate"]
        ).claims

        assert claims["name"] == "Ada Lindqvist"
        assert not {"birthdate", "given_name"} & claims.keys()

    def test_the_session_is_named_if_the_grant_has_one(self) -> None:
        party = relying_party()
        code = party.code()
        for model in (Grant, RelyingPartySession):
            model.objects.update(sid="00112233-4455-6677-8899-aabbccddeeff")

        claims = SignedIn(party, party.redeem(code).json()).claims
        assert claims["sid"] == "00112233-4455-6677-8899-aabbccddeeff"

    def test_without_a_signing_key_the_code_is_not_used(self) -> None:
        party = relying_party()
        code = party.code()
        SigningKey.objects.all().delete()
        signing.forget()
        refused = party.redeem(code)
        assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")

        make_keys()
        assert SignedIn(party, party.redeem(code).json()).claims


class TestRefresh:
    @pytest.mark.openid("core", "12.2")
    def test_a_refresh_gives_an_id_token_of_the_same_login_without_nonce(self, clock: Any) -> None:
        party = relying_party()
        first = party.sign_in(nonce="n")
        clock.shift(120)
        again = SignedIn(party, party.refresh(first.answered["refresh_token"]).json())

        before, after = first.claims, again.claims
        for name in ("iss", "sub", "aud", "azp", "auth_time", "acr"):
            assert before[name] == after[name], name
        assert after["iat"] == before["iat"] + 120
        assert "nonce" not in after
        assert after["at_hash"] != before["at_hash"]

    def test_a_refresh_without_openid_gives_no_id_token(self) -> None:
        party = relying_party()
        refresh_token = party.sign_in(scope="openid read").answered["refresh_token"]

        answered = party.refresh(refresh_token, scope="read").json()
        assert answered["scope"] == "read"
        assert "id_token" not in answered

    def test_claims_that_the_application_may_no_longer_have_are_left_out(self) -> None:
        party = relying_party()
        first = signed_in(party, id_token=["email"])
        party.registered.application.scopes = ["openid"]
        party.registered.application.save()

        again = SignedIn(party, party.refresh(first.answered["refresh_token"]).json())
        assert "email" in first.claims
        assert "email" not in again.claims


class TestNoMoreStatements:
    @pytest.mark.parametrize("scope", ["read", "openid"])
    def test_a_code_and_a_refresh_take_two_looks_and_one_step(self, scope: str) -> None:
        party = relying_party()
        party.sign_in()  # reads the keys, which the process then caches for a minute
        code = party.code(scope=scope)
        with statements() as redeeming:
            tokens = party.redeem(code).json()
        with statements() as refreshing:
            party.refresh(tokens["refresh_token"])

        assert ("id_token" in tokens) == (scope == "openid")
        session = int(scope == "openid")  # is locked, so that a logout waits
        assert len(redeeming) - session == len(refreshing) == 2 + USE_AND_STORE

    def test_the_site_is_asked_for_claims_once_and_only_if_some_are_wanted(self) -> None:
        party = relying_party()
        party.sign_in()
        code = party.code(scope="openid profile")
        approve_claims(id_token=["accounts"])
        with statements() as run:
            party.redeem(code)

        assert len(run) == 4 + USE_AND_STORE


class TestDevice:
    @pytest.mark.rfc("8628", "3.5")
    def test_a_device_gets_an_id_token_too(self) -> None:
        television = Television(register_television(scopes=["openid"]))
        television.begin(scope="openid")
        browser = Client()
        browser.force_login(somebody())
        page = browser.post(PAGE, {"user_code": television.user_code})
        form = {"user_code": television.user_code, "scope": "openid", "decision": "approve"}
        browser.post(PAGE, {**form, "transaction": page.context["transaction"]})
        tokens = television.poll().json()

        claims = verified_id_token(
            tokens["id_token"],
            client_id=television.registered.client_id,
            access_token=tokens["access_token"],
        )
        assert claims["acr"] == "pwd"
        assert "nonce" not in claims


@pytest.mark.openid("core", "11")
class TestOfflineAccess:
    """``offline_access`` decides for an OpenID client that registered itself."""

    @pytest.mark.parametrize(
        ("scope", "refreshes"), [("openid", False), ("openid offline_access", True), ("read", True)]
    )
    def test_a_client_that_registered_itself_asks_for_refresh_tokens(
        self, scope: str, refreshes: bool
    ) -> None:
        party = relying_party(is_self_registered=True, scopes=["openid", "offline_access", "read"])
        tokens = party.tokens(scope=scope)

        assert ("refresh_token" in tokens) == refreshes
        assert (Grant.objects.get().expires_at is not None) == refreshes

    def test_other_applications_get_them_without_asking(self) -> None:
        assert "refresh_token" in relying_party().tokens()
