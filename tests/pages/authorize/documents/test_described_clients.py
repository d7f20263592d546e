"""A client that nobody registered is the URL of its document, and an application from then on."""

import pytest

from oauthcore.models import Application, MetadataDocument, SecurityEvent
from tests.support.described_client import described
from tests.support.document_server import HOST
from tests.support.factories import register
from tests.support.oauth import OAuthClient, answer, is_live
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


def problem_of(page):
    assert page.status_code == 400
    return page.context["developer_hint"]


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "5")
def test_a_client_that_nobody_registered_gets_and_refreshes_tokens(server, ada):
    client = described(server, ada)

    tokens = client.tokens()
    refreshed = client.refresh(tokens["refresh_token"]).json()

    assert is_live(tokens["access_token"])
    assert is_live(refreshed["access_token"])
    application = Application.objects.get(client_id=client.registered.client_id)
    assert application.is_self_registered
    assert not application.is_confidential
    assert application.metadata_document.client_name == "Your Bank"
    event = SecurityEvent.objects.get(kind=SecurityEvent.Kind.APPLICATION_REGISTERED)
    assert event.reason == "registered itself by its metadata document"


def test_where_the_switch_is_off_a_url_is_no_client_id(server, ada, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLIENT_ID_METADATA_DOCUMENTS": False}

    assert described(server, ada).authorize().status_code == 400
    assert server.requests == []


def test_a_client_whose_document_is_no_longer_read_gets_no_new_approval(server, ada, settings):
    client = described(server, ada)
    client.code()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLIENT_ID_METADATA_DOCUMENTS": False}

    refused = client.authorize()
    assert refused.status_code == 400
    assert "reads no documents of clients" in refused.context["developer_hint"]
    assert len(server.requests) == 1


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "7.1")
def test_a_registered_application_comes_first_also_where_its_client_id_looks_like_a_url(server, ada):
    client = described(server, ada)
    registered = register(name="Registered").application
    Application.objects.filter(pk=registered.pk).update(client_id=client.registered.client_id)

    page = client.authorize()

    assert page.context["application"] == registered
    assert server.requests == []
    assert not MetadataDocument.objects.exists()


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "3")
def test_a_client_id_is_compared_byte_for_byte(server, ada):
    one, other = described(server, ada), described(server, ada, path="/%63lient")

    one.tokens()
    other.tokens()

    assert Application.objects.filter(is_self_registered=True).count() == 2
    assert Application.objects.get(client_id=other.registered.client_id).grants.count() == 1


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "3")
def test_a_client_id_in_other_case_is_never_taken_for_the_one_that_was_read(server, ada):
    """MariaDB takes both for one in its unique key; there the second one is refused."""
    one, other = described(server, ada), described(server, ada, path="/CLIENT")
    one.tokens()

    page = other.authorize()

    if page.status_code == 200:
        assert page.context["application"].client_id == other.registered.client_id
    else:
        assert "differs in upper and lower case only" in page.context["developer_hint"]
    assert other.refresh("nothing").status_code in (400, 401)
    assert (
        Application.objects.get(
            metadata_document__digest=MetadataDocument.digest_of(server.url())
        ).grants.count()
        == 1
    )


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "3")
@pytest.mark.parametrize(
    "client_id",
    [
        "https://client.example",
        "https://user@client.example/a",
        "https://client.example/a#b",
        "https://client.example/a/../b",
        "https://2130706433/a",
        "https://client.example/" + "a" * 300,
    ],
)
def test_a_url_that_can_be_no_client_id_is_refused_in_words(server, ada, client_id):
    client = described(server, ada)

    assert "The " in problem_of(client.authorize(client_id=client_id))
    assert server.requests == []


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "4.1")
@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "4")
@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"client_id": "https://client.example/other"}, "not its own URL"),
        ({"client_id": None}, "not its own URL"),
        ({"redirect_uris": []}, "1 to 20 redirect_uris"),
        ({"redirect_uris": "https://client.example/cb"}, "list of texts"),
        ({"redirect_uris": [1]}, "list of texts"),
        ({"redirect_uris": [f"https://client.example/{n}" for n in range(21)]}, "1 to 20 redirect_uris"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "redirect_uris cannot be used"),
        ({"redirect_uris": ["http://client.example/cb"]}, "redirect_uris cannot be used"),
        ({"redirect_uris": ["https://client.example/cb", "https://*.example/cb"]}, "redirect_uris cannot"),
        ({"client_secret": "secret"}, "client secret"),
        ({"client_secret_expires_at": 0}, "client secret"),
        ({"token_endpoint_auth_method": "client_secret_basic"}, "never a secret"),
        ({"token_endpoint_auth_method": "client_secret_post"}, "never a secret"),
        ({"token_endpoint_auth_method": "client_secret_jwt"}, "never a secret"),
        ({"token_endpoint_auth_method": ["none"]}, "never a secret"),
        ({"token_endpoint_auth_method": "private_key_jwt"}, "needs jwks"),
        ({"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}}, "private or symmetric"),
        ({"jwks": {"keys": [{"kty": "EC", "crv": "P-256", "x": "a", "y": "b", "d": "c"}]}}, "private"),
        ({"jwks": {"keys": []}, "jwks_uri": "https://client.example/keys"}, "Give one of them"),
        ({"jwks_uri": "http://client.example/keys"}, "jwks_uri cannot be read"),
        ({"jwks_uri": 1}, "jwks_uri cannot be read"),
        ({"grant_types": "authorization_code"}, "grant_types as a list"),
        ({"grant_types": ["implicit", "password"]}, "none of the grant_types"),
        ({"scope": ["read"]}, "scope is a text"),
        ({"scope": 'a"b'}, "scope is a text"),
        ({"redirect_uris": ["https://testserver/cb"]}, "address of this site"),
    ],
)
def test_a_document_that_describes_no_client_of_this_site_is_refused(server, ada, members, problem):
    client = described(server, ada, **members)

    client = OAuthClient(type(client.registered)(server.url()), client.browser)
    assert problem in problem_of(client.authorize())
    assert not Application.objects.filter(is_self_registered=True).exists()
    assert not any("Location" in page for page in [client.authorize()])


