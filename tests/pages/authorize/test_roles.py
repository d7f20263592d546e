"""Nobody is promised what their role on the account denies: on the consent page, among connections, at use.

Wire §2 point 6.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from oauthcore.accounts import Account
from oauthcore.models import Application
from reference_site.accounts.backend import MembershipBackend
from reference_site.accounts.roles import Role
from tests.support.factories import register, sign_in_token
from tests.support.oauth import OAuthClient
from tests.support.pages.reading import text_of
from tests.support.reference_site.factories import AccountFactory, ImageFactory, MembershipFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("roles are compared in Python after one query of the site"),
]

SCOPES = "read api.images.read api.images.delete"
DELETE = "Delete images, for good"


@pytest.fixture
def cleaner(printer: OAuthClient) -> OAuthClient:
    return OAuthClient(register(scopes=SCOPES.split()), printer.browser)


def member(person: Any, name: str, role: Role) -> Any:
    return MembershipFactory(user=person, account=AccountFactory(name=name), role=role)


def struck(page: Any) -> list[str]:
    """Return the scopes whose rows are struck through whatever account is chosen."""
    return re.findall(r'class="row is-denied[^>]*>\s*<input[^>]* value="([^"]*)"', page.content.decode())


def call(method: str, path: str, token: str) -> Any:
    return Client().generic(method, path, headers={"authorization": f"Bearer {token}"})


def test_what_the_role_denies_is_struck_through_with_the_reason(cleaner: OAuthClient, ada: Any) -> None:
    member(ada, "The Family", Role.VIEWER)

    page = cleaner.authorize(scope=SCOPES)

    assert struck(page) == ["api.images.delete"]
    assert f"{DELETE} Sensitive not as a viewer of The Family" in text_of(page)
    assert "An application can never do more than you can" in text_of(page)


def test_the_reason_is_good_english_for_an_editor(cleaner: OAuthClient, ada: Any) -> None:
    member(ada, "The Family", Role.EDITOR)

    assert "not as an editor of The Family" in text_of(cleaner.authorize(scope=SCOPES))


def test_an_owner_is_told_of_no_role(cleaner: OAuthClient, ada: Any) -> None:
    member(ada, "The Family", Role.OWNER)

    page = cleaner.authorize(scope=SCOPES)

    assert struck(page) == []
    assert "The Family" in text_of(page)
    assert "can never do more" not in text_of(page)


def test_with_several_accounts_each_reason_names_its_account(cleaner: OAuthClient, ada: Any) -> None:
    member(ada, "Harbour Studio", Role.OWNER)
    member(ada, "The Family", Role.VIEWER)

    page = cleaner.authorize(scope=SCOPES)

    assert struck(page) == []
    assert "denied-on-2" in page.content.decode()
    assert 'data-account="2"' in page.content.decode()
    assert text_of(page).count("not as a viewer of The Family") == 1
    assert "of Harbour Studio" not in text_of(page)


def test_of_more_accounts_than_the_stylesheet_follows_the_rest_is_one_sentence(
    cleaner: OAuthClient, ada: Any
) -> None:
    for number in range(23):
        member(ada, f"Studio {number:02}", Role.VIEWER)

    said = text_of(cleaner.authorize(scope=SCOPES))

    assert said.count("not as a viewer of") == 20
    assert said.count("not on some of your other accounts") == 1


def test_what_was_allowed_before_is_struck_through_too_once_the_role_is_narrower(
    cleaner: OAuthClient, ada: Any
) -> None:
    family = member(ada, "The Family", Role.OWNER)
    cleaner.tokens(scope="read api.images.delete")
    type(family).objects.update(role=Role.VIEWER)

    said = text_of(cleaner.authorize(scope=SCOPES))

    assert "You allowed this before Read your profile" in said
    assert f"{DELETE} Sensitive not as a viewer of The Family" in said


def test_a_person_without_an_account_is_not_promised_what_works_on_one(cleaner: OAuthClient) -> None:
    page = cleaner.authorize(scope=SCOPES)

    assert struck(page) == ["api.images.read", "api.images.delete"]
    assert "not without an account, and you have none" in text_of(page)


def test_of_a_bundle_the_page_says_which_part_the_role_denies(
    cleaner: OAuthClient, ada: Any, settings: Any
) -> None:
    words = {**settings.OAUTHCORE["SCOPES"], "library": {"includes": SCOPES.split()}}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": words}
    Application.objects.update(scopes=["library"])
    member(ada, "The Family", Role.VIEWER)

    page = cleaner.authorize(scope="library")

    assert struck(page) == []
    assert f"library Sensitive not as a viewer of The Family: {DELETE}" in text_of(page)


def test_an_account_of_a_site_that_has_no_word_for_roles_is_named_alone(
    cleaner: OAuthClient, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = Account(uuid=member(ada, "The Family", Role.VIEWER).account.uuid, name="Us", scopes=frozenset())
    monkeypatch.setattr(MembershipBackend, "accounts_of", lambda *_: [viewer])

    assert f"{DELETE} Sensitive not on Us" in text_of(cleaner.authorize(scope=SCOPES))


def test_a_site_without_accounts_promises_what_its_scopes_say(cleaner: OAuthClient, settings: Any) -> None:
    backend = "oauthcore.accounts.NoAccounts"
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ACCOUNT_BACKEND": backend}

    page = cleaner.authorize(scope=SCOPES)

    assert struck(page) == []
    assert "not without an account" not in text_of(page)


def test_the_page_of_connections_leaves_out_what_the_role_denies_now(cleaner: OAuthClient, ada: Any) -> None:
    family = member(ada, "The Family", Role.VIEWER)
    cleaner.tokens(scope=SCOPES)

    said = text_of(cleaner.browser.get("/oauth/connections/"))
    assert "Read images, sets, keywords and facets" in said
    assert DELETE not in said

    type(family).objects.update(role=Role.OWNER)
    assert DELETE in text_of(cleaner.browser.get("/oauth/connections/"))


def test_what_an_account_that_was_lost_allowed_is_left_out(cleaner: OAuthClient, ada: Any) -> None:
    family = member(ada, "The Family", Role.OWNER)
    cleaner.tokens(scope=SCOPES)
    family.delete()

    said = text_of(cleaner.browser.get("/oauth/connections/"))

    assert "an account that you no longer belong to" in said
    assert "Read your profile" in said
    assert DELETE not in said


def test_the_403_says_that_the_role_does_not_allow_it_and_not_that_the_token_lacks_it(
    cleaner: OAuthClient, ada: Any
) -> None:
    family = member(ada, "The Family", Role.VIEWER)
    token = cleaner.tokens(scope=SCOPES)["access_token"]
    image = ImageFactory(account=family.account)

    for one in (token, sign_in_token(ada, family.account.uuid)):
        refused = call("DELETE", f"/v1/images/{image.uuid}", one)

        assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")
        assert "role" in refused.json()["error_description"]
        assert 'scope="api.images.delete"' in refused["WWW-Authenticate"]


def test_the_403_says_that_the_token_lacks_the_scope_where_it_does(cleaner: OAuthClient, ada: Any) -> None:
    family = member(ada, "The Family", Role.VIEWER)
    token = cleaner.tokens(scope="read")["access_token"]

    refused = call("DELETE", f"/v1/images/{ImageFactory(account=family.account).uuid}", token)

    assert refused.json()["error_description"] == "The access token does not have the scope that this needs."


def test_the_403_says_that_there_is_no_account_where_there_is_none(cleaner: OAuthClient) -> None:
    token = cleaner.tokens(scope=SCOPES)["access_token"]

    refused = call("GET", "/v1/images", token)

    assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")
    words = "This needs an account, but the access token has no account."
    assert refused.json()["error_description"] == words
