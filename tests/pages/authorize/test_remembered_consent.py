"""When the person need not be asked again, and when they are although they said yes before.

Wire §2 point 6; RFC 8252 §8.6.
"""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import Application, Consent, Grant
from tests.support.factories import REDIRECT_URI, UserFactory, register, register_public
from tests.support.oauth import OAuthClient, answer, is_live, me
from tests.support.reference_site.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scope", ["read api.images.read", "read", "api.images.read", None])
def test_whoever_asks_for_no_more_than_was_approved_gets_a_code_at_once(
    printer: OAuthClient, scope: str | None
) -> None:
    printer.tokens(scope="read api.images.read")

    code = answer(printer.authorize(scope=scope))["code"]

    assert set(printer.redeem(code).json()["scope"].split()) == set((scope or "read").split())
    assert Consent.objects.get().scopes == {"read", "api.images.read"}


def test_whoever_asks_for_more_is_asked_about_and_older_tokens_do_not_grow(printer: OAuthClient) -> None:
    old = printer.tokens(scope="read")["access_token"]

    assert printer.authorize(scope="read api.images.read").status_code == 200
    printer.tokens(scope="read api.images.read")

    assert me(old).json()["scopes"] == ["read"]


def test_what_was_unticked_is_asked_about_again(printer: OAuthClient) -> None:
    printer.code(scope="read api.images.read", form={"scope": ["read"]})

    assert printer.authorize(scope="read api.images.read").status_code == 200
    assert printer.authorize(scope="read").status_code == 302


def test_what_is_unticked_after_it_was_approved_is_asked_about_again(printer: OAuthClient) -> None:
    printer.code(scope="read api.images.read")

    printer.decide(scope="read api.images.read", prompt="consent", form={"scope": ["read"]})

    silent = answer(printer.authorize(scope="api.images.read", prompt="none"))
    assert silent["error"] == "consent_required"
    assert "code" in answer(printer.authorize(scope="read", prompt="none"))


def test_approvals_add_up(printer: OAuthClient) -> None:
    printer.code(scope="read")
    printer.code(scope="api.images.read")

    assert answer(printer.authorize(scope="read api.images.read"))["code"]


def test_a_yes_is_one_persons_to_one_application(printer: OAuthClient) -> None:
    printer.tokens()
    other = OAuthClient(register(name="Other"), printer.browser)
    assert other.authorize().status_code == 200

    printer.browser.force_login(UserFactory(username="ben"))

    assert printer.authorize().status_code == 200


def test_an_application_may_have_the_person_asked_anyway(printer: OAuthClient) -> None:
    printer.tokens()

    assert printer.authorize(prompt="consent").status_code == 200


def test_revoking_a_token_takes_nothing_back_of_the_consent(printer: OAuthClient) -> None:
    printer.revoke(printer.tokens()["access_token"])

    assert answer(printer.authorize())["code"]


@pytest.mark.rfc("8252", "8.6")
@pytest.mark.parametrize(
    ("make", "uri", "is_asked"),
    [
        (register_public, "http://127.0.0.1/cb", True),
        (register_public, "http://[::1]/cb", True),
        (register_public, "http://localhost:8000/cb", True),
        (register_public, "com.example.app:/cb", True),
        (register_public, REDIRECT_URI, False),
        (register, "http://127.0.0.1/cb", False),
    ],
)
def test_a_public_application_anyone_could_stand_in_for_is_asked_about_every_time(
    printer: OAuthClient, make: Any, uri: str, is_asked: bool
) -> None:
    application = OAuthClient(make(redirect_uris=[uri]), printer.browser)
    application.redeem(application.code(redirect_uri=uri), redirect_uri=uri)

    assert application.authorize(redirect_uri=uri).status_code == (200 if is_asked else 302)
    silent = answer(application.authorize(redirect_uri=uri, prompt="none"))
    assert silent.get("error") == ("consent_required" if is_asked else None)


def test_a_trusted_application_is_never_asked_about(printer: OAuthClient, ada: Any) -> None:
    Application.objects.update(is_trusted=True)
    accounts = [MembershipFactory(user=ada).account for _ in range(2)]

    for scope in ("read", "read api.images.read"):
        told = answer(printer.authorize(scope=scope, prompt="none"))
        assert is_live(printer.redeem(told["code"]).json()["access_token"])

    assert {grant.account_uuid for grant in Grant.objects.all()} <= {account.uuid for account in accounts}


def test_trust_that_is_taken_back_leaves_no_consent_behind(printer: OAuthClient) -> None:
    Application.objects.update(is_trusted=True)
    assert answer(printer.authorize())["code"]

    Application.objects.update(is_trusted=False)

    assert answer(printer.authorize(prompt="none"))["error"] == "consent_required"


@pytest.mark.rfc("8252", "8.6")
def test_trust_does_not_cover_an_address_where_another_program_could_listen(printer: OAuthClient) -> None:
    uri = "http://127.0.0.1/cb"
    application = OAuthClient(register_public(redirect_uris=[uri], is_trusted=True), printer.browser)

    assert application.authorize(redirect_uri=uri).status_code == 200


class TestAccounts:
    """A remembered yes is about the account that was chosen."""

    def test_the_account_of_the_last_time_is_taken_again(self, printer: OAuthClient, ada: Any) -> None:
        chosen = [MembershipFactory(user=ada).account for _ in range(3)][2]
        printer.code(form={"account": str(chosen.uuid)})

        printer.redeem(answer(printer.authorize())["code"])

        assert {grant.account_uuid for grant in Grant.objects.all()} == {chosen.uuid}

    def test_what_was_approved_for_one_account_is_not_approved_for_the_next(
        self, printer: OAuthClient, ada: Any
    ) -> None:
        album, studio = (str(MembershipFactory(user=ada).account.uuid) for _ in range(2))
        printer.decide(scope="read api.images.read", form={"account": album})

        printer.decide(scope="read", prompt="consent", form={"account": studio})

        silent = answer(printer.authorize(scope="api.images.read", prompt="none"))
        assert silent["error"] == "consent_required"

    def test_when_that_account_is_gone_the_person_is_asked(self, printer: OAuthClient, ada: Any) -> None:
        chosen = [MembershipFactory(user=ada).account for _ in range(3)][2]
        printer.code(form={"account": str(chosen.uuid)})

        chosen.memberships.all().delete()

        assert printer.authorize().status_code == 200
        assert answer(printer.authorize(prompt="none"))["error"] == "consent_required"

    def test_when_another_one_is_all_that_is_left_the_person_is_asked(
        self, printer: OAuthClient, ada: Any
    ) -> None:
        chosen, _ = (MembershipFactory(user=ada).account for _ in range(2))
        printer.code(form={"account": str(chosen.uuid)})

        chosen.memberships.all().delete()

        assert printer.authorize().status_code == 200

    def test_an_account_that_came_after_the_yes_was_not_part_of_it(
        self, printer: OAuthClient, ada: Any
    ) -> None:
        printer.code()

        MembershipFactory(user=ada)

        assert printer.authorize().status_code == 200
