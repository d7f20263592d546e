"""Addresses and networks in bits: RFC 4291 §2.2, and dotted decimals without leading zeros."""

from __future__ import annotations

from tests.support.by_hand import Refused

_HEX = set("0123456789abcdefABCDEF")
_DIGITS = set("0123456789")
_MAPPED = "0" * 80 + "1" * 16

Bits = str


def address(text: str) -> Bits:
    """Return the bits of an address, 32 or 128 of them; mapped IPv4 is IPv4. Raise Refused."""
    text = text.strip(" \t")
    bits = _four(text) if ":" not in text else _six(text)
    return bits[96:] if len(bits) == 128 and bits.startswith(_MAPPED) else bits


def client(remote: str, forwarded_for: str, trusted: list[Bits]) -> Bits | None:
    """Return the address of the right-most hop that is none of ours, or None if it cannot be told."""
    hops = [remote, *(reversed(forwarded_for.split(",")) if forwarded_for else [])]
    found = None
    for hop in hops[:51]:
        try:
            found = address(hop)
        except Refused:
            return None
        if not any(is_in(found, network, family) for family, network in map(_network, trusted)):
            return found
    return found


def is_in(bits: Bits, network: Bits, family: int) -> bool:
    """Return whether an address begins with the bits of a network of its family."""
    return len(bits) == family and bits.startswith(network)


def _network(text: str) -> tuple[int, Bits]:
    lead, _, length = text.partition("/")
    bits = address(lead)
    before = 96 if ":" in lead and len(bits) == 32 else 0  # bits that say that IPv4 is mapped
    return len(bits), bits[: int(length) - before]


def allows(networks: list[str], bits: Bits | None) -> bool:
    """Return whether an address lies in one of the networks, as CIDR."""
    return bits is not None and any(is_in(bits, one, family) for family, one in map(_network, networks))


def _four(text: str) -> Bits:
    parts = text.split(".")
    if len(parts) != 4:
        raise Refused
    for part in parts:
        is_number = 0 < len(part) <= 3 and set(part) <= _DIGITS
        if not is_number or int(part) > 255 or (part[0] == "0" and part != "0"):
            raise Refused
    return "".join(f"{int(part):08b}" for part in parts)


def _six(text: str) -> Bits:
    if "." in text:
        lead, _, last = text.rpartition(":")
        four = _four(last)
        text = f"{lead}:{int(four[:16], 2):x}:{int(four[16:], 2):x}"
    halves = text.split("::")
    if len(halves) > 2:
        raise Refused
    groups = [half.split(":") if half else [] for half in halves]
    missing = 8 - sum(map(len, groups))
    if (len(halves) == 1 and missing) or (len(halves) == 2 and missing < 1):
        raise Refused
    whole = groups[0] if len(halves) == 1 else [*groups[0], *["0"] * missing, *groups[1]]
    for group in whole:
        if not 0 < len(group) <= 4 or not set(group) <= _HEX:
            raise Refused
    return "".join(f"{int(group, 16):016b}" for group in whole)
