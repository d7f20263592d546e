"""Errors of JWTs and keys. The caller turns them into the refusal of its own protocol."""

from __future__ import annotations


class InvalidJWT(Exception):
    """The JWT proves nothing. The message says why, for the log, and repeats nothing that was sent."""


class UnknownKey(InvalidJWT):
    """No key has the ``kid`` of the JWT. The keys may have changed since they were read."""


class InvalidKey(Exception):
    """A public key, or a set of them, cannot be used; the message tells its owner why."""
