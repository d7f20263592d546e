"""Addresses and networks: where a request comes from, and whether it may (RFC 4291 §2.5.5.2)."""

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

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: One line of X-Forwarded-For from a chain of proxies is never longer.
_MOST_HOPS = 50
#: The most characters of an address: of an IPv6 one that ends in an IPv4 one.
_LONGEST = 45
#: What may stand around an address; ``str.strip`` would drop control characters too.
_BLANKS = " \t"


def parse_address(text: str) -> Address | None:
    """Return the address a text is, or None.

    IPv4 mapped into IPv6 is the IPv4 it carries (RFC 4291 §2.5.5.2). Spaces and tabs around it are dropped. A
    zone (``fe80::1%eth0``) means something on one machine only, and any text may stand in it: there is none.
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
    """Return the network that an address or CIDR names; raise ValueError, saying what is wrong with it.

    Host bits must be zero, masks are prefix lengths, and a mapped network is the IPv4 one it carries.
    """
    lead, slash, length = text.strip(_BLANKS).partition("/")
    bits = whole_number(length)
    if slash and bits is None:
        raise ValueError("Write the mask as a number of bits, such as /24.")
    address = parse_address(lead)
    if address is None:
        raise ValueError("This is neither an IPv4 nor an IPv6 address.")
    if bits is not None and ":" in lead and address.version == 4:
        bits -= 96
    try:
        return ip_network((address, address.max_prefixlen if bits is None else bits))
    except ValueError:
        raise ValueError("The mask does not fit the address: bits behind the mask must be zero.") from None


def are_everywhere(networks: Iterable[Network]) -> bool:
    """Return whether networks hold every IPv4 or every IPv6 address, alone or together."""
    every = list(networks)
    of_four = collapse_addresses(one for one in every if isinstance(one, IPv4Network))
    of_six = collapse_addresses(one for one in every if isinstance(one, IPv6Network))
    return any(one.prefixlen == 0 for one in of_four) or any(one.prefixlen == 0 for one in of_six)


def written(network: Network) -> str:
    """Return a network as people write it: in CIDR, and one address alone without a mask."""
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def allows(networks: Sequence[str] | None, address: Address | None) -> bool:
    """Return whether an address may be used from: None restricts nothing, an empty list allows nothing."""
    if networks is None:
        return True
    return address is not None and is_within(address, map(parse_network, networks))


def is_within(address: Address, networks: Iterable[Network]) -> bool:
    """Return whether the address lies in one of the networks."""
    return any(address.version == network.version and address in network for network in networks)


def client_address(remote: str, forwarded_for: str, trusted: Sequence[Network]) -> Address | None:
    """Return the address of the right-most hop that is not one of the site's own proxies, or None.

    ``remote`` is the peer's address; ``forwarded_for`` counts only when the peer is a trusted proxy, and is
    read from the right for as long as the hops are trusted, because everything left of the first stranger may
    be made up.
    """
    address = parse_address(remote)
    hops = forwarded_for.split(",")[-_MOST_HOPS:] if forwarded_for else []
    while address is not None and hops and is_within(address, trusted):
        address = parse_address(hops.pop())
    return address


def group_of(address: Address | None) -> str:
    """Return what counts as one caller for a limit: an IPv4 address, an IPv6 /64, or the unknown."""
    if address is None:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address)
