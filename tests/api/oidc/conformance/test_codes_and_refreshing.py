"""Modules about codes that are used twice, and about refresh tokens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.relying_party import RelyingParty, SignedIn, relying_party, userinfo

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; races have tests of their own")


@pytest.mark.openid("core", "3.1.3.2")
@pytest.mark.rfc("6749", "4.1.2")
@pytest.mark.parametrize("later", [0, 30])
def test_oidcc_codereuse(party: RelyingParty, clock: Any, later: int) -> None:
    """Modules codereuse and codereuse-30seconds."""
    code = party.code()
    first = SignedIn(party, party.redeem(code).json())
    assert userinfo(first.access_token).status_code == 200
    clock.shift(later)
    again = party.redeem(code)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert "id_token" not in again.json()
    assert userinfo(first.access_token).status_code == 401


@pytest.mark.openid("core", "3.1.3.2")
@pytest.mark.openid("core", "3.1.3.4")
def test_oidcc_a_code_of_another_client(party: RelyingParty) -> None:
    refused = relying_party().redeem(party.code())

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


@pytest.mark.openid("core", "3.1.3.2")
def test_oidcc_a_code_with_another_redirect_uri(party: RelyingParty) -> None:
    refused = party.redeem(party.code(), redirect_uri="https://client.example/other")

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


@pytest.mark.openid("core", "3.1.3.2")
def test_oidcc_a_code_without_the_secret(party: RelyingParty) -> None:
    refused = party.redeem(party.code(), client_secret="wrong")

    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert "id_token" not in refused.json()


@pytest.mark.openid("core", "3.1.3.1")
def test_oidcc_the_scope_that_some_libraries_send_with_a_code_changes_nothing(party: RelyingParty) -> None:
    answered = party.redeem(party.code(scope="openid email"), scope="openid profile email read").json()

    assert set(SignedIn(party, answered).userinfo()) == {"sub", "email", "email_verified"}


@pytest.mark.openid("core", "12.1")
@pytest.mark.openid("core", "12.2")
def test_oidcc_refresh_token(party: RelyingParty) -> None:
    first = party.sign_in()
    answered = party.refresh(first.answered["refresh_token"])
    second = SignedIn(party, answered.json())

    assert second.access_token != first.access_token
    assert second.claims["sub"] == first.claims["sub"]
    assert second.claims["iss"] == first.claims["iss"]
    assert second.claims["aud"] == first.claims["aud"]
    assert second.claims.get("nonce", first.claims["nonce"]) == first.claims["nonce"]
    assert second.userinfo() == {"sub": first.claims["sub"]}


@pytest.mark.openid("core", "12.1")
def test_oidcc_refresh_token_of_another_client(party: RelyingParty) -> None:
    token = party.sign_in().answered["refresh_token"]
    refused = relying_party().refresh(token)

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert "id_token" not in refused.json()


@pytest.mark.openid("core", "12.2")
def test_oidcc_refreshing_without_openid_gives_no_id_token(party: RelyingParty) -> None:
    first = party.sign_in(scope="openid read")
    answered = party.refresh(first.answered["refresh_token"], scope="read").json()

    assert "id_token" not in answered
    assert userinfo(answered["access_token"]).status_code == 403
