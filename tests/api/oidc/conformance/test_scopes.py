"""Modules about the scopes that ask for claims."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from oauthcore.claims import UserClaims
from tests.support.oauth import answer
from tests.support.relying_party import RelyingParty, configuration, relying_party, somebody

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does")


@pytest.fixture
def ada() -> RelyingParty:
    """Somebody who has a name and an address."""
    return relying_party(user=somebody(username="ada", email="ada@people.example"))


PROFILE = {
    "name": "Ada Lindqvist",
    "given_name": "Ada",
    "family_name": "Lindqvist",
    "preferred_username": "ada",
}
EMAIL = {"email": "ada@people.example", "email_verified": False}


@pytest.mark.openid("core", "5.4")
@pytest.mark.openid("core", "5.1")
def test_oidcc_scope_profile(ada: RelyingParty) -> None:
    signed_in = ada.sign_in(scope="openid profile")

    assert signed_in.userinfo() == {"sub": signed_in.claims["sub"], **PROFILE}


@pytest.mark.openid("core", "5.4")
@pytest.mark.openid("core", "5.1")
def test_oidcc_scope_email(ada: RelyingParty) -> None:
    signed_in = ada.sign_in(scope="openid email")

    assert signed_in.userinfo() == {"sub": signed_in.claims["sub"], **EMAIL}


class WithDates(UserClaims):
    """A site that also knows when a profile was changed."""

    offered: ClassVar[Mapping[str, Any]] = {
        **UserClaims.offered,
        "updated_at": "when your profile was changed",
    }

    def values_of(self, user: Any, names: frozenset[str]) -> Mapping[str, Any]:
        """Return what Django's user model knows, and when the user joined, as a number of seconds."""
        return {**super().values_of(user, names), "updated_at": int(user.date_joined.timestamp())}


@pytest.mark.openid("core", "5.1")
def test_oidcc_the_time_of_a_change_is_a_number_of_seconds(ada: RelyingParty, settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLAIMS": f"{__name__}.WithDates"}
    wanted = json.dumps({"id_token": {"updated_at": None}})
    signed_in = ada.sign_in(scope="openid profile", claims=wanted)

    told = signed_in.userinfo()
    assert told == {"sub": signed_in.claims["sub"], **PROFILE, "updated_at": told["updated_at"]}
    assert type(told["updated_at"]) is int
    assert signed_in.claims["updated_at"] == told["updated_at"]
    assert "updated_at" in configuration()["claims_supported"]


@pytest.mark.openid("core", "5.6")
@pytest.mark.openid("core", "5.6.1")
def test_oidcc_claims_are_plain_members_and_none_comes_from_elsewhere(ada: RelyingParty) -> None:
    signed_in = ada.sign_in(scope="openid profile email")

    assert configuration()["claim_types_supported"] == ["normal"]
    assert not {"_claim_names", "_claim_sources"} & {*signed_in.userinfo(), *signed_in.claims}
    assert all(isinstance(one, str | bool) for one in signed_in.userinfo().values())


@pytest.mark.openid("core", "5.4")
def test_oidcc_scope_all(ada: RelyingParty) -> None:
    signed_in = ada.sign_in(scope="email openid profile")

    assert signed_in.userinfo() == {"sub": signed_in.claims["sub"], **PROFILE, **EMAIL}


@pytest.mark.openid("discovery", "3")
@pytest.mark.parametrize("scope", ["address", "phone"])
def test_oidcc_scope_address_and_phone_are_not_offered(ada: RelyingParty, scope: str) -> None:
    """Modules scope-address and scope-phone."""
    assert scope not in configuration()["scopes_supported"]
    assert answer(ada.authorize(scope=f"openid {scope}"))["error"] == "invalid_scope"


@pytest.mark.openid("core", "5.4")
def test_oidcc_a_scope_that_was_not_asked_for_gives_nothing(ada: RelyingParty) -> None:
    assert set(ada.sign_in(scope="openid").userinfo()) == {"sub"}


@pytest.mark.openid("core", "5.4")
def test_oidcc_profile_without_openid_gives_no_id_token(ada: RelyingParty) -> None:
    assert "id_token" not in ada.tokens(scope="profile")
