"""Applications that register themselves register how they sign people in and where logouts are told."""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.flows.oauth.registration import sectors
from oauthcore.models import Application
from oauthcore.outgoing.names import NotFetched
from tests.support.registration import CALLBACK, Managed, register_itself

pytestmark = pytest.mark.django_db

MEMBERS: dict[str, Any] = {
    "scope": "openid",
    "id_token_signed_response_alg": "ES256",
    "subject_type": "pairwise",
    "post_logout_redirect_uris": ["https://tool.example/out"],
    "backchannel_logout_uri": "https://tool.example/told",
    "backchannel_logout_session_required": True,
}


@pytest.fixture(autouse=True)
def openid(settings: Any) -> None:
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "OPENID_CONNECT": True,
        "DYNAMIC_REGISTRATION": "open",
        "PAIRWISE_SALT": "a salt for tests, long enough to be one",
        "METADATA_DOCUMENT_LOOPBACK": False,
    }


@pytest.fixture
def sector(monkeypatch: Any) -> list[str]:
    """The redirect URIs that the document of every sector lists."""
    listed = [CALLBACK]

    class Document:
        content: Any = listed

    monkeypatch.setattr(sectors, "fetch", lambda url, **_: Document)
    return listed


@pytest.mark.openid("registration", "3.2")
def test_the_answer_has_everything_as_it_is_stored():
    told = register_itself(**MEMBERS).json()

    assert {name: told[name] for name in MEMBERS} == MEMBERS
    application = Application.objects.get(client_id=told["client_id"])
    assert application.post_logout_redirect_uris == ("https://tool.example/out",)
    assert application.backchannel_logout_session_required


def test_the_answer_has_the_defaults_and_no_empty_members():
    told = register_itself(scope="openid").json()

    assert (told["id_token_signed_response_alg"], told["subject_type"]) == ("RS256", "public")
    assert not {"backchannel_logout_uri", "post_logout_redirect_uris", "sector_identifier_uri"} & told.keys()


def test_the_members_are_ignored_while_openid_connect_is_off(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}
    told = register_itself(**{**MEMBERS, "scope": "read"}).json()

    assert not (MEMBERS.keys() - {"scope"}) & told.keys()
    assert Application.objects.get(client_id=told["client_id"]).backchannel_logout_uri == ""


@pytest.mark.openid("registration", "3.3")
@pytest.mark.parametrize(
    "wrong",
    [
        {"id_token_signed_response_alg": "none"},
        {"post_logout_redirect_uris": ["https://tool.example/out#fragment"]},
        {"post_logout_redirect_uris": ["http://tool.example/out"]},
        {"post_logout_redirect_uris": ["urn:ietf:wg:oauth:2.0:oob"]},
        {"post_logout_redirect_uris": ["javascript:alert(1)"]},
        {"backchannel_logout_uri": "http://tool.example/told"},
        {"backchannel_logout_uri": "http://127.0.0.1/told"},
        {"backchannel_logout_uri": "https://tool.example/told#fragment"},
        {"sector_identifier_uri": "http://tool.example/sector"},
    ],
)
def test_values_that_the_site_does_not_allow_are_refused(wrong):
    answer = register_itself(**{**MEMBERS, **wrong})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


def test_without_a_salt_nobody_gets_pairwise_subjects(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PAIRWISE_SALT": ""}

    assert register_itself(**MEMBERS).status_code == 400
    assert register_itself(**{**MEMBERS, "subject_type": "public"}).status_code == 201


@pytest.mark.openid("registration", "5")
def test_the_document_of_a_sector_must_list_the_redirect_uris(sector):
    named = {**MEMBERS, "sector_identifier_uri": "https://tool.example/sector"}
    assert register_itself(**named).json()["sector_identifier_uri"] == named["sector_identifier_uri"]

    sector.clear()
    refused = register_itself(**named)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")
    assert "redirect URI" in refused.json()["error_description"]


def test_the_document_is_checked_for_public_subjects_too_because_staff_can_change_the_type(sector):
    sector.clear()
    named = {"scope": "openid", "sector_identifier_uri": "https://tool.example/sector"}

    assert register_itself(**named).status_code == 400


def test_a_sector_whose_document_cannot_be_read_is_refused(monkeypatch):
    def fail(url: Any, **_: Any) -> None:
        raise NotFetched("The host does not answer.")

    monkeypatch.setattr(sectors, "fetch", fail)
    refused = register_itself(**{**MEMBERS, "sector_identifier_uri": "https://tool.example/sector"})
    assert "cannot be read" in refused.json()["error_description"]


def test_a_change_replaces_them_and_is_checked_as_well(sector):
    managed = Managed(**MEMBERS)
    changed = managed.change(**{**MEMBERS, "backchannel_logout_uri": None, "subject_type": None})

    assert changed.status_code == 200
    assert managed.application.backchannel_logout_uri == ""
    assert managed.application.subject_type == "public"
    sector.clear()
    sent = {**MEMBERS, "sector_identifier_uri": "https://tool.example/sector"}
    assert managed.change(**sent).status_code == 400
