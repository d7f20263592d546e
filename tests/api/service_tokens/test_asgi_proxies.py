"""The address of a request under ASGI, where the server may have read it out of a header by itself.

``oauthcore.asgi.RequestLimits`` sees that, and reads the header once, by the site's own rule.
"""

from __future__ import annotations

import pytest
from django.core.asgi import get_asgi_application
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from oauthcore.asgi import RequestLimits
from tests.support.service_tokens.exchange import Exchange
from tests.support.service_tokens.making import make

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.sqlite_only("the address is read from the ASGI scope"),
]

NEW_SET = b'{"name": "By the sea"}'
LENGTH = str(len(NEW_SET))


@pytest.fixture(scope="module")
def application():
    return RequestLimits(get_asgi_application())


@pytest.fixture
def run(application):
    """Send a new set."""

    def send(made, **how):
        return Exchange(made.text, pieces=[NEW_SET], **how).through(application)

    return send


def writer(**limits):
    return make(scopes=["api.sets.write"], **limits)


SPOOFED = [
    ("127.0.0.2", "127.0.0.2"),
    ("127.0.0.2", "127.0.0.2:4000"),
    ("127.0.0.2", "203.0.113.9, 127.0.0.2"),
]


@pytest.mark.parametrize(("claimed", "header"), SPOOFED)
def test_an_address_that_the_server_took_from_a_header_of_its_own_accord_is_none(claimed, header, run):
    """uvicorn believes whoever connects from 127.0.0.1, unless it is told not to."""
    answer = run(writer(allowed_networks=("127.0.0.2",)), client=(claimed, 4000), x_forwarded_for=header)

    assert (answer.status, answer.error, answer.asked_for) == (403, "ip_not_allowed", 0)


def test_an_address_that_the_server_took_from_a_header_counts_where_the_site_names_its_proxies(run, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "TRUSTED_PROXIES": ["127.0.0.1"]}
    made = writer(allowed_networks=("127.0.0.2",))

    answer = run(made, client=("127.0.0.2", 0), x_forwarded_for="127.0.0.2", content_length=LENGTH)

    assert answer.status == 201


#: What uvicorn makes of a header, and what counts: the right-most hop that is no proxy of the site.
BEHIND_PROXIES = [
    (("203.0.113.9", 0), "203.0.113.9", "203.0.113.9"),
    (("192.0.2.1", 0), "192.0.2.1, 203.0.113.9", "203.0.113.9"),  # with "*" it takes the left-most
    (("10.0.0.5", 0), "192.0.2.1, 203.0.113.9, 10.0.0.5", "203.0.113.9"),
    (("192.0.2.1", 4000), "192.0.2.1:4000, 203.0.113.9", None),
    (("192.0.2.1", 4000), "[192.0.2.1]:4000", None),
    (("192.0.2.1", 4000), "192.0.2.1, 203.0.113.9", "192.0.2.1"),  # somebody who writes a header themselves
    (("192.0.2.1", 4000), "203.0.113.9", "192.0.2.1"),
    (("10.0.0.5", 4000), "10.0.0.5, 203.0.113.9", "203.0.113.9"),
    (("2001:db8::1", 0), "[2001:db8::1]:0", "2001:db8::1"),
]


@pytest.mark.parametrize(("client", "header", "address"), BEHIND_PROXIES)
def test_what_a_server_has_read_out_of_a_header_is_not_believed_a_second_time(
    client, header, address, run, settings
):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "TRUSTED_PROXIES": ["10.0.0.0/8"]}
    others = {"192.0.2.1", "203.0.113.9", "10.0.0.5", "2001:db8::1"} - {address}

    def status(*networks):
        made = writer(allowed_networks=networks)
        return run(made, client=client, x_forwarded_for=header, content_length=LENGTH).status

    assert status(*others) == 403
    assert status(address or "198.51.100.1") == (201 if address else 403)


def test_uvicorns_own_middleware_is_not_believed_a_second_time(application, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "TRUSTED_PROXIES": ["127.0.0.1"]}
    made = writer(allowed_networks=("192.0.2.1",))
    server = ProxyHeadersMiddleware(application, trusted_hosts="*")

    answer = Exchange(
        made.text, pieces=[NEW_SET], content_length=LENGTH, x_forwarded_for="192.0.2.1, 203.0.113.9"
    ).through(server)

    assert (answer.status, answer.error) == (403, "ip_not_allowed")
