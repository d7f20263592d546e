"""Rows that need no login: each request that can write some is bounded, and the rest write none.

The table is ``docs/security.md``; here 200 addresses send every request of it, and every route of the site.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from oauthcore.models import Application, CleanupRun, LimitWindow
from oauthcore.recording import events
from oauthcore.recording import refusals as recent_refusals
from oauthcore.recording.writing import BATCHES
from tests.support.cleaning import clean_up
from tests.support.devices.television import register_television
from tests.support.factories import Registered, UserFactory, register, register_public
from tests.support.oauth import OAuthClient

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.no_cover,
    pytest.mark.sqlite_only("what bounds the rows is in races/test_limits.py"),
]

#: Enough to go over every bound that does not grow with them.
ADDRESSES = 200
MINUTE, HOUR, DAY = 60, 3600, 86_400
#: One row for each reason there is, and the reasons of this test are far fewer.
REASONS = 40


def rows() -> Counter[str]:
    """Return how many rows every table has, with what was counted in memory written first."""
    for batch in BATCHES:
        batch.flush()
    models = (model for model in apps.get_models() if model is not CleanupRun)  # the one row of clean_up()
    return Counter({model.__name__: model._default_manager.count() for model in models})


def added(before: Counter[str]) -> dict[str, int]:
    return dict(rows() - before)


def addresses(count: int = ADDRESSES) -> Iterator[Client]:
    for number in range(count):
        yield Client(REMOTE_ADDR=f"198.51.{number // 250}.{number % 250}")


def wrong_password(client: Client, login: str) -> None:
    device = {"name": "x", "platform": "y"}
    members = {"login": login, "password": "wrong", "device": device}
    client.post("/v1/auth/sign_in", members, content_type="application/json")


def wrong_secret(client: Client, path: str, client_id: str) -> None:
    client.post(
        path, {"client_id": client_id, "client_secret": "x", "token": "x", "grant_type": "refresh_token"}
    )


def waiting_request(client: Client, client_id: str) -> None:
    client.get("/oauth/authorize", {"client_id": client_id, "response_type": "code", "prompt": "login"})


def registration(client: Client) -> None:
    client.post("/api/v1/apps", {"client_name": "x", "redirect_uris": "https://x.example/cb"})


def dynamic_registration(client: Client) -> None:
    members = {"redirect_uris": ["https://x.example/cb"]}
    client.post("/oauth/register", members, content_type="application/json")


def device(client: Client, client_id: str) -> None:
    client.post("/oauth/device_authorization", {"client_id": client_id})


def push(client: Client, public: Registered) -> None:
    client.post("/oauth/par", OAuthClient(public).parameters())


def test_what_200_addresses_write_without_a_login_is_what_the_table_says(clock: Any) -> None:
    UserFactory(username="ada")
    client_id, television = register().client_id, register_television().client_id
    public = register_public()
    paths = cycle(["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth2/token", "/oauth2/revoke"])
    before = rows()
    for client in addresses():
        wrong_password(client, "ada")
        wrong_password(client, f"made-up-{uuid4()}")
        client.post("/login", {"username": "made-up", "password": "wrong"})
        wrong_secret(client, next(paths), client_id)
        wrong_secret(client, next(paths), f"made-up-{uuid4()}")
        waiting_request(client, client_id)
        registration(client)
        dynamic_registration(client)
        device(client, television)
        push(client, public)

    written = added(before)

    # For each address: itself, three logins there, the made-up one everywhere; itself and two applications;
    # the waiting request; two registrations; device; push. Once: ada and "made-up" everywhere, registrations.
    assert written.pop("LimitWindow") == ADDRESSES * (5 + 3 + 1 + 2 + 1 + 1) + 3
    assert written.pop("SecurityEvent") - 2 * ADDRESSES <= 2 * events.MOST_A_MINUTE + REASONS
    assert written.pop("Refusal") <= recent_refusals.MOST_OF_STRANGERS
    assert written.pop("Application") == written.pop("ClientSecret") == 2 * ADDRESSES
    assert written.pop("DeviceAuthorization") == written.pop("PushedRequest") == ADDRESSES
    assert written == {"DynamicRegistration": ADDRESSES, "Session": ADDRESSES}

    clock.shift(3 * HOUR)
    clean_up()
    assert LimitWindow.objects.count() == 0
    clock.shift(91 * DAY)
    clean_up()
    call_command("clearsessions")
    assert added(before) == {}


def test_a_second_time_from_the_same_addresses_the_same_rows_count(clock: Any) -> None:
    UserFactory(username="ada")
    client_id = register().client_id
    for _ in range(2):
        before = rows()
        for client in addresses(20):
            wrong_password(client, "ada")
            wrong_secret(client, "/oauth/token", client_id)
        written = added(before)
        clock.shift(10 * MINUTE)

    assert written.get("LimitWindow", 0) == 0


def test_of_a_flood_of_registrations_the_newest_are_kept(settings: Any, clock: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "UNUSED_APPLICATIONS": 10}
    ours = register().client_id
    for client in addresses(30):
        registration(client)
    newest = set(Application.objects.order_by("-pk").values_list("pk", flat=True)[:10])
    assert clean_up()["unused applications beyond the newest"] == 0, "of the last day all are kept"
    clock.shift(2 * DAY)

    assert clean_up()["unused applications beyond the newest"] == 20

    kept = Application.objects.exclude(client_id=ours)
    assert set(kept.values_list("pk", flat=True)) == newest


def routes(patterns: Any = None, lead: str = "/") -> Iterator[str]:
    """Yield an address of every route of the reference site."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = lead + str(one.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield _filled(route)


