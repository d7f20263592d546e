"""A person is asked and answers where no redirect target is: as a device's page will do (RFC 8628 §3.3)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from oauthcore.flows.oauth import consent as room
from oauthcore.flows.oauth.consent.approval import Approval
from oauthcore.flows.oauth.consent.decision import decide_approval, decide_denial, decide_without_page
from oauthcore.flows.oauth.consent.question import AccessRequest, Question, Ticked, needs_page
from oauthcore.flows.oauth.consent.shown_page import PageNotValid, ShownPage
from oauthcore.models import AuthorizationCode, Consent, Grant, SecurityEvent
from oauthcore.models.database import atomic
from oauthcore.models.issuing import issue
from tests.support.factories import UserFactory, register
from tests.support.oauth import me

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("about what flows ask for; the races of consent run on PostgreSQL"),
]

DEVICE = ("device", "WDJB-MJHT")


class Television:
    """A television's application without a redirect URI, and the person who is asked about it."""

    def __init__(self) -> None:
        self.user = UserFactory()
        application = register(grant_types=["client_credentials"], redirect_uris=[]).application
        self.asked = AccessRequest(application, frozenset(["read", "api.images.read"]))

    def consent(self) -> Consent | None:
        return Consent.objects.filter(user=self.user, application=self.asked.application).first()

    def show(self) -> str:
        question = Question.about(self.asked, self.consent(), None, self.user)
        return ShownPage.sign(
            self.asked, question, user=self.user, login_mark="mark", bound_to=DEVICE, accounts=[]
        )

    def page(self, transaction: str, *, bound_to: tuple[str, ...] = DEVICE) -> ShownPage:
        return ShownPage.parse(transaction, self.asked, user=self.user, login_mark="mark", bound_to=bound_to)

    def approve(self, transaction: str, *ticked: str) -> Approval:
        page = self.page(transaction)
        with atomic():  # where a flow without redirects notes the approval
            return decide_approval(
                page, self.asked, user=self.user, ticked=Ticked(frozenset(ticked)), account_uuid=None
            )


@pytest.fixture
def television() -> Television:
    return Television()


def kinds() -> list[str]:
    return list(SecurityEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_a_yes_opens_a_grant_of_what_was_ticked_which_any_flow_can_issue_tokens_from(television):
    approval = television.approve(television.show(), "read")

    assert (approval.grant.user, approval.grant.scopes) == (television.user, {"read"})
    assert SecurityEvent.Kind.CONSENT_GIVEN in kinds()
    assert not AuthorizationCode.objects.exists()
    issued = issue(approval.grant, scopes=approval.grant.scopes, account_uuid=None, now=timezone.now())
    assert me(issued.access_token.reveal()).status_code == 200


def test_a_no_is_a_refusal_and_opens_nothing(television):
    refusal = decide_denial(television.page(television.show()), television.asked, user=television.user)

    assert refusal.error == "access_denied"
    assert SecurityEvent.Kind.CONSENT_DENIED in kinds()
    assert not Grant.objects.exists()


def test_a_page_is_answered_once_and_only_for_what_it_is_bound_to(television):
    transaction = television.show()
    with pytest.raises(PageNotValid):
        television.page(transaction, bound_to=("device", "ANOTHER"))
    television.approve(transaction, "read")

    with pytest.raises(PageNotValid):
        television.approve(transaction, "read")
    assert Grant.objects.count() == 1


def test_the_person_is_asked_for_what_is_new_and_then_not_any_more(television):
    assert needs_page(television.asked, television.consent(), [], television.user)
    television.approve(television.show(), "read")
    assert television.page(television.show()).question.scopes == {"api.images.read"}
    television.approve(television.show(), "api.images.read")

    consent = television.consent()
    assert not needs_page(television.asked, consent, [], television.user)
    approval = decide_without_page(television.asked, consent, user=television.user, accounts=[])
    assert approval.grant.scopes == television.asked.scopes


def test_nothing_of_consent_knows_where_answers_go():
    texts: dict[str, Any] = {one.name: one.read_text() for one in Path(room.__path__[0]).glob("*.py")}

    assert {"question.py", "shown_page.py", "decision.py", "approval.py"} <= texts.keys()
    knowing = ("redirect_target", "authorization_request", "response_modes", "authorization_answers")
    assert [name for name, text in texts.items() if any(word in text for word in knowing)] == []
