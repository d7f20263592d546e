"""Pairwise subjects, which differ for each sector (OpenID Connect Core §8)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.factories import register
from tests.support.relying_party import SCOPES, RelyingParty, SignedIn, configuration, relying_party, somebody

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does")

HERE, THERE = "https://client.example/cb", "https://elsewhere.example/cb"


@pytest.fixture(autouse=True)
def salted(settings: Any, openid: None) -> None:
    """A site that offers pairwise subjects."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PAIRWISE_SALT": "a salt of forty characters and a few more"}


def at(redirect_uri: str, user: Any, **values: Any) -> SignedIn:
    """Sign somebody in at an application with this address."""
    registered = register(scopes=SCOPES, redirect_uris=[redirect_uri], subject_type="pairwise", **values)
    party = relying_party(registered, user)
    code = party.code(redirect_uri=redirect_uri)
    return SignedIn(party, party.redeem(code, redirect_uri=redirect_uri).json())


@pytest.mark.openid("core", "8.1")
def test_oidcc_a_pairwise_subject_is_of_one_sector() -> None:
    user = somebody()
    here, again, there = at(HERE, user), at(HERE, user), at(THERE, user)

    assert here.claims["sub"] == again.claims["sub"]
    assert here.claims["sub"] != there.claims["sub"]
    assert relying_party(user=user).sign_in().claims["sub"] not in (here.claims["sub"], there.claims["sub"])


@pytest.mark.openid("core", "8.1")
def test_oidcc_two_people_never_have_the_same() -> None:
    assert at(HERE, somebody()).claims["sub"] != at(HERE, somebody()).claims["sub"]


@pytest.mark.openid("core", "5.3.2")
@pytest.mark.openid("core", "8")
def test_oidcc_userinfo_and_refreshing_give_the_same_pairwise_subject() -> None:
    signed_in = at(HERE, somebody())
    party: RelyingParty = signed_in.party
    refreshed = SignedIn(party, party.refresh(signed_in.answered["refresh_token"]).json())

    assert signed_in.userinfo() == {"sub": signed_in.claims["sub"]}
    assert refreshed.claims["sub"] == signed_in.claims["sub"]


@pytest.mark.openid("discovery", "3")
def test_oidcc_the_configuration_names_pairwise_where_there_is_a_salt(settings: Any) -> None:
    assert set(configuration()["subject_types_supported"]) == {"public", "pairwise"}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PAIRWISE_SALT": ""}
    assert configuration()["subject_types_supported"] == ["public"]
