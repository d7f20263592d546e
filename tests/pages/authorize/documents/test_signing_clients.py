"""A client that nobody registered proves who it is with the keys of its document (RFC 7523 §2.2)."""

import pytest

from oauthcore.models import Application, ClientKey, MetadataDocument, SecurityEvent
from tests.support.described_client import described
from tests.support.jose import a_key, asserted, new_key, public
from tests.support.oauth import post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _switched_on(settings, switched_on):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": True}


NO_ASSERTION = {
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    "client_assertion": "nonsense",
}


def signing(server, user, key, **members):
    members = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [public(key)]}, **members}
    return described(server, user, **members)


def proof(client, key=None):
    return {"client_id": None, **asserted(client.registered.client_id, *([key] if key else []))}


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "8.2")
def test_a_client_with_keys_is_confidential_and_proves_it_with_them(server, ada):
    key = a_key("ES256")
    client = signing(server, ada, key)
    code = client.code()

    assert client.redeem(code).status_code == 401
    tokens = client.redeem(code, **proof(client, key)).json()
    assert client.refresh(tokens["refresh_token"]).status_code == 401
    assert client.refresh(tokens["refresh_token"], **proof(client, key)).status_code == 200
    assert Application.objects.get(is_self_registered=True).is_confidential


@pytest.mark.rfc("7521", "4.2")
@pytest.mark.parametrize("path", ["/oauth/par", "/oauth/device_authorization"])
def test_an_assertion_alone_names_the_document_that_is_read(server, ada, settings, path):
    switches = {"PUSHED_AUTHORIZATION_REQUESTS": True, "DEVICE_AUTHORIZATION": True}
    settings.OAUTHCORE = {**settings.OAUTHCORE, **switches}
    grant_types = ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"]
    old, new = a_key("ES256"), new_key()
    client = signing(server, ada, old, grant_types=grant_types)

    def sent(key):
        return post(path, client.parameters(**proof(client, key)))

    assert sent(old).status_code in (200, 201)
    signing(server, ada, new, grant_types=grant_types)
    MetadataDocument.objects.update(fresh_until=None)
    assert sent(old).status_code == 401
    assert sent(new).status_code in (200, 201)
    assert post(path, client.parameters(client_id=None, **NO_ASSERTION)).status_code == 401


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "8.4.1")
def test_the_keys_of_a_changed_document_are_the_ones_that_count(server, ada):
    old, new = a_key("ES256"), new_key()
    client = signing(server, ada, old)
    tokens = client.redeem(client.code(), **proof(client, old)).json()
    signing(server, ada, new)
    MetadataDocument.objects.update(fresh_until=None)

    client.authorize()

    assert client.refresh(tokens["refresh_token"], **proof(client, old)).status_code == 401
    assert client.refresh(tokens["refresh_token"], **proof(client, new)).status_code == 200
    event = SecurityEvent.objects.get(kind=SecurityEvent.Kind.APPLICATION_CHANGED)
    assert event.reason == "by its metadata document: keys"


def test_a_client_that_gives_its_keys_up_is_public(server, ada):
    client = signing(server, ada, a_key("ES256"))
    client.authorize()
    described(server, ada)
    MetadataDocument.objects.update(fresh_until=None)

    assert "access_token" in client.tokens()
    assert not ClientKey.objects.exists()


def test_where_keys_are_is_remembered_and_other_keys_are_forgotten(server, ada):
    client = signing(server, ada, a_key("ES256"))
    client.authorize()
    signing(server, ada, a_key("ES256"), jwks=None, jwks_uri="https://client.example/keys")
    MetadataDocument.objects.update(fresh_until=None)
    client.authorize()

    application = Application.objects.get(is_self_registered=True)
    assert application.jwks_uri == "https://client.example/keys"
    assert application.keys_fetched_at is None
    assert not ClientKey.objects.exists()

    ClientKey.objects.create(application=application, thumbprint=bytes(32), name="read since", jwk="{}")
    MetadataDocument.objects.update(fresh_until=None)
    client.authorize()
    assert ClientKey.objects.exists()


def test_where_the_site_takes_no_signatures_such_a_client_is_refused(server, ada, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": False}
    client = signing(server, ada, a_key("ES256"))

    assert "takes no private_key_jwt" in client.authorize().context["developer_hint"]
    assert not Application.objects.filter(is_self_registered=True).exists()


def at_keys(server, user, key):
    """Publish a client whose keys are at another address of its host."""
    server.put({"keys": [public(key)]}, path="/keys")
    return signing(server, user, key, jwks=None, jwks_uri=server.url("/keys"))


def test_keys_may_be_at_another_address(server, ada):
    key = a_key("ES256")
    client = at_keys(server, ada, key)

    tokens = client.redeem(client.code(), **proof(client, key)).json()

    assert client.refresh(tokens["refresh_token"], **proof(client, key)).status_code == 200
    assert [one.split(" ")[1] for one in server.requests] == ["/client", "/keys"]


def test_fetches_of_keys_are_counted_with_those_of_documents(server, ada, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "METADATA_DOCUMENT_LIMIT": (1, 60)}
    key = a_key("ES256")
    client = at_keys(server, ada, key)

    assert client.redeem(client.code(), **proof(client, key)).status_code == 401
    assert [one.split(" ")[1] for one in server.requests] == ["/client"]
