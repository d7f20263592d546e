"""What a person reads about a client that nobody registered: its host, and where they go next."""

import pytest

from oauthcore.models import Application
from tests.support.described_client import described
from tests.support.document_server import HOST
from tests.support.factories import register
from tests.support.oauth import OAuthClient

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("a page about one row that is read"),
]


ON_DEVICES = ["http://127.0.0.1/cb", "http://localhost/cb", "com.example.tool:/cb"]


def words_of(page):
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "8.5")
@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "8.8")
def test_the_host_is_the_only_thing_that_is_said_of_the_client(server, ada):
    client = described(
        server,
        ada,
        client_name="Your Bank",
        client_uri="https://bank.example",
        logo_uri="https://bank.example/logo.png",
    )

    words = words_of(client.authorize())

    assert f'<bdi class="host">{HOST}:{server.port}</bdi> wants to use your account' in words
    assert "Nobody has registered this application here." in words
    assert "Not verified" in words
    assert "bank" not in words.lower().replace(server.url().lower(), "")
    assert f'Next you go to <bdi class="host">{HOST}</bdi>' in words


@pytest.mark.parametrize(
    "redirect_uri", ["http://127.0.0.1:1234/cb", "http://localhost:1234/cb", "com.example.tool:/cb"]
)
def test_the_page_warns_where_the_redirect_goes_to_the_device(server, ada, redirect_uri):
    client = described(server, ada, redirect_uris=ON_DEVICES)

    words = words_of(client.authorize(redirect_uri=redirect_uri))

    assert "Allow this only if you started it yourself just now, on this device." in words
    if redirect_uri.startswith("http"):
        assert f"Any program on this device can say that it is <bdi>{HOST}:{server.port}</bdi>." in words


def test_a_long_host_is_shown_whole(server, resolver, ada):
    host = "bank.example." + ".".join(["a" * 50] * 3) + ".evil.example"
    client = described(server, ada)
    url = server.url(host=host)
    resolver.names[host] = ["127.0.0.1"]

    page = client.authorize(client_id=url)

    # The certificate is for another name. The host that people would have been shown is whole.
    assert page.status_code == 400
    application = Application(client_id=url, is_self_registered=True)
    assert application.registered_from == f"{host}:{server.port}"


def test_one_that_staff_verified_is_called_so(server, ada):
    client = described(server, ada)
    client.authorize()
    Application.objects.filter(is_self_registered=True).update(is_verified=True)

    words = words_of(client.authorize())

    assert "Verified" in words
    assert "Nobody has registered" not in words
    assert f"{HOST}:{server.port}</bdi> wants" in words


def test_a_command_line_client_that_publishes_localhost_comes_back_on_any_port(server, ada):
    client = described(server, ada, redirect_uris=["http://localhost/callback", "http://127.0.0.1/callback"])

    for where in (
        "http://localhost:49152/callback",
        "http://127.0.0.1:53124/callback",
        "http://localhost/callback",
    ):
        answered = client.decide(redirect_uri=where)
        assert answered["Location"].startswith(f"{where}?code=")
        code = answered["Location"].split("code=")[1].split("&")[0]
        assert client.redeem(code, redirect_uri=where).status_code == 200
    assert client.authorize(redirect_uri="http://localhost:49152/other").status_code == 400
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("client_id", "redirect_uris", "host"),
    [
        ("https://tool.example/client", ["http://localhost/cb"], "tool.example"),
        ("https://tool.example:8443/client", [], "tool.example:8443"),
        ("https://", [], ""),
        ("c0ffee", ["http://localhost/cb", "https://tool.example/cb"], "tool.example"),
        ("c0ffee", ["http://localhost/cb", "com.example.tool:/cb"], ""),
    ],
)
def test_what_registered_itself_comes_from_a_host(client_id, redirect_uris, host):
    known = {"client_id": client_id, "redirect_uris": redirect_uris}

    assert Application(**known, is_self_registered=True).registered_from == host
    assert Application(**known).registered_from == ""


def test_people_see_and_end_with_one_click_what_registered_itself(server, ada):
    client = described(server, ada)
    tokens = client.tokens()
    page = client.browser.get("/oauth/connections/")

    assert f"registered itself from <bdi>{HOST}:{server.port}</bdi>" in words_of(page)
    assert "<details" not in page.content.decode()
    number = Application.objects.get(is_self_registered=True).pk
    client.browser.post("/oauth/connections/", {"application": number})
    assert client.refresh(tokens["refresh_token"]).status_code == 400
    assert client.authorize().status_code == 200


def test_an_application_on_devices_alone_registered_itself_from_nowhere_known(ada, client):
    registered = register(is_self_registered=True, redirect_uris=["http://127.0.0.1/cb"])
    client.force_login(ada)
    OAuthClient(registered, client).decide(redirect_uri="http://127.0.0.1/cb")

    words = words_of(client.get("/oauth/connections/"))
    assert "registered itself" in words
    assert "registered itself from" not in words


def test_staff_read_where_an_application_registered_itself_from(server, ada, admin_client):
    described(server, ada).authorize()
    register(name="Registered", owner=ada)
    register(name="On devices", is_self_registered=True, redirect_uris=["http://127.0.0.1/cb"])

    words = words_of(admin_client.get("/admin/oauthcore/application/"))
    assert f"Registered itself from {HOST}:{server.port}" in words
    assert "ada" in words

    number = Application.objects.get(client_id=server.url()).pk
    words = words_of(admin_client.get(f"/admin/oauthcore/application/{number}/change/"))
    assert f"Registered itself from {HOST}:{server.port}" in words
