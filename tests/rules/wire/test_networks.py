"""Networks: reading them, and whether an address lies in one."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from oauthcore.rules.wire.networks import (
    allows,
    are_everywhere,
    group_of,
    is_within,
    parse_address,
    parse_network,
)

v4 = st.ip_addresses(v=4)
v6 = st.ip_addresses(v=6).filter(lambda address: address.ipv4_mapped is None)
addresses = v4 | v6


def bits_of(address: IPv4Address | IPv6Address) -> str:
    return f"{int(address):0{address.max_prefixlen}b}"


def network_around(address: IPv4Address | IPv6Address, length: int) -> str:
    """Write the network of that many bits which the address lies in."""
    kept = bits_of(address)[:length].ljust(address.max_prefixlen, "0")
    return f"{type(address)(int(kept, 2))}/{length}"


@given(addresses, addresses, st.data())
def test_an_address_is_within_a_network_when_their_first_bits_are_the_same(one, other, data):
    length = data.draw(st.integers(0, other.max_prefixlen))

    inside = is_within(one, [parse_network(network_around(other, length))])

    assert inside is (type(one) is type(other) and bits_of(one)[:length] == bits_of(other)[:length])


@given(addresses, st.data())
def test_an_address_is_within_every_network_around_it(address, data):
    length = data.draw(st.integers(0, address.max_prefixlen))

    assert allows([network_around(address, length)], address)
    assert allows(["192.0.2.0/31", network_around(address, length)], address)


@given(v4, st.data())
def test_a_neighbour_behind_the_last_bit_is_outside(address, data):
    length = data.draw(st.integers(1, 32))
    neighbour = IPv4Address(int(address) ^ (1 << (32 - length)))

    assert not allows([network_around(address, length)], neighbour)


@given(addresses)
def test_an_address_without_mask_is_a_network_of_one(address):
    network = parse_network(str(address))

    assert network.num_addresses == 1
    assert allows([str(address)], address)


@pytest.mark.rfc("4291", "2.5.5.2")
@given(v4, v4, st.data())
@example(IPv4Address("10.1.2.3"), IPv4Address("10.0.0.0"), None)
def test_ipv4_mapped_into_ipv6_is_the_ipv4_it_carries(one, other, data):
    length = 8 if data is None else data.draw(st.integers(0, 32))
    lead, _, _ = network_around(other, length).partition("/")

    assert parse_address(f"::ffff:{one}") == one
    assert parse_network(f"::ffff:{lead}/{96 + length}") == parse_network(f"{lead}/{length}")


@pytest.mark.parametrize(
    "text",
    ["64:ff9b::10.1.2.3", "2002:a01:203::1", "::10.1.2.3", "::ffff:0:10.1.2.3", "2001:0:a01:203::1"],
)
def test_other_ipv6_that_carries_ipv4_stays_ipv6(text):
    address = parse_address(text)

    assert isinstance(address, IPv6Address)
    assert not allows(["10.0.0.0/8"], address)


@pytest.mark.parametrize("zone", ["%eth0", "%", "%1", "%\x00", "%\n"])
def test_a_zone_is_refused_in_an_address_and_in_a_network(zone):
    assert parse_address(f"fe80::1{zone}") is None
    with pytest.raises(ValueError, match="neither an IPv4 nor an IPv6"):
        parse_network(f"fe80::1{zone}/64")


@pytest.mark.parametrize(
    "odd", ["\n", "\r", "\x0b", "\x0c", "\x1c", "\x1f", "\x85", "\xa0", "\u2028", "\x00"]
)
@pytest.mark.parametrize("form", ["{}192.0.2.1", "192.0.2.1{}", "192.0.{}2.1"])
def test_control_characters_and_odd_spaces_are_no_part_of_an_address(form, odd):
    assert parse_address(form.format(odd)) is None
    for mask in ("", "/32"):
        with pytest.raises(ValueError, match=r"neither an IPv4 nor an IPv6|number of bits"):
            parse_network(form.format(odd) + mask)
        with pytest.raises(ValueError, match=r"neither an IPv4 nor an IPv6|number of bits"):
            parse_network(f"192.0.2.1{mask}{odd}")


def test_spaces_and_tabs_may_stand_around_it():
    assert str(parse_address(" \t192.0.2.1\t ")) == "192.0.2.1"
    assert str(parse_network(" \t192.0.2.0/24\t ")) == "192.0.2.0/24"


@given(st.text())
@example("1.2.3.4:80")
@example("[::1]")
@example("010.0.0.1")
@example("\uff11.2.3.4")
def test_reading_an_address_gives_one_or_none(text):
    address = parse_address(text)

    assert address is None or ip_address(text.strip(" \t")) is not None


@pytest.mark.parametrize(
    "text", ["", " ", "unknown", "1.2.3.4:80", "[::1]", "010.0.0.1", "1.2.3", "\uff11.2.3.4"]
)
def test_what_is_no_address_is_none(text):
    assert parse_address(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10.0.0.0/0.255.255.255", "number of bits"),
        ("10.0.0.0/255.0.0.0", "number of bits"),
        ("10.0.0.0/", "number of bits"),
        ("10.0.0.0/-8", "number of bits"),
        ("10.0.0.0/+8", "number of bits"),
        ("10.0.0.0/08", "number of bits"),
        ("10.0.0.0/008", "number of bits"),
        ("2001:db8::/032", "number of bits"),
        ("10.0.0.0/ 8", "number of bits"),
        ("10.0.0.0/\uff18", "number of bits"),
        ("10.0.0.0/8/8", "number of bits"),
        ("10.0.0.1/8", "behind the mask"),
        ("10.0.0.0/33", "does not fit"),
        ("2001:db8::1/32", "behind the mask"),
        ("2001:db8::/129", "does not fit"),
        ("::ffff:10.0.0.0/8", "does not fit"),
        ("10.0.0/8", "neither an IPv4 nor an IPv6"),
        ("example.org", "neither an IPv4 nor an IPv6"),
        ("", "neither an IPv4 nor an IPv6"),
        ("*", "neither an IPv4 nor an IPv6"),
    ],
)
def test_a_text_that_is_no_network_is_told_why(text, words):
    with pytest.raises(ValueError, match=words):
        parse_network(text)


@given(st.text(st.sampled_from("0123456789abcdef:./%x *")) | st.text())
@example("10.0.0.0/" + "9" * 5000)
def test_reading_a_network_gives_one_or_a_sentence(text):
    try:
        network = parse_network(text)
    except ValueError as error:
        problem = str(error)
    else:
        problem = None
        assert parse_network(str(network)) == network
    assert problem is None or problem.startswith(("Write the mask", "This is neither", "The mask does not"))


def test_no_list_restricts_nothing_and_an_empty_one_allows_nothing():
    address = parse_address("192.0.2.1")

    assert allows(None, address)
    assert allows(None, None)
    assert not allows([], address)


def test_an_address_that_cannot_be_told_is_in_no_network():
    assert not allows(["0.0.0.0/0", "::/0"], None)


@pytest.mark.parametrize(("text", "network"), [("192.0.2.1", "::/0"), ("2001:db8::1", "0.0.0.0/0")])
def test_networks_of_one_family_hold_no_address_of_the_other(text, network):
    assert not allows([network], parse_address(text))


@given(v6, v6)
def test_ipv6_addresses_count_as_one_caller_when_their_first_64_bits_are_the_same(one, other):
    near = IPv6Address(int(one) ^ (int(other) & (2**64 - 1)))
    assume(near.ipv4_mapped is None)

    assert group_of(one) == group_of(near)
    assert (group_of(one) == group_of(other)) is (bits_of(one)[:64] == bits_of(other)[:64])


@given(v4, v4)
def test_each_ipv4_address_is_a_caller_of_its_own(one, other):
    assert (group_of(one) == group_of(other)) is (one == other)


def test_callers_without_an_address_are_counted_together():
    assert group_of(None) == "unknown"


@pytest.mark.parametrize(
    "texts",
    [
        ["0.0.0.0/0"],
        ["::/0"],
        ["0.0.0.0/1", "128.0.0.0/1"],
        ["128.0.0.0/1", "10.0.0.0/8", "0.0.0.0/2", "64.0.0.0/2"],
        ["2001:db8::/32", "::/1", "8000::/1"],
        ["0.0.0.0/0", "2001:db8::1"],
        ["::ffff:0.0.0.0/96"],
    ],
)
def test_what_holds_every_address_of_a_family_is_everywhere(texts):
    assert are_everywhere(map(parse_network, texts))


@pytest.mark.parametrize(
    "texts",
    [[], ["0.0.0.0/1"], ["0.0.0.0/1", "8000::/1"], ["10.0.0.0/8", "::1"], ["128.0.0.0/1", "0.0.0.0/2"]],
)
def test_what_leaves_addresses_out_is_not(texts):
    assert not are_everywhere(map(parse_network, texts))


@given(st.lists(addresses, max_size=20))
def test_single_addresses_are_never_everywhere(some):
    assert not are_everywhere(parse_network(str(one)) for one in some)
