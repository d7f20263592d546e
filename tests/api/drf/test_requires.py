"""``requires``: nothing is open that does not say so, and no session stands in for a token (RFC 6750 §3)."""

from __future__ import annotations

import asyncio

import pytest
from django.core.checks import run_checks
from django.test import AsyncClient, Client

from oauthcore.models import SecurityEvent
from oauthcore.recording import events
from tests.support.coroutines import run
from tests.support.factories import UserFactory, bearer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.sites.resources"),
    pytest.mark.sqlite_only("a permission reads the verified token, without a query"),
]


@pytest.fixture
def browser():
    """Somebody is logged in here."""
    client = Client()
    client.force_login(UserFactory(username="ada"))
    return client


def header(text):
    return {"authorization": f"Bearer {text}"}


@pytest.mark.parametrize("path", ["/drf", "/drf/session-second", "/plain", "/plain/async"])
@pytest.mark.parametrize("text", ["nonsense", "", "a b"])
def test_a_bad_token_is_refused_although_the_browser_is_logged_in(path, text, browser):
    response = browser.get(path, headers=header(text))

    assert response.status_code == 401
    assert response.json()["error"] == "invalid_token"
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


@pytest.mark.parametrize(
    "path", ["/drf", "/drf/session-first", "/drf/session-second", "/plain", "/plain/async"]
)
def test_a_login_alone_opens_nothing_that_requires_a_scope(path, browser):
    response = browser.get(path)

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer ")


def test_a_bad_token_is_a_401_even_where_sessions_come_first(browser):
    """DRF would make it a 403 without a challenge: it asks the first class of the list."""
    for client in (Client(), browser):
        response = client.get("/drf/session-first", headers=header("nonsense"))

        assert response.status_code == 401
        assert response["WWW-Authenticate"].startswith("Bearer ")


def test_a_system_check_names_the_views_where_sessions_come_first():
    found = [error for error in run_checks() if error.id == "oauthcore.E014"]

    assert [error.msg.split()[0] for error in found] == ["tests.support.sites.resources.SessionFirst"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_view_that_does_not_say_what_it_requires_refuses_every_token(method):
    response = getattr(Client(), method)("/drf/says-nothing", headers=header(bearer()))

    assert (response.status_code, response.json()["error"]) == (403, "insufficient_scope")


def test_a_view_may_choose_at_run_time_but_not_choose_nothing():
    assert Client().get("/drf/chooses-later", headers=header(bearer())).status_code == 200
    assert Client().post("/drf/chooses-later", headers=header(bearer())).status_code == 403


def test_a_system_check_names_the_views_that_say_nothing():
    found = [error for error in run_checks() if error.id == "oauthcore.E011"]

    assert [error.msg for error in found] == ["tests.support.sites.resources.SaysNothing requires no scopes."]


@pytest.mark.urls("reference_site.urls")
def test_every_view_of_the_reference_site_says_what_it_requires():
    assert [error for error in run_checks() if error.id in ("oauthcore.E011", "oauthcore.E014")] == []


@pytest.mark.parametrize("path", ["/drf", "/plain", "/plain/async"])
def test_what_one_request_requires_is_not_left_over_for_the_next(path):
    without, with_it = bearer(scopes=["api.images.read"]), bearer()

    for _ in range(2):
        assert Client().get(path, headers=header(without)).status_code == 403
        assert Client().post(path, headers=header(with_it)).status_code == 200


def test_a_view_sees_the_person_and_the_token():
    text = bearer(user=UserFactory(username="grace"))

    for path in ("/drf", "/plain", "/plain/async"):
        assert Client().get(path, headers=header(text)).json() == {"user": "grace", "scopes": ["read"]}


def test_a_guarded_plain_view_needs_no_csrf_token_and_answers_json_when_it_breaks():
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)

    assert client.post("/plain", headers=header(bearer())).status_code == 200
    broken = client.get("/plain/breaks", headers=header(bearer()))
    assert (broken.status_code, broken.json()["error"]) == (500, "server_error")
    assert "a bug of the site" not in broken.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/v1/me", "/drf", "/plain", "/plain/async"])
def test_under_asgi_all_is_the_same(path):
    text, without = bearer(), bearer(scopes=["api.images.read"])

    async def statuses():
        client = AsyncClient()
        answers = [await client.get(path, headers=header(one)) for one in (text, without, "nonsense")]
        answers.append(await client.get(path))
        assert all(answer["Request-Id"] for answer in answers)
        return [answer.status_code for answer in answers]

    assert run(statuses()) == [200, 200 if path == "/v1/me" else 403, 401, 401]


@pytest.mark.django_db(transaction=True)
def test_under_asgi_requests_at_the_same_time_keep_their_own_ids_and_tokens():
    texts = {name: bearer(user=UserFactory(username=name)) for name in ("ada", "grace", "hedy", "joan")}

    async def ask(name):
        answer = await AsyncClient().get("/plain/async", headers=header(texts[name]))
        return answer.json()["user"], answer["Request-Id"]

    async def ask_all():
        return await asyncio.gather(*map(ask, texts))

    answers = run(ask_all())

    assert [user for user, _ in answers] == list(texts)
    assert len({request_id for _, request_id in answers}) == len(texts)


def test_refusals_are_counted_in_one_event_a_minute(clock):
    for _ in range(3):
        Client().get("/plain", headers=header("nonsense"))
    events.refusals.flush()

    event = SecurityEvent.objects.get()
    assert (event.kind, event.count) == ("request_refused", 3)
    assert event.reason.startswith("invalid_token: ")
    assert "nonsense" not in event.reason
