"""Addresses and networks: where a request comes from, and whether that is allowed (RFC 4291 §2.5.5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_address,
    ip_network,
)

from oauthcore.rules.text.numbers import whole_number
from oauthcore.rules.text.sentences import Sentence

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: At most so many addresses of X-Forwarded-For are read, from the right.
_MOST_HOPS = 50
#: The most characters of an address: an IPv6 address that ends in an IPv4 address.
_LONGEST = 45
#: The blanks that may surround an address; ``str.strip`` would remove control characters too.
_BLANKS = " \t"


def parse_address(text: str) -> Address | None:
    """Return the address of a text, or None.

    IPv4 mapped into IPv6 becomes IPv4 (RFC 4291 §2.5.5.2). Spaces and tabs around it are removed. An address
    with a zone (``fe80::1%eth0``) gives None: a zone has a meaning on one machine only, and can be any text.
    """
    bare = text.strip(_BLANKS)
    return None if len(bare) > _LONGEST else _parsed(bare)


@lru_cache(maxsize=1024)
def _parsed(bare: str) -> Address | None:
    try:
        address = None if "%" in bare else ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def parse_network(text: str) -> Network:
    """Return the network of an address or CIDR; raise ValueError, which says what is wrong.

    Host bits must be zero, and a mask is a prefix length. A mapped network becomes an IPv4 network.
    """
    lead, slash, length = text.strip(_BLANKS).partition("/")
    bits = whole_number(length)
    if slash and bits is None:
        raise ValueError(Sentence("Write the mask as a number of bits, such as /24."))
    address = parse_address(lead)
    if address is None:
        raise ValueError(Sentence("This is neither an IPv4 nor an IPv6 address."))
    if bits is not None and ":" in lead and address.version == 4:
        bits -= 96
    try:
        return ip_network((address, address.max_prefixlen if bits is None else bits))
    except ValueError:
        raise ValueError(
            Sentence("The mask does not fit the address: bits behind the mask must be zero.")
        ) from None


def are_everywhere(networks: Iterable[Network]) -> bool:
    """Return whether the networks together contain every IPv4 address or every IPv6 address."""
    every = list(networks)
    of_four = collapse_addresses(one for one in every if isinstance(one, IPv4Network))
    of_six = collapse_addresses(one for one in every if isinstance(one, IPv6Network))
    return any(one.prefixlen == 0 for one in of_four) or any(one.prefixlen == 0 for one in of_six)


def written(network: Network) -> str:
    """Return a network as people write it: in CIDR, or a single address without mask."""
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def allows(networks: Sequence[str] | None, address: Address | None) -> bool:
    """Return whether networks allow an address. None restricts nothing, an empty list allows nothing."""
    if networks is None:
        return True
    return address is not None and is_within(address, map(parse_network, networks))


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """Return whether the address lies in one of the networks."""
    return any(address.version == network.version and address in network for network in networks)


def client_address(remote: str, forwarded_for: str, trusted: Sequence[Network]) -> Address | None:
    """Return the address of the right-most hop that is not a trusted proxy, or None.

    ``remote`` is the address of the peer. ``forwarded_for`` counts only if the peer is a trusted proxy. It is
    read from the right while the hops are trusted, because strangers can invent the rest.
    """
    address = parse_address(remote)
    if not forwarded_for:
        return address
    hops = forwarded_for.split(",")[-_MOST_HOPS:]
    while address is not None and hops and is_within(address, trusted):
        address = parse_address(hops.pop())
    return address


def group_of(address: Address | None) -> str:
    """Return the text that names one caller for a limit: an IPv4 address, an IPv6 /64, or unknown."""
    if address is None:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address)