@pytest.mark.parametrize("document", [[], "text", None, 1])
def test_a_document_that_is_no_object_is_refused(server, ada, document):
    client = described(server, ada)
    server.put(document)

    assert "not a JSON object" in problem_of(client.authorize())


def test_a_redirect_uri_of_a_scheme_that_the_site_does_not_list_is_passed_over(server, ada, settings):
    client = described(server, ada, redirect_uris=["cursor://cb", "https://client.example/cb"])

    assert client.authorize().status_code == 200
    assert Application.objects.get(is_self_registered=True).redirect_uris == ("https://client.example/cb",)

    other = described(server, ada, path="/other", redirect_uris=["cursor://cb"])
    assert "does not list the schemes" in problem_of(other.authorize())
    settings.OAUTHCORE = {**settings.OAUTHCORE, "REDIRECT_SCHEMES": ["cursor"]}
    assert other.authorize(redirect_uri="cursor://cb").status_code == 200


def test_scopes_that_staff_give_are_not_for_everybody(server, ada, settings):
    levels = {"read": {"level": "open"}, "more": {"level": "open"}, "staff": {"level": "staff"}}
    words = {"SCOPES": levels, "DEFAULT_SCOPES": ["read"], "OPENID_CONNECT": False}
    settings.OAUTHCORE = {**settings.OAUTHCORE, **words}

    described(server, ada).authorize()
    described(server, ada, path="/narrow", scope="read staff unknown").authorize()

    scopes = (
        Application.objects.filter(is_self_registered=True).order_by("pk").values_list("scopes", flat=True)
    )
    assert list(scopes) == [frozenset({"read", "more"}), frozenset({"read"})]


def test_a_person_who_is_not_logged_in_is_asked_to_and_then_asked(server, ada):
    client = described(server)

    assert client.authorize().status_code == 302
    client.browser.force_login(ada)
    assert client.authorize().status_code == 200
    assert len(server.requests) == 1


def test_the_application_that_waits_for_a_login_is_called_by_its_host(server, db):
    client = described(server)

    page = client.browser.get(client.authorize()["Location"])

    assert f"{HOST}:{server.port}" in page.content.decode()
    assert "Your Bank" not in page.content.decode()


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "6")
def test_metadata_says_whether_documents_are_read(client, settings):
    where = "/.well-known/oauth-authorization-server"
    assert client.get(where).json()["client_id_metadata_document_supported"] is True

    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLIENT_ID_METADATA_DOCUMENTS": False}
    assert "client_id_metadata_document_supported" not in client.get(where).json()


def test_a_document_that_may_be_kept_costs_one_statement_more(server, ada):
    client = described(server, ada)
    client.code()

    with statements() as run:
        answer(client.authorize())

    assert len([one for one in run if "metadatadocument" in one.lower()]) == 1
    assert len(server.requests) == 1


@pytest.mark.rfc("9449", "5.2")
@pytest.mark.parametrize(("said", "is_bound"), [(True, True), (False, False), ("true", False)])
def test_a_document_may_say_that_the_tokens_are_always_bound_to_a_key(said, is_bound, server, ada):
    client = described(server, ada, dpop_bound_access_tokens=said)

    client.authorize()

    assert Application.objects.get().dpop_bound_access_tokens is is_bound
