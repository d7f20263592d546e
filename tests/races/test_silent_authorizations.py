"""The authorize page without a page: one person, one application, many requests at once, and withdrawals.

Each holds the row of the consent that it rests on, so they follow one another and none of them gets stuck.
"""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from oauthcore.flows.connections.withdraw import withdraw
from oauthcore.models import AuthorizationCode, Consent, Grant, Token
from tests.support.factories import register
from tests.support.oauth import OAuthClient, answer, is_live, with_person
from tests.support.pages.legacy import TOKEN, fragment_of, register_implicit
from tests.support.races.tabs import in_own_tab
from tests.support.reference_site.factories import MembershipFactory


@pytest.fixture
def oauth() -> OAuthClient:
    """An application that a person with an account has approved."""
    approved = with_person(register(), MembershipFactory().user)
    approved.decide()
    return approved


def test_each_of_many_at_once_gets_a_code_of_its_own(oauth, crowd):
    for rounds in range(1, 6):
        asks = [partial(in_own_tab(oauth).authorize, prompt="none") for _ in range(crowd.size)]

        codes = {answer(one)["code"] for one in crowd.at_once(asks)}

        assert len(codes) == crowd.size
        assert Grant.objects.count() == AuthorizationCode.objects.count() == rounds * crowd.size + 1
        assert oauth.redeem(codes.pop()).status_code == 200


def test_pages_that_are_answered_meanwhile_wait_their_turn(oauth, crowd):
    for _ in range(5):
        more = oauth.authorize(prompt="consent").context["transaction"]
        asks = [partial(in_own_tab(oauth).authorize, prompt="none") for _ in range(crowd.size - 1)]
        yes = partial(in_own_tab(oauth).decide, transaction=more, prompt="consent")

        codes = {answer(one)["code"] for one in crowd.at_once([yes, *asks])}

        assert len(codes) == crowd.size


def test_a_withdrawal_among_them_ends_what_came_before_it_and_nothing_comes_after(oauth, crowd):
    application = oauth.registered.application
    for _ in range(10):
        person = Consent.objects.get(application=application).user
        asks = [partial(in_own_tab(oauth).authorize, prompt="none") for _ in range(crowd.size - 1)]
        end = partial(withdraw, application, person, "withdrawn", now=timezone.now())

        *answers, _ = crowd.at_once([*asks, end])

        told = [answer(one) for one in answers]
        assert {one["error"] for one in told if "code" not in one} <= {"consent_required"}
        assert not Consent.objects.filter(application=application).exists()
        assert not Grant.objects.filter(revoked_at__isnull=True).exists()
        assert not [one for one in told if "code" in one and oauth.redeem(one["code"]).status_code == 200]
        oauth.decide()


def test_each_of_many_gets_a_token_of_its_own(crowd):
    old = with_person(register_implicit(), MembershipFactory().user)
    old.decide(**TOKEN)

    asks = [partial(in_own_tab(old).authorize, **TOKEN, prompt="none") for _ in range(crowd.size)]
    tokens = {fragment_of(one)["access_token"] for one in crowd.at_once(asks)}

    assert len(tokens) == crowd.size
    assert all(map(is_live, tokens))


def test_one_page_for_a_token_answered_many_times_at_once_gives_one(crowd):
    old = with_person(register_implicit())
    for rounds in range(1, 6):
        transaction = old.authorize(**TOKEN, prompt="consent").context["transaction"]
        yes = [
            partial(in_own_tab(old).decide, transaction=transaction, **TOKEN, prompt="consent")
            for _ in range(crowd.size)
        ]

        answers = crowd.at_once(yes)

        (won,) = [one for one in answers if one.status_code == 302]
        assert {one.status_code for one in answers if one is not won} == {400}
        assert is_live(fragment_of(won)["access_token"])
        assert Grant.objects.count() == Token.objects.count() == rounds


def test_pages_that_keep_something_and_its_withdrawal_at_once_are_one_or_the_other(oauth, crowd_of):
    """Whoever comes second finds what the first has left: nothing is kept that was taken back."""
    crowd, application = crowd_of(2), oauth.registered.application
    scope = "read api.images.read"
    for _ in range(15):
        person = Consent.objects.get(application=application).user
        transaction = oauth.authorize(scope=scope).context["transaction"]
        form = {"scope": ["api.images.read"]}
        yes = partial(in_own_tab(oauth).decide, transaction=transaction, scope=scope, form=form)

        answered, _ = crowd.at_once(
            [yes, partial(withdraw, application, person, "withdrawn", now=timezone.now())]
        )

        assert answered.status_code in (302, 400)
        assert not Consent.objects.filter(application=application).exists()
        assert not Grant.objects.filter(revoked_at__isnull=True).exists()
        oauth.decide()
