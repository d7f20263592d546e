"""Where a device begins and where a request is pushed, the document of the client is read too."""

import pytest

from oauthcore.models import Application
from tests.support.described_client import described
from tests.support.document_server import HOST
from tests.support.oauth import post

pytestmark = pytest.mark.django_db

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


@pytest.fixture(autouse=True)
def _switched_on(settings, switched_on):
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "DEVICE_AUTHORIZATION": True,
        "PUSHED_AUTHORIZATION_REQUESTS": True,
    }


def test_a_device_gets_a_code_for_a_client_that_nobody_registered(server, db):
    client = described(server, grant_types=[DEVICE_CODE])

    begun = post("/oauth/device_authorization", {"client_id": client.registered.client_id, "scope": "read"})

    assert begun.status_code == 200
    assert begun.json()["user_code"]
    assert Application.objects.get(is_self_registered=True).name == f"{HOST}:{server.port}"
    assert len(server.requests) == 1


@pytest.mark.rfc("9126", "2")
def test_a_request_is_pushed_by_a_client_that_nobody_registered(server, ada):
    client = described(server, ada)

    pushed = post("/oauth/par", client.parameters())

    assert pushed.status_code == 201
    where = {"client_id": client.registered.client_id, "request_uri": pushed.json()["request_uri"]}
    assert client.browser.get("/oauth/authorize", where).status_code == 200
    assert len(server.requests) == 1


def test_a_document_that_cannot_be_used_is_an_error_of_the_endpoint(server, db):
    begun = post("/oauth/device_authorization", {"client_id": server.url("/nothing"), "scope": "read"})

    assert begun.status_code == 400
    assert begun.json()["error"] == "invalid_client"
    assert "status 404" in begun.json()["error_description"]


def test_too_many_documents_are_429(server, db, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "METADATA_DOCUMENT_LIMIT": (1, 60)}
    described(server, path="/other").authorize()

    begun = post("/oauth/device_authorization", {"client_id": server.url("/client"), "scope": "read"})

    assert begun.status_code == 429
    assert int(begun["Retry-After"]) > 0
