"""Several members of staff at once: the last place of an account, rotations, changes."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from django.utils import timezone

from oauthcore.flows.service_tokens import service_tokens
from oauthcore.flows.service_tokens.limits import Limits
from oauthcore.flows.service_tokens.service_tokens import TooManyServiceTokens
from oauthcore.models import SecurityEvent, ServiceToken
from tests.support.factories import UserFactory
from tests.support.oauth import is_live
from tests.support.reference_site.factories import AccountFactory
from tests.support.service_tokens.making import make

LIMITS = Limits(label="Nightly export", scopes=frozenset({"api.images.read"}))


def try_to_make(account, staff):
    try:
        return service_tokens.make(account.uuid, LIMITS, staff=staff)[1].reveal()
    except TooManyServiceTokens:
        return None


def test_the_last_places_of_an_account_are_given_once(settings, crowd):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SERVICE_TOKENS_PER_ACCOUNT": 4}
    staff = UserFactory(is_staff=True)
    for taken in (0, 3):
        account = AccountFactory()
        for _ in range(taken):
            make(account)

        texts = crowd.all_at_once(partial(try_to_make, account, staff))

        made = [text for text in texts if text]
        assert len(made) == 4 - taken
        assert all(map(is_live, made))
        assert ServiceToken.objects.filter(account_uuid=account.uuid).count() == 4


def test_accounts_do_not_wait_for_each_others_places(crowd):
    staff = UserFactory(is_staff=True)
    accounts = [AccountFactory() for _ in range(crowd.size)]

    texts = crowd.at_once([partial(try_to_make, account, staff) for account in accounts])

    assert all(texts)


def test_however_many_rotate_at_once_two_are_live(crowd):
    staff = UserFactory(is_staff=True)
    made = make()

    secrets = crowd.all_at_once(
        lambda: service_tokens.rotate(made.row, overlap=timedelta(hours=1), staff=staff).reveal()
    )

    assert sorted(map(is_live, [made.text, *secrets])) == [False] * (crowd.size - 1) + [True] * 2
    assert made.row.live_secrets(timezone.now()).count() == 2


def test_one_of_many_revocations_did_it(crowd):
    staff = UserFactory(is_staff=True)
    made = make()

    answers = crowd.all_at_once(lambda: service_tokens.revoke(made.row, reason="leaked", staff=staff))

    assert sorted(answers) == [False] * (crowd.size - 1) + [True]
    assert SecurityEvent.objects.filter(kind=SecurityEvent.Kind.REVOKED).count() == 1
    assert not is_live(made.text)
