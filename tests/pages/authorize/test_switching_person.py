"""Going on as somebody else: nothing that the first person allowed, or was shown, counts for the second.

Wire §2 points 5 and 6.
"""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import AuthorizationCode, Consent, Grant, LegacySwitch
from tests.support.factories import PASSWORD, UserFactory
from tests.support.oauth import OAuthClient, answer, me
from tests.support.pages.legacy import (
    OUT_OF_BAND,
    SHOWN,
    TOKEN,
    WAYS,
    at_browser_of,
    code_on,
    fragment_of,
    register_implicit,
    register_legacy,
)
from tests.support.pages.reading import boxes_of
from tests.support.reference_site.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben(db: None) -> Any:
    """Somebody else, who has a login too."""
    return UserFactory(username="ben")


def log_in(oauth: OAuthClient, path: str, username: str) -> Any:
    """Log in at the login page that an address leads to, and open the page that comes after it."""
    if not path.startswith("/login"):
        path = oauth.browser.get(path)["Location"]
    assert oauth.browser.get(path).status_code == 200, (
        "the login page is shown although somebody is logged in"
    )
    back = oauth.browser.post(path, {"username": username, "password": PASSWORD})["Location"]
    return oauth.browser.get(back)


def test_the_page_leads_to_the_login_and_back_as_somebody_else(printer: OAuthClient, ben: Any) -> None:
    page = printer.authorize()

    again = log_in(printer, page.context["switch_url"], "ben")

    assert again.context["person_name"] == "ben"
    response = printer.decide(transaction=again.context["transaction"])
    assert AuthorizationCode.objects.get().grant.user == ben
    token = printer.redeem(answer(response)["code"]).json()["access_token"]
    assert me(token).json()["user"]["username"] == "ben"


def test_what_the_first_person_allowed_is_not_kept_for_the_second(printer: OAuthClient, ben: Any) -> None:
    printer.decide(scope="read")
    page = printer.authorize(scope="read api.images.read")
    assert list(boxes_of(page)) == ["api.images.read"]

    again = log_in(printer, page.context["switch_url"], "ben")

    assert list(boxes_of(again)) == ["read", "api.images.read"]
    assert again.context["kept"] == []
    assert printer.authorize(scope="read", prompt="none")["Location"].count("consent_required") == 1


def test_the_page_of_the_first_person_answers_nothing_any_more(printer: OAuthClient, ben: Any) -> None:
    page = printer.authorize()
    log_in(printer, page.context["switch_url"], "ben")

    assert printer.decide(transaction=page.context["transaction"]).status_code == 400
    assert not Grant.objects.exists()
    assert not Consent.objects.exists()


def test_each_gets_their_own_consent_back(printer: OAuthClient, ben: Any) -> None:
    printer.decide(scope="read api.images.read")
    log_in(printer, printer.authorize(prompt="consent").context["switch_url"], "ben")
    printer.decide(scope="read")

    assert answer(printer.authorize(scope="read", prompt="none"))["code"]
    silent = printer.authorize(scope="api.images.read", prompt="none")
    assert answer(silent)["error"] == "consent_required"
    login = printer.authorize(scope="api.images.read").context["switch_url"]
    assert answer(log_in(printer, login, "ada"))["code"]


def test_the_accounts_are_those_of_the_person_who_came_back(printer: OAuthClient, ada: Any, ben: Any) -> None:
    MembershipFactory(user=ada)
    theirs = MembershipFactory(user=ben).account

    again = log_in(printer, printer.authorize().context["switch_url"], "ben")

    assert [one["uuid"] for one in again.context["accounts"]] == [str(theirs.uuid)]


@pytest.mark.parametrize("asked", [{"force_login": "true"}, {"prompt": "login"}], ids=str)
@pytest.mark.parametrize("way", [name for name in WAYS if name != "out of band"])
def test_a_legacy_application_may_ask_for_credentials_again_as_well(
    printer: OAuthClient, ben: Any, way: str, asked: dict[str, str]
) -> None:
    changes, leave = WAYS[way]
    old = at_browser_of(printer, register_legacy(**leave))
    old.decide(**changes)

    page = log_in(old, old.authorize(**changes, **asked)["Location"], "ben")

    assert page.context["person_name"] == "ben"
    assert old.authorize(**changes, **asked)["Location"].startswith("/login?")


@pytest.mark.parametrize("asked", [{"force_login": "true"}, {"prompt": "login"}], ids=str)
def test_whoever_gives_them_again_is_not_asked_again_for_what_they_allowed(
    printer: OAuthClient, asked: dict[str, str]
) -> None:
    implicit = at_browser_of(printer, register_implicit())
    shown = at_browser_of(printer, register_legacy(redirect_uris=[OUT_OF_BAND]))
    implicit.decide(**TOKEN)
    shown.decide(**SHOWN)

    token = fragment_of(log_in(implicit, implicit.authorize(**TOKEN, **asked)["Location"], "ada"))
    code = code_on(log_in(shown, shown.authorize(**SHOWN, **asked)["Location"], "ada"))

    assert me(token["access_token"]).status_code == 200
    assert shown.redeem(code, **SHOWN).status_code == 200


def test_silence_and_credentials_do_not_go_together_for_a_token_either(printer: OAuthClient) -> None:
    old = at_browser_of(printer, register_implicit())
    old.decide(**TOKEN)

    silent = fragment_of(old.authorize(**TOKEN, prompt="none", force_login="true"))

    assert silent["error"] == "login_required"


def test_a_trusted_application_asks_for_credentials_where_it_wants_to(printer: OAuthClient, ben: Any) -> None:
    trusted = at_browser_of(
        printer, register_legacy(LegacySwitch.OPTIONAL_PKCE, is_trusted=True, name="Our own")
    )

    response = log_in(trusted, trusted.authorize(force_login="true")["Location"], "ben")

    assert answer(response)["code"]
    assert Grant.objects.get().user == ben
