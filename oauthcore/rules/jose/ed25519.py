"""Points of Ed25519 that are not safe as a public key (RFC 8032 §5.1.3; RFC 8725 §3.4).

Libraries accept them. A signature of a point of small order can be made without any private key.
"""

from __future__ import annotations

_P = 2**255 - 19
_LENGTH = 32
_SIGN = 1 << 255
#: The y of the eight points of order 1, 2, 4 and 8. Two points, with either sign of x, share one of them.
_OF_SMALL_ORDER = frozenset(
    int.from_bytes(bytes.fromhex(point), "little")
    for point in (
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    )
)


def is_unsafe(encoded: bytes) -> bool:
    """Return whether an encoded public key is a point of small order, or is not in its one canonical form."""
    y = int.from_bytes(encoded, "little") & ~_SIGN
    return len(encoded) != _LENGTH or y >= _P or y in _OF_SMALL_ORDER
