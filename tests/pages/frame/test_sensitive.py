"""A scope that includes something sensitive is marked as sensitive on every page that shows it in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from oauthcore.flows.applications import scope_requests
from oauthcore.models import Application, Consent, ScopeRequest, ServiceToken
from tests.support.factories import open_grant, register, service_token
from tests.support.oauth import OAuthClient
from tests.support.pages.reading import text_of
from tests.support.reference_site.factories import MembershipFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("scopes are put into words in Python"),
]

#: Each includes what deletes images: one by its list, one by its name.
WIDE = {
    "everything": {"description": "Do everything here", "includes": ["api.images.delete"]},
    "api": {"description": "Do all that the API can"},
    "api:delete": {"description": "Delete at once", "sensitive": True},
}
STAFF = {name: {**words, "level": "staff"} for name, words in WIDE.items()}
ASKABLE = {name: {**words, "level": "approval"} for name, words in WIDE.items()}


@pytest.fixture(params=["everything", "api"], ids=["a bundle", "a parent"])
def wide(request: pytest.FixtureRequest, settings: Any) -> str:
    """The name of a scope that has no mark of its own and includes what has one."""
    name: str = request.param
    own = {**settings.OAUTHCORE["SCOPES"]}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": {**own, **WIDE}}
    return name


@pytest.fixture
def application(ada: Any, wide: str) -> Application:
    registered = register(scopes=[wide], owner=ada)
    return Application.objects.get(client_id=registered.client_id)


@pytest.fixture
def browser(ada: Any) -> Client:
    browser = Client()
    browser.force_login(ada)
    return browser


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


def words_of(wide: str) -> str:
    return str(WIDE[wide]["description"])


def is_marked(page: Any, wide: str) -> bool:
    """Return whether the mark follows the words, after at most the scope's name and level."""
    assert page.status_code == 200
    after = text_of(page).split(words_of(wide), 1)[1].removeprefix(f" {wide}").strip()
    return after.removeprefix("Needs approval ").startswith("Sensitive")


def test_on_the_consent_page_when_it_is_asked_for_and_when_it_was_allowed_before(
    browser: Client, ada: Any, wide: str
) -> None:
    MembershipFactory(user=ada)
    client = OAuthClient(register(scopes=[wide, "read"]), browser)

    assert is_marked(client.authorize(scope=wide), wide)
    client.tokens(scope=wide)
    again = client.authorize(scope=f"read {wide}")
    assert "You allowed this before" in text_of(again)
    assert is_marked(again, wide)


def test_among_connections(browser: Client, ada: Any, wide: str, application: Application) -> None:
    account = MembershipFactory(user=ada).account
    Consent.objects.create(user=ada, application=application, scopes=[wide], account_uuid=account.uuid)

    assert is_marked(browser.get("/oauth/connections/"), wide)


def in_level(settings: Any, words: dict[str, Any]) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": {**settings.OAUTHCORE["SCOPES"], **words}}


PAGES: dict[str, Callable[[int], str]] = {
    "overview": lambda number: f"/oauth/applications/{number}/",
    "settings": lambda number: f"/oauth/applications/{number}/edit",
    "scopes": lambda number: f"/oauth/applications/{number}/scopes",
}


@pytest.mark.parametrize("name", PAGES)
def test_on_the_pages_of_an_application_that_has_it(
    browser: Client, application: Application, wide: str, name: str
) -> None:
    assert is_marked(browser.get(PAGES[name](application.pk)), wide)


def test_on_the_form_for_a_new_application(browser: Client, wide: str) -> None:
    assert is_marked(browser.get("/oauth/applications/new"), wide)


@pytest.mark.parametrize("level", [STAFF, ASKABLE], ids=["staff give it", "staff approve it"])
@pytest.mark.parametrize("name", ["settings", "scopes"])
def test_where_an_application_does_not_have_it(
    browser: Client, application: Application, wide: str, settings: Any, level: dict[str, Any], name: str
) -> None:
    in_level(settings, level)
    Application.objects.update(scopes=["read"])

    assert is_marked(browser.get(PAGES[name](application.pk)), wide)


def test_where_it_was_asked_for(
    browser: Client, staff: Client, ada: Any, application: Application, wide: str, settings: Any
) -> None:
    in_level(settings, ASKABLE)
    Application.objects.update(scopes=["read"])
    application.refresh_from_db()
    scope_requests.ask(application, scope=wide, reason="People want to tidy up.", user=ada)
    asked = ScopeRequest.objects.get()

    assert is_marked(browser.get(PAGES["scopes"](application.pk)), wide)
    assert is_marked(staff.get(f"/admin/oauthcore/scoperequest/{asked.pk}/change/"), wide)
    chosen = {"action": "approve_selected", "_selected_action": asked.pk}
    assert is_marked(staff.post("/admin/oauthcore/scoperequest/", chosen), wide)


def test_in_the_admin_where_scopes_are_shown(
    staff: Client, ada: Any, application: Application, wide: str
) -> None:
    account = MembershipFactory(user=ada).account
    consent = Consent.objects.create(user=ada, application=application, scopes=[wide])
    grant = open_grant(user=ada, application=application, scopes=[wide])
    service_token(account.uuid, scopes=[wide])
    token = ServiceToken.objects.get()

    for path in (
        f"application/{application.pk}/change",
        f"consent/{consent.pk}/change",
        f"grant/{grant.pk}/change",
        "servicetoken/add",
        f"servicetoken/{token.pk}/change",
    ):
        assert is_marked(staff.get(f"/admin/oauthcore/{path}/"), wide), path


def test_in_the_list_of_service_tokens(staff: Client, ada: Any, wide: str) -> None:
    service_token(MembershipFactory(user=ada).account.uuid, scopes=[wide])

    assert f"{wide} Sensitive" in text_of(staff.get("/admin/oauthcore/servicetoken/"))
