"""Keys at an address (``jwks_uri``): when they are read again, and by whom.

One process reads them at a time. For an unknown ``kid`` they are read at most once a minute. Known keys are
read again after an hour, so that a removed key stops working. Nothing is read inside a transaction. If the
address does not answer, or a limit is reached, the earlier keys stay in use.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from oauthcore.flows.oauth.counted_fetches import count_fetch
from oauthcore.models import Application, TrustedIssuer
from oauthcore.outgoing.documents import fetch
from oauthcore.outgoing.names import NotFetched
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.jose.public_keys import LARGEST_SET, PublicKey, parse_key_set
from oauthcore.rules.wire.https_urls import HttpsURL

logger = logging.getLogger("oauthcore")

_UNKNOWN_AGAIN = timedelta(minutes=1)
_KNOWN_AGAIN = timedelta(hours=1)


def read(url: str, *, is_strangers: bool = True) -> tuple[PublicKey, ...]:
    """Return the keys at an address. Raises InvalidKey in words for the person who entered the address.

    ``is_strangers`` says that anybody may have entered it.
    """
    try:
        document = fetch(HttpsURL.parse(url), largest=LARGEST_SET, is_strangers=is_strangers)
    except (ValueError, NotFetched) as problem:
        raise InvalidKey(*problem.args) from None
    return parse_key_set(document.body, skips_strange=True)


def read_again(
    owner: Application | TrustedIssuer, *, is_known: bool, now: datetime
) -> tuple[PublicKey, ...] | None:
    """Return the keys at the address of their owner if they must be read again; otherwise None.

    They are none where the address did not answer with keys. Then the stored ones stay in use, but the owner
    may have changed meanwhile.
    ``is_known`` says that the wanted key is stored already. A conditional UPDATE decides which process reads.
    """
    read_at, wait = owner.keys_fetched_at, _KNOWN_AGAIN if is_known else _UNKNOWN_AGAIN
    if not owner.jwks_uri or (read_at is not None and now - read_at < wait):
        return None
    rows = type(owner)._default_manager.filter(pk=owner.pk, keys_fetched_at=read_at)
    try:
        if isinstance(owner, Application):
            # Limited, because anybody can have such an application. Counted first: who may read no more must
            # not keep others from reading.
            count_fetch()
        if not rows.update(keys_fetched_at=now):
            return None
        return read(owner.jwks_uri, is_strangers=isinstance(owner, Application))
    except (InvalidKey, Throttled) as problem:
        logger.info("the keys at a jwks_uri were not read: %s", problem)
        return () if isinstance(problem, InvalidKey) else None
