"""A metadata document sets how its client signs people in, and where logout tokens are sent."""

from __future__ import annotations

import pytest

from oauthcore.models import Application
from tests.support.described_client import described

pytestmark = pytest.mark.django_db

TOLD_AT = "https://client.example/told"


@pytest.fixture(autouse=True)
def openid(settings):
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "OPENID_CONNECT": True,
        "PAIRWISE_SALT": "a salt for tests, long enough to be one",
    }


def test_the_members_are_stored_and_the_sector_is_that_of_the_redirect_uris(server, ada):
    client = described(
        server,
        ada,
        scope="read openid",
        backchannel_logout_uri=TOLD_AT,
        post_logout_redirect_uris=["https://client.example/out"],
        subject_type="pairwise",
        sector_identifier_uri="https://elsewhere.example/sector",
    )
    assert client.authorize().status_code == 200

    found = Application.objects.get()
    assert (found.backchannel_logout_uri, found.subject_type) == (TOLD_AT, "pairwise")
    assert found.post_logout_redirect_uris == ("https://client.example/out",)
    assert found.sector_identifier_uri == ""


def test_the_members_are_ignored_while_openid_connect_is_off(server, ada, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}
    assert described(server, ada, backchannel_logout_uri=TOLD_AT).authorize().status_code == 200

    assert Application.objects.get().backchannel_logout_uri == ""


@pytest.mark.parametrize(
    "members",
    [
        {"subject_type": "private"},
        {"backchannel_logout_uri": "http://client.example/told"},
        {"post_logout_redirect_uris": ["https://client.example/#out"]},
    ],
)
def test_a_document_with_wrong_members_is_refused(server, ada, members):
    assert described(server, ada, **members).authorize().status_code == 400
    assert not Application.objects.exists()
