"""Recent refusals: each refused request that names an application is kept under its own Request-Id."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.test import AsyncClient, Client

from oauthcore.models import Application, SecurityEvent
from oauthcore.recording import events
from tests.support.clock import NOON
from tests.support.factories import bearer
from tests.support.oauth import OAuthClient, post, with_person
from tests.support.refusals import header, kept, of, resources

pytestmark = pytest.mark.django_db

SECRET = "a-secret-that-nobody-may-ever-read-again"


@pytest.fixture
def oauth() -> OAuthClient:
    return with_person()


def decide(oauth: OAuthClient, transaction: str, **form: Any) -> Any:
    return oauth.decide(transaction=transaction, form=form)


def turned_off(oauth: OAuthClient, *, approved: bool = False) -> OAuthClient:
    if approved:
        oauth.code()
    Application.objects.update(is_enabled=False)
    return oauth


REFUSED: dict[str, tuple[Callable[[OAuthClient], Any], str, str]] = {
    "wrong secret": (lambda oauth: oauth.token(client_secret=SECRET), "invalid_client", "/oauth/token"),
    "no secret": (
        lambda oauth: post("/oauth/token", {"client_id": oauth.registered.client_id}),
        "invalid_client",
        "/oauth/token",
    ),
    "no grant type": (lambda oauth: oauth.token(), "invalid_request", "/oauth/token"),
    "unknown grant type": (
        lambda oauth: oauth.token(grant_type=SECRET),
        "unsupported_grant_type",
        "/oauth/token",
    ),
    "bad code": (lambda oauth: oauth.redeem(SECRET), "invalid_grant", "/oauth/token"),
    "bad verifier": (
        lambda oauth: oauth.redeem(oauth.code(), code_verifier=SECRET.ljust(43, "x")),
        "invalid_grant",
        "/oauth/token",
    ),
    "bad scope": (
        lambda oauth: oauth.token(grant_type="client_credentials", scope=SECRET),
        "invalid_scope",
        "/oauth/token",
    ),
    "somebody else's token": (
        lambda oauth: oauth.revoke(bearer()),
        "unauthorized_client",
        "/oauth/revoke",
    ),
    "introspection": (lambda oauth: oauth.introspect(None), "invalid_request", "/oauth/introspect"),
    "bad redirect URI": (
        lambda oauth: oauth.authorize(redirect_uri=f"https://{SECRET}.example/cb"),
        "invalid_request",
        "/oauth/authorize",
    ),
    "turned off": (
        lambda oauth: turned_off(oauth).authorize(),
        "invalid_request",
        "/oauth/authorize",
    ),
    "turned off, approved before": (
        lambda oauth: turned_off(oauth, approved=True).authorize(),
        "invalid_request",
        "/oauth/authorize",
    ),
    "no PKCE": (
        lambda oauth: oauth.authorize(code_challenge=None),
        "invalid_request",
        "/oauth/authorize",
    ),
    "unknown scope at the authorize page": (
        lambda oauth: oauth.authorize(scope=SECRET),
        "invalid_scope",
        "/oauth/authorize",
    ),
    "prompt=none": (lambda oauth: oauth.authorize(prompt="none"), "consent_required", "/oauth/authorize"),
    "a page that is none of ours": (
        lambda oauth: oauth.decide(transaction=SECRET),
        "invalid_request",
        "/oauth/authorize",
    ),
    "a scope that was not shown": (
        lambda oauth: oauth.decide(form={"scope": ["read", SECRET]}),
        "invalid_request",
        "/oauth/authorize",
    ),
    "an ended token": (
        lambda oauth: Client().get(
            "/plain", headers=header(of(oauth, revoked_at=NOON - timedelta(days=9999)))
        ),
        "invalid_token",
        "/plain",
    ),
    "a scope missing, DRF": (
        lambda oauth: Client().get("/drf/images", headers=header(of(oauth))),
        "insufficient_scope",
        "/drf/images",
    ),
    "no scope declared, DRF": (
        lambda oauth: Client().get("/drf/says-nothing", headers=header(of(oauth))),
        "insufficient_scope",
        "/drf/says-nothing",
    ),
    "a scope missing, plain": (
        lambda oauth: Client().get("/plain", headers=header(of(oauth, scopes=["api.images.read"]))),
        "insufficient_scope",
        "/plain",
    ),
    "a scope missing, async": (
        lambda oauth: Client().get("/plain/async", headers=header(of(oauth, scopes=["api.images.read"]))),
        "insufficient_scope",
        "/plain/async",
    ),
    "a token in the address": (
        lambda oauth: Client().get(f"/plain?access_token={of(oauth)}"),
        "invalid_request",
        "/plain",
    ),
}


every_case = pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=resources if endpoint.startswith(("/plain", "/drf")) else ())
        for case, (_, _, endpoint) in REFUSED.items()
    ],
)


@every_case
def test_a_refusal_is_found_by_its_request_id_with_the_error_the_reason_and_the_path(case, oauth):
    act, error, endpoint = REFUSED[case]

    answered = act(oauth)

    [row] = [one for one in kept() if one.request_id == answered["Request-Id"]]
    assert (row.application_ref, row.error, row.endpoint) == (oauth.registered.client_id, error, endpoint)
    assert row.reason
    assert str(row) == f"{error} at {row.at:%Y-%m-%d %H:%M:%S}"


@every_case
def test_a_refusal_repeats_nothing_that_was_sent(case, oauth):
    REFUSED[case][0](oauth)

    for row in kept():
        shown = f"{row.error} {row.reason} {row.endpoint}"
        assert SECRET not in shown
        assert "ref_api_" not in shown


@resources
def test_under_asgi_a_refusal_is_put_down_to_its_application_too(oauth, transactional_db):
    text = of(oauth)

    async def refused() -> Any:
        answered = await AsyncClient().get("/drf/images", headers=header(text))
        await sync_to_async(connections.close_all)()
        return answered

    answered = asyncio.run(refused())

    assert [(one.application_ref, one.request_id) for one in kept()] == [
        (oauth.registered.client_id, answered["Request-Id"])
    ]


@pytest.mark.parametrize(
    "act",
    [
        lambda: post("/oauth/token", {"client_id": "nobody", "client_secret": SECRET}),
        lambda: Client().get("/oauth/token"),
        lambda: Client().get("/v1/me", headers=header(SECRET)),
        lambda: Client().get("/oauth/authorize?client_id=nobody"),
    ],
)
def test_a_refusal_that_names_no_application_is_counted_and_not_kept(act):
    act()

    events.refusals.flush()
    assert SecurityEvent.objects.count() == 1
    assert kept() == []
