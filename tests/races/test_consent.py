"""One consent page answered many times at once, and one person answering many pages (OAuth 2.1 §7.10)."""

from __future__ import annotations

from functools import partial

from oauthcore.models import AuthorizationCode, Grant, SecurityEvent
from tests.support.oauth import with_person
from tests.support.races.tabs import approve_pages_at_once, given, in_own_tab


def test_one_page_answered_many_times_at_once_gives_one_code(crowd):
    oauth = with_person()
    for rounds in range(1, 6):
        transaction = oauth.authorize(prompt="consent").context["transaction"]
        approve = [
            partial(in_own_tab(oauth).decide, transaction=transaction, prompt="consent")
            for _ in range(crowd.size)
        ]

        (answered,) = given(crowd.at_once(approve))

        assert Grant.objects.count() == AuthorizationCode.objects.count() == rounds
        assert SecurityEvent.objects.filter(kind=SecurityEvent.Kind.CONSENT_GIVEN).count() == rounds
        assert oauth.redeem(answered["code"]).status_code == 200


def test_yes_and_no_to_one_page_at_once_are_one_decision(crowd):
    oauth = with_person()
    for _ in range(5):
        transaction = oauth.authorize(prompt="consent").context["transaction"]
        decisions = [
            partial(in_own_tab(oauth).decide, decision, transaction=transaction, prompt="consent")
            for decision in ("approve", "deny") * 8
        ]
        before = Grant.objects.count()

        (answered,) = given(crowd.at_once(decisions))

        assert Grant.objects.count() - before == ("code" in answered)
        assert ("code" in answered) != (answered.get("error") == "access_denied")


def test_several_pages_approved_at_once_are_remembered_in_one_consent(crowd_of):
    crowd = crowd_of(8)
    for _ in range(5):
        consent, asked = approve_pages_at_once(crowd)

        assert consent.scopes == asked
