"""Limits of service tokens that hold whoever calls: the admin, a command, or code of the site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from oauthcore.flows.service_tokens.limits import Limits
from oauthcore.flows.service_tokens.service_tokens import TooManyServiceTokens, change, make
from oauthcore.models import SecurityEvent, ServiceToken
from tests.support.oauth import is_live
from tests.support.reference_site.factories import AccountFactory
from tests.support.service_tokens.commands import made

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ({"max_request_bytes": 0}, "max_request_bytes"),
        ({"max_request_bytes": -1}, "max_request_bytes"),
        ({"contact": f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.example"}, "contact"),
        ({"expires_at": datetime.max.replace(tzinfo=UTC)}, "expires_at"),
    ],
    ids=["no size", "less than none", "longer than its column", "later than dates go"],
)
def test_a_limit_that_no_column_holds_or_that_limits_nothing_is_refused(limits, field):
    with pytest.raises(ValidationError) as caught:
        made(**limits)

    assert list(caught.value.message_dict) == [field]
    assert not ServiceToken.objects.exists()


def test_an_expired_token_comes_to_life_again_only_where_the_account_has_room(clock, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SERVICE_TOKENS_PER_ACCOUNT": 1}
    token, text = made(expires_at=timezone.now() + DAY)
    clock.shift(2 * DAY)
    account_uuid = token.account_uuid
    other, _ = made(type("", (), {"uuid": account_uuid}))
    longer = Limits(label=token.label, scopes=frozenset(token.scopes), expires_at=timezone.now() + DAY)

    with pytest.raises(TooManyServiceTokens):
        change(token, longer, staff=None)

    assert not is_live(text)
    assert not SecurityEvent.objects.filter(kind=SecurityEvent.Kind.SERVICE_TOKEN_CHANGED).exists()
    ServiceToken.objects.filter(pk=other.pk).update(revoked_at=timezone.now())
    assert change(token, longer, staff=None) == ["expires_at"]
    assert is_live(text)


def test_a_name_that_holds_a_token_is_refused_everywhere():
    account = AccountFactory()
    _, secret = make(account.uuid, Limits("Nightly export", frozenset(["api.images.read"])), staff=None)

    with pytest.raises(ValidationError, match="looks like a token"):
        make(account.uuid, Limits(f"was {secret.reveal()}", frozenset(["api.images.read"])), staff=None)

    assert ServiceToken.objects.count() == 1
