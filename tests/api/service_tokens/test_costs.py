"""What a request with a service token costs, and how many an account may have."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from oauthcore.flows.service_tokens import service_tokens
from oauthcore.flows.service_tokens.service_tokens import TooManyServiceTokens
from oauthcore.models import ServiceToken
from tests.support.factories import UserFactory
from tests.support.reference_site.factories import AccountFactory
from tests.support.service_tokens.making import make
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


def ours(run):
    return [sql for sql in run if "oauthcore_" in sql]


@pytest.mark.parametrize("path", ["/v1/public/images", "/v1/images", "/v1/keywords", "/v1/facets"])
def test_a_request_costs_one_query_of_ours_and_one_of_the_account_backend(path):
    made = make(allowed_networks=("127.0.0.0/8",), max_request_bytes=1024)

    with statements() as run:
        assert made.ask(path=path).status_code == 200

    assert len(ours(run)) == 1, run
    assert len([sql for sql in run if "FROM accounts_account" in sql]) == 1, run


def test_a_refusal_costs_no_more():
    for limits in (
        {"allowed_networks": ("10.0.0.0/8",)},
        {"max_request_bytes": 1},
        {"scopes": ["api.upload"]},
    ):
        made = make(**limits)
        with statements() as run:
            assert made.ask("POST", "/v1/sets", b"body").status_code in (403, 413)
        assert len(run) == 2, run


def test_what_it_is_costs_one_more_for_its_last_use():
    made = make()

    with statements() as run:
        assert made.ask().status_code == 200

    assert len(ours(run)) == 2, run
    assert "oauthcore_usage" in ours(run)[1]
    assert len(run) == 3, run


def test_an_account_has_several_up_to_its_limit(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SERVICE_TOKENS_PER_ACCOUNT": 3}
    account = AccountFactory()
    tokens = [make(account) for _ in range(3)]

    with pytest.raises(TooManyServiceTokens):
        make(account)

    assert [one.ask().status_code for one in tokens] == [200] * 3
    assert make().ask().status_code == 200, "another account has places of its own"
    assert ServiceToken.objects.filter(account_uuid=account.uuid).count() == 3


def test_what_has_ended_takes_no_place(settings, clock):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SERVICE_TOKENS_PER_ACCOUNT": 1}
    account = AccountFactory()

    service_tokens.revoke(make(account).row, reason="replaced", staff=UserFactory())
    make(account, expires_at=timezone.now() + timedelta(seconds=5))
    with pytest.raises(TooManyServiceTokens):
        make(account)
    clock.shift(5)

    assert make(account).ask().status_code == 200
