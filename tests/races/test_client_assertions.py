"""One assertion, sent many times at once: it is used once."""

from __future__ import annotations

from functools import partial

import pytest

from oauthcore.models import UsedIdentifier
from tests.support.jose import asserted, with_keys
from tests.support.oauth import post


@pytest.mark.rfc("7523", "3")
def test_an_assertion_that_is_sent_many_times_at_once_is_used_once(crowd, settings):
    # Those that come second count as wrong ones: the limit is not what is shown here.
    limits = {"CLIENT_SECRET_LIMIT": (1000, 60), "CLIENT_SECRET_ADDRESS_LIMIT": (1000, 60)}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": True, **limits}
    one = with_keys()
    for number in range(1, 6):
        sent = {"grant_type": "client_credentials", **asserted(one.client_id)}

        answers = crowd.all_at_once(partial(post, "/oauth/token", sent))

        statuses = [answer.status_code for answer in answers]
        assert statuses.count(200) == 1
        assert statuses.count(401) + statuses.count(429) == crowd.size - 1
        assert UsedIdentifier.objects.count() == number
