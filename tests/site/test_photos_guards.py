"""Every endpoint of the library asks for exactly its own scope, and shows nothing of another account."""

from __future__ import annotations

from uuid import uuid4

import pytest

from reference_site.accounts.roles import ALL_SCOPES
from reference_site.photos.urls import urlpatterns
from tests.support.reference_site.endpoints import BY_NAME, CALLS, ON_OBJECTS, objects_of, send
from tests.support.reference_site.factories import AccountFactory, token_for, token_without_account

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("scopes of views; the lists of the library run everywhere"),
]


@pytest.fixture
def objects(account):
    return objects_of(account)


@pytest.mark.parametrize("call", CALLS, **BY_NAME)
def test_the_one_scope_that_an_endpoint_needs_is_enough(call, account, objects, client_with):
    client = client_with(token_for(account, call.scope))

    assert send(client, call, objects).status_code in (
        {400} if call.scope == "api.upload" else {200, 201, 204}
    )


@pytest.mark.parametrize("call", CALLS, **BY_NAME)
def test_all_other_scopes_together_are_not_enough(call, account, objects, client_with):
    client = client_with(token_for(account, *ALL_SCOPES - {call.scope}))

    answer = send(client, call, objects)

    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    assert f'scope="{call.scope}"' in answer["WWW-Authenticate"]


@pytest.mark.parametrize("call", CALLS, **BY_NAME)
def test_without_a_token_there_is_a_challenge_and_no_error_in_it(call, objects, client):
    answer = getattr(client, call.method)(call.path.format(**objects))

    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer ")
    assert "error=" not in answer["WWW-Authenticate"]


@pytest.mark.parametrize("call", CALLS, **BY_NAME)
def test_an_application_acting_for_itself_reaches_no_account(call, objects, client_with):
    answer = send(client_with(token_without_account()), call, objects)

    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")


@pytest.mark.parametrize("call", ON_OBJECTS, **BY_NAME)
def test_an_object_of_another_account_answers_as_one_that_never_was(call, account, client_with):
    client = client_with(token_for(account))
    foreign = objects_of(AccountFactory())

    theirs = send(client, call, foreign)
    nobodys = send(client, call, {"image": uuid4(), "set": uuid4(), "keyword": 2**62})

    assert (theirs.status_code, theirs.json()) == (404, nobodys.json())
    assert nobodys.status_code == 404


@pytest.mark.parametrize("route", urlpatterns, ids=lambda route: str(route.pattern))
@pytest.mark.parametrize("method", ["put", "post", "patch", "delete", "get", "trace"])
def test_a_method_that_a_route_does_not_have_is_named_as_such(route, method, account, client_with):
    allowed = {one.method for one in CALLS if one.path.partition("?")[0].format(**_EXAMPLE) == _path(route)}
    if method in allowed | ({"get"} if "public" in _path(route) else set()):
        return
    answer = getattr(client_with(token_for(account)), method)(_path(route))

    assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
    assert {name.lower() for name in answer["Allow"].split(", ")} >= allowed


_EXAMPLE = {"image": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "keyword": 1}
_EXAMPLE["set"] = _EXAMPLE["image"]


def _path(route):
    text = (
        str(route.pattern)
        .replace("<uuid:uuid>", str(_EXAMPLE["image"]))
        .replace("<oauthcore_number:keyword_id>", "1")
    )
    return f"/{text}"


def test_any_page_may_call_the_library_but_never_with_credentials(api, client):
    preflight = client.options("/v1/images", headers={"Origin": "https://app.example"})
    answer = api.get("/v1/images", headers={"Origin": "https://app.example"})

    assert preflight["Access-Control-Allow-Origin"] == answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert "Authorization" in preflight["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=ten", "limit=%D9%A3", "cursor=%00", "cursor=!!", "cursor=LTE",
        "rating=6", "rating=-1", "set=none", "keyword=%00", "keyword=%ff", "rating=1&rating=2",
        "limit=5&limit=5", "keyword=" + "x" * 200, "cursor=" + "9" * 400,
        "cursor=OTk5OTk5OTk5OTk5OTk5OTk5OTk",
    ],
)  # fmt: skip
def test_a_query_that_means_nothing_is_refused(query, api):
    answer = api.get(f"/v1/images?{query}")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_empty_and_unknown_query_parameters_are_passed_over(api):
    assert api.get("/v1/images?keyword=&set=&rating=&cursor=&utm=1&utm=2").status_code == 200


def test_a_browser_that_would_rather_have_a_page_gets_json(api):
    answer = api.get("/v1/images?format=xml", headers={"Accept": "text/html"})

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
