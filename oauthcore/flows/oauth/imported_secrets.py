"""Client secrets that were imported as slow hashes: the first use proves one, and replaces the hash."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib.auth.hashers import check_password

from oauthcore.flows.tokens.slow_hashes import count_hash
from oauthcore.limiter import Try
from oauthcore.models import ClientSecret
from oauthcore.rules.errors.oauth import SlowDown
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import digest_of


def find_imported(stored: Iterable[ClientSecret], sent: Sequence[HiddenText]) -> ClientSecret | None:
    """Return the imported secret that was sent, which has the fast digest from now on, or None.

    Each hash is counted before it is computed, for all applications together. Those of a right secret are
    given back. Raises SlowDown.
    """
    counted: list[Try] = []
    for one in filter(lambda one: one.encoded, stored):
        for text in sent:
            counted.append(count_hash())
            if counted[-1].wait is not None:
                raise SlowDown("too many wrong secrets", retry_after=counted[-1].wait)
            if check_password(text.reveal(), one.encoded or ""):
                ClientSecret.objects.filter(pk=one.pk).update(digest=digest_of(text.reveal()), encoded=None)
                for each in counted:
                    each.give_back()
                return one
    return None
