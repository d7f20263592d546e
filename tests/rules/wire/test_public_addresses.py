"""What is public is listed: nothing private, special, mapped or translated is."""

from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.wire.networks import parse_network
from oauthcore.rules.wire.public_addresses import all_allowed, is_public

PRIVATE = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.255"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1"),
    *("192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
    *("239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
    *("::", "::1", "::8.8.8.8", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::808:808"),
    *("64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1"),
    *("2001:20::1", "2001:db8::1", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254"),
    *("fe80::1", "fec0::1", "ff02::1", "ff0e::1", "4000::1"),
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.32.0.1",
    "2001:4860:4860::8888",
    "2a00::1",
]


@pytest.mark.parametrize("text", PRIVATE)
def test_these_are_not_public(text):
    assert not is_public(ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_these_are_public(text):
    assert is_public(ip_address(text))


@given(st.ip_addresses(v=4))
def test_nothing_is_public_that_python_calls_private(address):
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4), st.sampled_from(["::{}", "::ffff:{}", "64:ff9b::{}", "2002:{hex}::1"]))
def test_no_ipv4_address_is_public_in_another_form(address, form):
    number = f"{int(address):08x}"
    text = form.format(IPv4Address(address), hex=f"{number[:4]}:{number[4:]}")

    assert not is_public(ip_address(text))


def test_one_address_that_may_not_be_used_bars_all():
    both = all_allowed(["8.8.8.8", "2a00::1"], may_be_loopback=False)

    assert both == [ip_address("8.8.8.8"), ip_address("2a00::1")]
    assert all_allowed(["8.8.8.8", "10.0.0.1"], may_be_loopback=False) is None
    assert all_allowed(["8.8.8.8", "fe80::1%eth0"], may_be_loopback=False) is None
    assert all_allowed(["no address"], may_be_loopback=False) is None
    assert all_allowed([], may_be_loopback=False) is None


def test_loopback_is_let_in_for_development_alone():
    assert all_allowed(["127.0.0.1", "::1"], may_be_loopback=True) == [
        ip_address("127.0.0.1"),
        ip_address("::1"),
    ]
    assert all_allowed(["127.0.0.1"], may_be_loopback=False) is None
    assert all_allowed(["10.0.0.1"], may_be_loopback=True) is None
    assert all_allowed(["::ffff:127.0.0.1"], may_be_loopback=False) is None


class TestNetworksThatAreNamed:
    networks = (parse_network("10.20.0.0/16"), parse_network("fd00:20::7"))

    @pytest.mark.parametrize("texts", [["10.20.3.4"], ["8.8.8.8", "10.20.3.4"], ["fd00:20::7"]])
    def test_they_are_allowed_beside_public_addresses(self, texts):
        found = all_allowed(texts, may_be_loopback=False, networks=self.networks)

        assert found == [*map(ip_address, texts)]

    @pytest.mark.parametrize(
        "texts",
        [["10.21.0.1"], ["10.20.3.4", "10.21.0.1"], ["fd00:20::8"], ["::ffff:10.20.3.4"], ["127.0.0.1"]],
    )
    def test_they_allow_no_other_private_addresses(self, texts):
        assert all_allowed(texts, may_be_loopback=False, networks=self.networks) is None
