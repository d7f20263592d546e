"""Public and pairwise subjects of a person (OpenID Connect Core §8)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from oauthcore.claims import UserClaims
from oauthcore.models import Grant
from tests.support.devices.television import Television, Viewer, register_television
from tests.support.factories import REDIRECT_URI
from tests.support.oauth import answer, me
from tests.support.relying_party import RelyingParty, SignedIn, claims_of, relying_party, somebody
from tests.support.signing import make_keys, parts_of
from tests.support.statements import statements

pytestmark = [pytest.mark.django_db, pytest.mark.openid("core", "8.1")]

ELSEWHERE = "https://elsewhere.example/cb"


@pytest.fixture
def ada(db: Any) -> Any:
    make_keys()
    return somebody(username="ada")


def pairwise(user: Any, **values: Any) -> RelyingParty:
    return relying_party(user=user, subject_type="pairwise", **values)


class TestPairwise:
    def test_two_applications_of_one_host_get_the_same_subject(self, ada: Any) -> None:
        first, second = (pairwise(ada).sign_in().claims["sub"] for _ in range(2))

        assert first == second

    def test_an_application_of_another_host_gets_another_subject(self, ada: Any) -> None:
        there = pairwise(ada, redirect_uris=[ELSEWHERE])
        code = there.code(redirect_uri=ELSEWHERE)
        elsewhere = SignedIn(there, there.redeem(code, redirect_uri=ELSEWHERE).json()).claims["sub"]
        here, public = (one.sign_in().claims["sub"] for one in (pairwise(ada), relying_party(user=ada)))

        assert len({here, elsewhere, public}) == 3

    def test_the_sector_identifier_joins_hosts(self, ada: Any) -> None:
        sector = {"sector_identifier_uri": "https://client.example/hosts.json"}
        both = pairwise(ada, redirect_uris=[REDIRECT_URI, ELSEWHERE], **sector).sign_in().claims["sub"]

        assert both == pairwise(ada).sign_in().claims["sub"]

    @pytest.mark.parametrize("others", [{}, {"sector_identifier_uri": "https://client.example/hosts.json"}])
    def test_an_application_for_devices_is_a_sector_of_its_own(
        self, ada: Any, others: dict[str, str]
    ) -> None:
        named = {"scopes": ["openid"], "subject_type": "pairwise", "redirect_uris": [REDIRECT_URI], **others}
        television = Television(register_television(**named))
        television.begin(scope="openid")
        Viewer(ada).approve(television.user_code, scope=["openid"])

        theirs = pairwise(ada).sign_in().claims["sub"]
        assert claims_of(television.poll().json()["id_token"])["sub"] != theirs

    def test_the_subject_stays_when_a_person_signs_in_again(self, ada: Any) -> None:
        party = pairwise(ada)
        first = party.sign_in()
        again = party.refresh(first.answered["refresh_token"]).json()

        assert first.claims["sub"] == SignedIn(party, again).claims["sub"] == party.sign_in().claims["sub"]

    def test_every_endpoint_uses_the_same_subject(self, ada: Any) -> None:
        party = pairwise(ada, access_token_format="jwt")
        signed = party.sign_in(scope="openid read")
        subject = signed.claims["sub"]

        assert signed.userinfo()["sub"] == subject
        assert party.introspect(signed.access_token).json()["sub"] == subject
        assert parts_of(signed.access_token)[1]["sub"] == subject
        assert me(signed.access_token).json()["user"]["id"] == subject

    def test_the_username_needs_the_scope_profile(self, ada: Any) -> None:
        party = pairwise(ada)
        for scope, username in (("openid", None), ("openid profile", "ada")):
            text = party.sign_in(scope=scope).access_token
            assert me(text).json()["user"]["username"] == username
            assert party.introspect(text).json().get("username") == username

    def test_no_endpoint_tells_a_username_that_was_withheld(self, ada: Any) -> None:
        party = pairwise(ada)
        page = party.decide(scope="openid profile", form={"claim": ["name"]})
        text = party.redeem(answer(page)["code"]).json()["access_token"]

        assert me(text).json()["user"]["username"] is None
        with statements() as counted:
            assert "username" not in party.introspect(text).json()
        assert len(counted) == 2

    def test_a_grant_without_openid_has_the_pairwise_subject_too(self, ada: Any) -> None:
        party = pairwise(ada)
        text = party.tokens(scope="read")["access_token"]

        assert me(text).json()["user"] == {"id": str(Grant.objects.get().pairwise_subject), "username": None}

    def test_clients_of_mastodon_get_the_pairwise_subject(self, ada: Any) -> None:
        text = pairwise(ada).tokens(scope="read")["access_token"]
        path = "/api/v1/accounts/verify_credentials"

        told = Client().get(path, headers={"authorization": f"Bearer {text}"}).json()
        assert told["id"] == str(Grant.objects.get().pairwise_subject)

    def test_without_a_salt_the_public_subject_is_not_used_instead(self, ada: Any, settings: Any) -> None:
        party = pairwise(ada)
        settings.OAUTHCORE = {**settings.OAUTHCORE, "PAIRWISE_SALT": ""}
        refused = party.decide()

        assert "error=temporarily_unavailable" in refused["Location"]
        assert not Grant.objects.exists()

    def test_there_are_no_pairwise_subjects_while_openid_connect_is_off(
        self, ada: Any, settings: Any
    ) -> None:
        party = pairwise(ada)
        text = party.tokens(scope="read")["access_token"]
        settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}

        assert me(text).json()["user"] == {"id": ada.pk, "username": "ada"}


def test_other_applications_know_number_and_username_as_before(ada: Any) -> None:
    party = relying_party(user=ada)
    text = party.sign_in().access_token

    assert me(text).json()["user"] == {"id": ada.pk, "username": "ada"}
    assert party.introspect(text).json()["username"] == "ada"


def test_no_application_is_told_a_username_that_was_withheld(ada: Any) -> None:
    party = relying_party(user=ada)
    page = party.decide(scope="openid profile", form={"claim": ["name"]})
    answered = party.redeem(answer(page)["code"]).json()
    narrowed = party.refresh(answered["refresh_token"], scope="openid").json()

    for text in (answered["access_token"], narrowed["access_token"]):
        assert me(text).json()["user"] == {"id": ada.pk, "username": None}
        with statements() as counted:
            assert "username" not in party.introspect(text).json()
        assert len(counted) == 2


def test_a_site_that_offers_no_username_is_not_asked_for_one(ada: Any, settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLAIMS": f"{__name__}.OnlyNames"}
    text = relying_party(user=ada).sign_in(scope="openid profile").access_token

    assert me(text).json()["user"]["username"] == "ada"


class OnlyNames(UserClaims):
    offered = {"name": "your name"}
