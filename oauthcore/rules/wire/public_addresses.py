"""Public addresses: this server may connect to them if a stranger names the host.

The networks are listed here. ``ipaddress.is_global`` differs between versions of Python, and includes
multicast, NAT64 and site-local addresses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from oauthcore.rules.wire.networks import Address, Network, is_within

#: Special-purpose IPv4 networks (RFC 6890 and later RFCs), with broadcast and multicast.
_NOT_PUBLIC_4 = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    "168.63.129.16/32",  # the host of Azure's virtual machines
)
#: IPv6 addresses of the internet. Addresses with an embedded IPv4 address lie outside, except two networks.
_PUBLIC_6 = "2000::/3"
#: Protocol assignments with Teredo, documentation, 6to4.
_NOT_PUBLIC_6 = ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")

_BARRED = tuple(IPv4Network(text) for text in _NOT_PUBLIC_4) + tuple(map(ip_network, _NOT_PUBLIC_6))
_INTERNET_6 = IPv6Network(_PUBLIC_6)


def is_public(address: Address) -> bool:
    """Return whether an address belongs to the internet. Mapped and translated IPv4 addresses do not."""
    if address.version == 6 and address not in _INTERNET_6:
        return False
    return not is_within(address, _BARRED)


def all_allowed(
    texts: Iterable[str], *, may_be_loopback: bool, networks: Collection[Network] = ()
) -> list[Address] | None:
    """Return the addresses of a name, or None if this server may not connect to one of them.

    ``may_be_loopback`` also allows 127.0.0.0/8 and ::1, for development. Private ``networks`` are allowed
    too.
    """
    found: list[Address] = []
    for text in texts:
        try:
            address = ip_address(text)
        except ValueError:  # with a zone, for instance
            return None
        is_allowed = is_public(address) or is_within(address, networks)
        if not is_allowed and not (may_be_loopback and address.is_loopback):
            return None
        found.append(address)
    return found or None