def _filled(route: str) -> str:
    for kind, value in {"uuid": str(uuid4()), "int": "1", "slug": "a", "str": "a", "path": "a"}.items():
        route = "".join(
            part if not part.startswith(f"<{kind}:") else value + part.partition(">")[2]
            for part in _split(route)
        )
    return route


def _split(route: str) -> list[str]:
    parts = route.split("<")
    return [parts[0], *(f"<{part}" for part in parts[1:])]


def asked(client: Client, path: str) -> list[Callable[[], Any]]:
    body = {
        "token": "x",
        "code": "x",
        "mfa_token": "x",
        "refresh_token": "x",
        "username": "",
        "uuid": str(uuid4()),
    }
    return [
        partial(client.get, path),
        partial(client.post, path, body),
        partial(client.post, path, json.dumps(body), content_type="application/json"),
        partial(client.put, path, json.dumps(body), content_type="application/json"),
        partial(client.patch, path, json.dumps(body), content_type="application/json"),
        partial(client.delete, path),
    ]


def test_every_other_request_without_a_login_writes_nothing_but_refusals(clock: Any) -> None:
    paths = sorted(set(routes()))
    assert len(paths) > 80
    first = before = rows()
    wrote: dict[str, list[str]] = {}
    sent = 0
    for path in paths:
        for number in range(len(asked(Client(), path))):
            # Each from an address of its own.
            client = Client(REMOTE_ADDR=f"198.51.{sent // 250}.{sent % 250}", raise_request_exception=True)
            asked(client, path)[number]()
            sent += 1
        written = {name: count for name, count in added(before).items() if count}
        for refusals in ("SecurityEvent", "Refusal"):
            written.pop(refusals, None)
        if written:
            wrote[path] = list(written)
            before = rows()

    # They are in the table: a registration counts whatever it says.
    assert wrote == {"/api/v1/apps": ["LimitWindow"], "/oauth/register": ["LimitWindow"]}
    assert sent >= ADDRESSES
    assert added(first)["SecurityEvent"] <= 2 * events.MOST_A_MINUTE + REASONS

    clock.shift(91 * DAY)
    clean_up()
    assert added(first) == {}


def test_the_flood_of_refusals_beyond_the_allowance_is_one_row_for_each_reason(clock: Any) -> None:
    for client in addresses(300):
        client.get("/v1/me", headers={"authorization": "Bearer nonsense"})
    events.refusals.flush()

    kept = events.SecurityEvent.objects.filter(kind="request_refused")
    assert kept.count() == events.MOST_A_MINUTE + 1
    assert sum(kept.values_list("count", flat=True)) == 300
    (merged,) = [one for one in kept if not one.address]
    assert (merged.count, merged.application_ref) == (200, "")
