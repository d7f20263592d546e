"""The client's address: the peer, unless the peer is one of the site's own proxies."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.wire.networks import client_address, parse_network

PROXIES = [parse_network("10.0.0.0/8"), parse_network("2001:db8::/32")]
OURS = ["10.0.0.1", "10.9.9.9", "2001:db8::7", "::ffff:10.0.0.2"]
STRANGERS = ["192.0.2.1", "203.0.113.9", "2001:db9::1", "127.0.0.1", "::ffff:192.0.2.8"]
NONSENSE = ["unknown", "", "_hidden", "192.0.2.1:80", "[2001:db8::7]"]

hops = st.sampled_from(OURS + STRANGERS + NONSENSE)


def naive_address(remote: str, forwarded: list[str]) -> str | None:
    """Walk from the peer to the left and stop at the first that is not ours."""
    chain = [remote, *reversed(forwarded)]
    first_foreign = next((hop for hop in chain if hop not in OURS), chain[-1])
    return None if first_foreign in NONSENSE else first_foreign.removeprefix("::ffff:")


@given(hops, st.lists(hops, max_size=6).filter(lambda chain: chain != [""]))
def test_the_first_stranger_from_the_right_is_the_client(remote, forwarded):
    found = client_address(remote, ", ".join(forwarded), PROXIES)

    assert (None if found is None else str(found)) == naive_address(remote, forwarded)


@given(st.sampled_from(STRANGERS), st.text())
def test_a_stranger_cannot_say_who_it_is(remote, forwarded_for):
    assert client_address(remote, forwarded_for, PROXIES) == client_address(remote, "", PROXIES)


@given(st.sampled_from(OURS + STRANGERS), st.text())
def test_without_proxies_of_the_site_the_peer_is_the_client(remote, forwarded_for):
    assert client_address(remote, forwarded_for, []) == ip_address(remote.removeprefix("::ffff:"))


@given(st.text(), st.text() | st.lists(hops).map(",".join))
def test_whatever_was_sent_gives_an_address_or_none(remote, forwarded_for):
    found = client_address(remote, forwarded_for, PROXIES)

    assert found is None or found.version in (4, 6)


def test_what_stands_left_of_the_first_stranger_may_be_made_up():
    found = client_address("10.0.0.1", "10.5.5.5, 198.51.100.1, 10.7.7.7", PROXIES)

    assert str(found) == "198.51.100.1"


@pytest.mark.parametrize("remote", ["", "unix:", "not an address"])
def test_a_peer_without_an_address_leaves_the_client_unknown(remote):
    assert client_address(remote, "192.0.2.1", PROXIES) is None


def test_nonsense_behind_a_proxy_is_nobody_and_not_the_proxy():
    assert client_address("10.0.0.1", "192.0.2.1, unknown", PROXIES) is None


def test_a_request_that_comes_from_the_proxy_itself_is_the_proxys():
    assert str(client_address("10.0.0.1", "", PROXIES)) == "10.0.0.1"
    assert str(client_address("10.0.0.1", "10.0.0.2, 10.0.0.3", PROXIES)) == "10.0.0.2"


def test_an_endless_header_is_read_from_the_right_and_not_to_its_end():
    forwarded_for = ", ".join(["192.0.2.1"] + ["10.0.0.2"] * 10_000)

    assert str(client_address("10.0.0.1", forwarded_for, PROXIES)) == "10.0.0.2"
