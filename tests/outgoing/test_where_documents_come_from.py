"""A document is read from a host at a public address that has the name, and from nowhere else."""

import socket
import ssl

import pytest

from oauthcore.outgoing.documents import fetch
from oauthcore.rules.wire.https_urls import HttpsURL
from tests.support.document_server import HOST
from tests.support.fetching import refusal_of


def test_a_document_is_asked_for_as_json_with_its_own_name(server, loopback):
    server.put({"a": 1}, path="/a?b=c")

    assert fetch(HttpsURL.parse(server.url("/a?b=c"))).content == {"a": 1}
    head = server.requests[0]
    assert head.startswith("GET /a?b=c HTTP/1.1\r\n")
    assert f"\r\nHost: {HOST}:{server.port}\r\n" in head
    assert "\r\nAccept: application/json\r\n" in head
    assert server.server_names == [HOST]


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "8.6")
def test_the_connection_goes_to_the_address_that_was_checked(server, resolver, monkeypatch):
    """DNS gives another answer each time it is asked; only the first one counts."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]])
    resolver.names[HOST] = lambda: next(answers)
    server.put({"a": 1})
    connected, connect = [], socket.socket.connect

    def on_loopback(self, address):
        connected.append(address)
        return connect(self, ("127.0.0.1", address[1]))

    monkeypatch.setattr(socket.socket, "connect", on_loopback)

    assert fetch(HttpsURL.parse(server.url())).content == {"a": 1}
    assert connected == [("8.8.8.8", server.port)]
    assert server.server_names == [HOST]
    assert resolver.asked == [HOST]


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "8.6")
@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["100.64.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["fe80::1%eth0"],
        ["8.8.8.8", "127.0.0.1"],
        [],
    ],
)
def test_no_connection_is_made_where_one_address_is_not_public(server, resolver, addresses, monkeypatch):
    resolver.names[HOST] = addresses
    monkeypatch.setattr(socket.socket, "connect", lambda *args: pytest.fail("a connection was made"))

    assert refusal_of(server.url()) == "The host has no public address, or has others besides."


def test_a_name_that_does_not_exist_looks_like_one_in_a_private_network(resolver, server):
    def unknown():
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    resolver.names[HOST] = unknown

    assert refusal_of(server.url()) == "The host has no public address, or has others besides."


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "8.6")
def test_loopback_is_for_development_and_nothing_else_private_is(server, resolver, loopback):
    resolver.names[HOST] = ["10.0.0.1"]
    server.put({"a": 1})

    assert "no public address" in refusal_of(server.url())
    assert fetch(HttpsURL.parse(server.url(host="127.0.0.1"))).content == {"a": 1}


def test_the_networks_of_logout_tokens_are_not_for_documents(server, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGOUT_TOKEN_NETWORKS": ["127.0.0.0/8"]}
    server.put({"a": 1})

    assert "no public address" in refusal_of(server.url())
    assert server.requests == []


def test_the_next_address_is_tried_where_one_does_not_answer(server, resolver, loopback):
    resolver.names[HOST] = ["::1", "127.0.0.1"]
    server.put({"a": 1})

    assert fetch(HttpsURL.parse(server.url())).content == {"a": 1}


@pytest.mark.parametrize(
    ("refused", "allowed", "is_read"),
    [
        ([], None, True),
        ([], [HOST], True),
        ([], ["*.example"], True),
        ([], ["other.example"], False),
        ([], [], False),
        ([HOST], None, False),
        (["*.example"], [HOST], False),
    ],
)
def test_settings_name_the_hosts(server, settings, loopback, refused, allowed, is_read):
    hosts = {"METADATA_DOCUMENT_REFUSED_HOSTS": refused, "METADATA_DOCUMENT_HOSTS": allowed}
    settings.OAUTHCORE = {**settings.OAUTHCORE, **hosts}
    server.put({"a": 1})

    if is_read:
        assert fetch(HttpsURL.parse(server.url())).content == {"a": 1}
    else:
        assert refusal_of(server.url()) == "This site does not read documents from that host."
        assert server.requests == []


def test_the_certificate_must_be_for_the_name(server, resolver, loopback):
    resolver.names["other.example"] = ["127.0.0.1"]

    assert "certificate" in refusal_of(server.url(host="other.example"))
    assert server.requests == []


def test_the_certificate_must_be_of_an_authority_that_is_trusted(server, loopback, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")

    assert "certificate" in refusal_of(server.url())


def test_a_proxy_of_the_environment_is_not_asked(server, loopback, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.put({"a": 1})

    assert fetch(HttpsURL.parse(server.url())).content == {"a": 1}


def test_a_host_without_https_is_refused(resolver, loopback):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert "does not answer" in refusal_of(f"https://{HOST}:{port}/client")


def test_the_certificate_is_checked_by_default():
    context = ssl.create_default_context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
