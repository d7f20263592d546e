"""Every page in every state that matters to its layout: with long names, with errors, with nothing there.

The states are made with Django's test client, and shown by a browser at the address of the running site, so
that style sheets and scripts are the site's own. Each test that is about all pages walks through them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import Page, Route
from pytest_django.live_server_helper import LiveServer

from oauthcore import conf
from oauthcore.flows.applications.scope_requests import ask, refuse
from oauthcore.models import Application, LegacySwitch, LegacyUse, Passkey, Refusal, ScopeRequest
from oauthcore.recording import legacy_use
from oauthcore.rules.tokens.secrets import digest_of
from reference_site.accounts.roles import Role
from reference_site.scopes import SCOPES
from tests.support.browser.device_pages import device_pages
from tests.support.browser.openid_pages import openid_pages
from tests.support.described_client import read_before
from tests.support.factories import UserFactory, bearer, device_session, register
from tests.support.oauth import OAuthClient
from tests.support.pages.authenticator_app import STEP, show_password, switch_on
from tests.support.pages.developer import LIST, NEW, Developer
from tests.support.pages.legacy import OUT_OF_BAND, SHOWN, register_legacy
from tests.support.pages.security import SECURITY, begin, do
from tests.support.reference_site.factories import AccountFactory, MembershipFactory, picture

CONNECTIONS = "/oauth/connections/"
LONG_NAME = "The International Photographic Printing Cooperative of Northern Scandinavia"
ENDLESS_NAME = "W" * 100
LONG_HOST = f"{'printing' * 7}.{'cooperative' * 5}.example"
REASON = "We print the albums that people order with us, and delete what they threw away. " * 3

#: Name of the state, and the page.
Shown = tuple[str, Any]


def show(page: Page, site: LiveServer, response: Any) -> None:
    """Have the browser show a page that was made, at an address of the site."""

    def answer(route: Route) -> None:
        route.fulfill(body=response.content, content_type="text/html; charset=utf-8")

    page.unroute_all()
    page.route("**/shown", answer)
    page.goto(f"{site.url}/shown")


def _browser_of(user: Any) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def _front() -> Iterator[Shown]:
    yield "front without an application", Client().get("/")
    register(client_id="photo-desk", name="Photo Desk", client_type="public", scopes=list(SCOPES))
    yield "front", Client().get("/")
    yield "front of somebody", _browser_of(UserFactory(username="w" * 60)).get("/")


def _logging_in() -> Iterator[Shown]:
    user = UserFactory(username="ada.with.a.long.name@photographic-cooperative.example")
    asking = OAuthClient(register(name=LONG_NAME), Client())
    yield "login", Client().get("/login")
    yield "login for an application", asking.browser.get(asking.authorize()["Location"])
    yield "login refused", Client().post("/login", {"username": "ada", "password": "wrong"})
    switch_on(user)
    browser = Client()
    show_password(browser, user.username)
    yield "second step", browser.get(STEP)
    yield "second step, wrong code", browser.post(STEP, {"code": "000000"})
    yield "second step, recovery code", browser.get(f"{STEP}?with=recovery_code")
    for _ in range(5):
        over = browser.post(STEP, {"code": "000000"})
    yield "second step, over", over


def _consent() -> Iterator[Shown]:
    user = UserFactory(username="grace", first_name="Grace Brewster", last_name="Murray-Hopper-" * 3)
    browser = _browser_of(user)
    everything = " ".join(SCOPES)

    def asking(**values: Any) -> OAuthClient:
        return OAuthClient(
            register(**{"scopes": list(SCOPES), "website": f"https://{LONG_HOST}/", **values}), browser
        )

    yield "consent without an account", asking(name=LONG_NAME).authorize(scope=everything)
    MembershipFactory(user=user, account=AccountFactory(name=LONG_NAME), role=Role.VIEWER)
    yield "consent, one account", asking(name=ENDLESS_NAME).authorize(scope=everything)
    for name in (ENDLESS_NAME, "The Family"):
        account = MembershipFactory(user=user, account=AccountFactory(name=name), role=Role.EDITOR).account
    yield "consent, accounts", asking(name=LONG_NAME).authorize(scope=everything)
    verified = asking(name=LONG_NAME, required_scopes=["read"])
    Application.objects.filter(client_id=verified.registered.client_id).update(is_verified=True)
    yield "consent, verified", verified.authorize(scope=everything, resource=conf.issuer())
    yield "consent, nothing ticked", asking().decide(form={"scope": [], "account": str(account.uuid)})
    known = asking()
    known.tokens(scope="read api.images.delete", form={"account": str(account.uuid)})
    yield "consent, more", known.authorize(scope=everything)
    device = "com.example.a-rather-long-name-of-an-application:/cb"
    yield "consent, device", asking(redirect_uris=[device]).authorize(redirect_uri=device)
    for host, uri in ((LONG_HOST, "https://tool.example/cb"), ("tool.example", "http://127.0.0.1/cb")):
        tool = read_before(f"https://{host}/client", uri, scopes=list(SCOPES), browser=browser)
        yield f"consent, unregistered, {uri}", tool.authorize(scope="read", redirect_uri=uri)
        tool.decide(redirect_uri=uri, form={"account": str(account.uuid)})
    yield "connections, unregistered", browser.get(CONNECTIONS)
    by_hand = OAuthClient(
        register_legacy(LegacySwitch.OPTIONAL_PKCE, name=ENDLESS_NAME, redirect_uris=[OUT_OF_BAND]), browser
    )
    yield "consent, code", by_hand.authorize(**SHOWN)
    yield "code", by_hand.decide(**SHOWN)


def _errors() -> Iterator[Shown]:
    browser = _browser_of(UserFactory(username="errant"))
    yield "error: unknown application", browser.get("/oauth/authorize?client_id=nobody")
    strange = OAuthClient(register(name=LONG_NAME), browser)
    yield "error: redirect URI", strange.authorize(redirect_uri="https://elsewhere.example/cb")
    yield "error: page answered", strange.decide(transaction="nonsense")
    yield "error: nothing here", browser.get("/oauth/nothing")
    yield "error: form expired", Client(enforce_csrf_checks=True).post("/login", {})
    yield "error: method", browser.put("/oauth/connections/")


def _connections() -> Iterator[Shown]:
    user = UserFactory(username="curie")
    browser = _browser_of(user)
    yield "connections, none", browser.get(CONNECTIONS)
    for number, name in enumerate((LONG_NAME, ENDLESS_NAME, "Desk \u202e" + "ab " * 25)):
        account = MembershipFactory(user=user, account=AccountFactory(name=name)).account
        application = register(name=name, website=f"https://{LONG_HOST}/" if number else "").application
        bearer(user=user, application=application, account_uuid=account.uuid, scopes=list(SCOPES))
        device_session(user, label=name)
    Application.objects.filter(name=LONG_NAME).update(is_enabled=False)
    yield "connections", browser.get(CONNECTIONS)
    yield "connections, one ended", _after(browser, CONNECTIONS, {"all": "devices"})


def _security() -> Iterator[Shown]:
    user = UserFactory(username="turing")
    browser = _browser_of(user)
    yield "security, off", browser.get(SECURITY)
    yield "security, wrong password", do(browser, "begin", password="wrong")
    app = begin(browser)
    yield "security, key", browser.get(SECURITY)
    yield "security, wrong code", do(browser, "confirm", code=app.wrong_code())
    yield "recovery codes", do(browser, "confirm", code=app.code(steps=-1))
    Passkey.objects.create(user=user, name=ENDLESS_NAME, digest=digest_of("a key"), credential=b"1")
    for name in (LONG_NAME, ENDLESS_NAME):
        device_session(user, label=name)
    yield "security, on", browser.get(SECURITY)
    yield "security, renewing refused", do(browser, "renew", password="wrong", code="000000")
    yield "passkey, new", browser.get(f"{SECURITY}passkeys/new")
    wrong = {"name": "", "password": "wrong", "code": "000000"}
    yield "passkey, refused", browser.post(f"{SECURITY}passkeys/new", wrong)
    yield "passkey, remove", browser.get(f"{SECURITY}passkeys/{Passkey.objects.get().pk}/remove")


def _applications() -> Iterator[Shown]:
    new = Developer(UserFactory(username="noether"))
    yield "applications, none", new.get(LIST)
    yield "new application", new.get(NEW)
    yield "new application, refused", new.register(name="", redirect_uris="http://x.example", scopes=None)
    yield "secret", new.register(name=LONG_NAME)
    many = Developer(UserFactory(username="lovelace"))
    for number in range(20):
        many.has(name=(LONG_NAME, ENDLESS_NAME)[number % 2])
    yield "applications", many.get(LIST)
    yield "applications, no more", many.get(NEW)


def _application() -> Iterator[Shown]:
    developer = Developer(UserFactory(username="hypatia"))
    uris = [f"https://{LONG_HOST}/{'path/' * 12}", OUT_OF_BAND]
    mine = developer.has(
        name=LONG_NAME,
        profile="oauth2.0",
        legacy_switches=list(LegacySwitch),
        redirect_uris=uris,
        website=f"https://{LONG_HOST}/",
        scopes=["read", "write", "api.images.read"],
        required_scopes=["read"],
    )
    bearer(application=mine)
    logo = SimpleUploadedFile("logo.png", picture(kind="PNG"), "image/png")
    developer.change(mine, logo=logo)
    mine.refresh_from_db()
    for habit in LegacyUse.Habit:
        legacy_use.note(mine, habit, example=uris[0])
    legacy_use.batch.flush()
    for error in ("invalid_grant", "insufficient_scope"):
        Refusal.objects.create(
            application_ref=mine.client_id,
            request_id="f" * 32,
            error=error,
            reason="the redirect URI is not the one the code was sent to, " * 3,
            endpoint="/v1/" + "a-long-path-without-a-place-to-break" * 5,
        )
    for part in ("", "edit", "secrets", "scopes", "refusals", "upgrade", "delete"):
        yield f"application, {part or 'overview'}", developer.see(mine, part)
    yield "application, settings refused", developer.change(mine, name="", redirect_uris="nonsense")
    yield "application, new secret", developer.rotate(mine, overlap=86400)
    yield "application, two secrets", developer.see(mine, "secrets")
    yield "application, name mistyped", developer.send(mine, "delete", name="wrong")
    ask(mine, scope="api.images.delete", reason=REASON, user=developer.user)
    yield "application, scope asked for", developer.see(mine, "scopes")
    refuse(ScopeRequest.objects.get(), staff=UserFactory(is_staff=True), answer=REASON)
    yield "application, scope refused", developer.see(mine, "scopes")
    yield "application, asking refused", developer.send(mine, "scopes", scope="nonsense", reason="x")
    yield (
        "application, switched off",
        _after(developer.browser, f"{LIST}{mine.pk}/switch", {"is_enabled": ""}),
    )
    yield "application, refusal not found", developer.see(mine, f"refusals?request_id={'0' * 32}")
    yield "application, upgrade unread", developer.send(mine, "upgrade", mark="nonsense")


def _after(browser: Client, path: str, form: dict[str, str]) -> Any:
    """Send a form, and return the page that it leads to."""
    return browser.post(path, form, follow=True)


#: The pages in parts, so that a test of all of them can be run in parts.
PARTS: dict[str, Callable[[], Iterator[Shown]]] = {
    "front": _front,
    "logging in": _logging_in,
    "consent": _consent,
    "device": device_pages,
    "signing in to others": openid_pages,
    "errors": _errors,
    "connections": _connections,
    "security": _security,
    "applications": _applications,
    "one application": _application,
}

on_every_page = pytest.mark.parametrize("pages", PARTS.values(), ids=PARTS)
