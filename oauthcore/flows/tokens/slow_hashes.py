"""Slow hashes of imported secrets and keys: each costs a large part of a second, and anybody may guess.

A limit of one secret alone would not do: with some imported applications, whose client IDs everybody can
see, one address could have so many computed that nothing else gets done.
"""

from __future__ import annotations

from oauthcore import conf, request_context
from oauthcore.limiter import Limit, Try, count_try


def count_hash() -> Try:
    """Count one hash that is to be computed for the address of the request, before it is computed.

    It is one too many if the result has a ``wait``. Give it back if the secret was right.
    """
    limit = Limit("imported-hash-address", *conf.settings().CLIENT_SECRET_LIMIT)
    return count_try(limit, request_context.address_group())
