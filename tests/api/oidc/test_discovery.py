"""The discovery document names exactly what is switched on (OpenID Connect Discovery §3, §4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import JsonResponse
from django.test import Client
from django.urls import include, path

from oauthcore.outgoing import connecting
from tests.support.relying_party import DISCOVERY, configuration, relying_party, userinfo
from tests.support.signing import key_set, make_keys

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("it is about the form of requests and answers, before any row decides"),
]


class WithAnother:
    """A site with routes of another provider after its own."""

    urlpatterns = [
        path("", include("oauthcore.urls")),
        path("<path:anywhere>", lambda request, anywhere: JsonResponse({"issuer": "another"})),
    ]


SERVER = "/.well-known/oauth-authorization-server"


@pytest.mark.openid("discovery", "3")
def test_it_is_the_document_of_the_authorization_server() -> None:
    told = configuration()

    assert told == Client().get(SERVER).json()
    required = (
        *("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported"),
        *("subject_types_supported", "id_token_signing_alg_values_supported"),
    )
    assert set(required) <= told.keys()
    assert told["issuer"] == "https://testserver"
    assert "RS256" in told["id_token_signing_alg_values_supported"]


@pytest.mark.openid("discovery", "4.2")
def test_it_is_json_that_pages_of_every_origin_may_read() -> None:
    answered = Client().get(DISCOVERY, headers={"origin": "https://app.example"})

    assert answered["Content-Type"] == "application/json"
    assert answered["Access-Control-Allow-Origin"] == "*"
    assert Client().head(DISCOVERY).status_code == 200
    assert Client().post(DISCOVERY).status_code == 405


class TestEveryMemberIsHowItBehaves:
    @pytest.fixture(autouse=True)
    def keys(self, db: Any) -> None:
        make_keys()

    def test_each_algorithm_signs_and_its_key_is_published(self) -> None:
        published = {one["alg"] for one in key_set()["keys"]}

        for algorithm in configuration()["id_token_signing_alg_values_supported"]:
            assert relying_party(id_token_signed_response_alg=algorithm).sign_in().claims
            assert algorithm in published

    def test_each_named_subject_type_works(self) -> None:
        for kind in configuration()["subject_types_supported"]:
            assert relying_party(subject_type=kind).sign_in().claims["sub"]

    def test_every_claim_of_an_id_token_is_listed(self) -> None:
        assert relying_party().sign_in().claims.keys() <= set(configuration()["claims_supported"])

    def test_the_userinfo_endpoint_is_there(self) -> None:
        assert configuration()["userinfo_endpoint"] == "https://testserver/oauth/userinfo"
        assert userinfo(relying_party().sign_in().access_token).status_code == 200


def test_pairwise_subjects_are_not_named_where_the_site_cannot_make_them(settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PAIRWISE_SALT": ""}

    assert configuration()["subject_types_supported"] == ["public"]


@pytest.mark.openid("backchannel_logout", "2.1")
def test_back_channel_logout_is_not_named_where_the_site_cannot_send(monkeypatch: Any) -> None:
    monkeypatch.setattr(connecting, "find_spec", lambda name: None)

    assert not [one for one in configuration() if one.startswith("backchannel_logout")]


def test_there_is_no_document_while_openid_connect_is_off(settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}

    assert Client().get(DISCOVERY).status_code == 404
    told = Client().get(SERVER).json()
    members = (
        "userinfo_endpoint",
        "end_session_endpoint",
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
        "subject_types_supported",
        "claims_supported",
        "request_parameter_supported",
    )
    assert not set(members) & told.keys()


class TestAnIssuerWithAPath:
    @pytest.fixture(autouse=True)
    def path(self, settings: Any) -> None:
        settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": "https://testserver/auth"}

    @pytest.mark.openid("discovery", "4.1")
    @pytest.mark.parametrize("address", [f"/auth{DISCOVERY}", f"{DISCOVERY}/auth", DISCOVERY])
    def test_its_document_is_found_at_both_addresses(self, address: str) -> None:
        assert Client().get(address).json()["issuer"] == "https://testserver/auth"

    def test_other_views_below_other_paths_are_left_alone(self, settings: Any) -> None:
        settings.ROOT_URLCONF = WithAnother
        assert Client().get(f"/other{DISCOVERY}").json() == {"issuer": "another"}
        assert Client().get(f"/auth{DISCOVERY}").json()["issuer"] == "https://testserver/auth"

        settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}
        assert Client().get(f"/auth{DISCOVERY}").json() == {"issuer": "another"}

    @pytest.mark.parametrize("address", [f"/other{DISCOVERY}", f"{DISCOVERY}/other", f"/auth/x{DISCOVERY}"])
    def test_other_addresses_are_not_found(self, address: str) -> None:
        assert Client().get(address).status_code == 404
