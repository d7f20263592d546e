"""Logout tokens for tools in a private network go only to networks that the site allows."""

from __future__ import annotations

import socket

import pytest

from oauthcore.models import Application
from tests.support.document_server import HOST
from tests.support.logging_out import send_logouts

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("it is about where requests go; other tests ask what a database does"),
]


@pytest.fixture
def printer(sign_in, settings):
    """An application on a host of the network 127.0.0.0/8, which is not public, whose person logged out."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "METADATA_DOCUMENT_LOOPBACK": False}
    signed_in = sign_in()
    signed_in.browser.logout()
    return signed_in


@pytest.mark.parametrize("networks", [["127.0.0.0/8"], ["10.0.0.0/8", "127.0.0.1"], ["::ffff:127.0.0.0/104"]])
def test_a_tool_in_a_network_that_the_site_names_is_told(printer, host, settings, networks):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGOUT_TOKEN_NETWORKS": networks}

    assert send_logouts() == (1, 0)
    [told] = host.requests
    assert told.startswith("POST /out HTTP/1.1")
    assert host.server_names == [HOST], "with TLS, whose certificate is checked against the name"


@pytest.mark.parametrize(
    ("known", "delivered"), [({}, 0), ({"is_verified": True}, 1), ({"is_trusted": True}, 1)]
)
def test_an_application_that_registered_itself_reaches_no_private_network_unless_staff_know_it(
    printer, host, settings, known, delivered
):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGOUT_TOKEN_NETWORKS": ["127.0.0.0/8"]}
    Application.objects.update(is_self_registered=True, **known)

    assert send_logouts() == (delivered, 1 - delivered)
    assert len(host.requests) == delivered


@pytest.mark.parametrize("networks", [[], ["10.0.0.0/8"], ["127.0.0.2"], ["::1"]])
def test_a_tool_elsewhere_is_not_reached(printer, host, settings, networks, monkeypatch):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGOUT_TOKEN_NETWORKS": networks}
    monkeypatch.setattr(socket.socket, "connect", lambda *args: pytest.fail("a connection was made"))

    assert send_logouts() == (0, 1)
    assert "no public address" in printer.deliveries[0].outcome


def test_a_name_with_one_address_outside_the_networks_is_not_reached(printer, host, hosted, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGOUT_TOKEN_NETWORKS": ["127.0.0.1"]}
    hosted[1].names[HOST] = ["127.0.0.1", "169.254.169.254"]

    assert send_logouts() == (0, 1)
    assert host.requests == []


def test_the_certificate_must_be_good_there_too(printer, host, settings, monkeypatch):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGOUT_TOKEN_NETWORKS": ["127.0.0.0/8"]}
    monkeypatch.delenv("SSL_CERT_FILE")

    assert send_logouts() == (0, 1)
    assert "certificate" in printer.deliveries[0].outcome
    assert host.requests == []


def test_a_refused_host_stays_refused(printer, host, settings):
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "LOGOUT_TOKEN_NETWORKS": ["127.0.0.0/8"],
        "METADATA_DOCUMENT_REFUSED_HOSTS": [HOST],
    }

    assert send_logouts() == (0, 1)
    assert host.requests == []
