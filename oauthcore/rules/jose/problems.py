"""What is wrong with a JWT or a key; the caller answers with the refusal of its own protocol."""

from __future__ import annotations


class InvalidJWT(Exception):
    """The JWT does not prove what it should; the message says why, for the log, and repeats nothing sent."""


class UnknownKey(InvalidJWT):
    """None of the keys is the one that the JWT names: they may have been changed since they were read."""


class InvalidKey(Exception):
    """A public key, or a set of them, cannot be used; the message tells its owner why."""
