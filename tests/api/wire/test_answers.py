"""What is the same on every answer: ids, caching, CORS, errors in the contract's form (RFC 6749 §5)."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from oauthcore.logging import RequestIdFilter
from oauthcore.models import SecurityEvent
from oauthcore.recording import events
from tests.support.factories import bearer, register, register_public
from tests.support.oauth import OAuthClient, me, post, with_person
from tests.support.reference_site.factories import AccountFactory, token_for

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("headers and members that all answers have in common"),
]

JSON_ROUTES = [
    "/oauth/token",
    "/oauth/revoke",
    "/oauth/introspect",
    "/oauth2/token",
    "/oauth2/revoke",
    "/api/v1/oauth2/placebo",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resource",
    "/v1/me",
    "/v1/images",
    "/v1/public/images",
]
PAGES = ["/oauth/authorize", "/login", "/"]
ELSEWHERE = ["/nothing-here", "/v1/nothing-here", "/admin/", "/oauth/token/"]

at_every_json_route = pytest.mark.parametrize("path", JSON_ROUTES)


@pytest.mark.parametrize("path", JSON_ROUTES + PAGES + ELSEWHERE)
@pytest.mark.parametrize("method", ["get", "post", "options", "delete"])
def test_every_answer_has_a_request_id_of_ours(path, method):
    answers = [getattr(Client(), method)(path, headers={"request-id": "theirs"}) for _ in range(2)]

    first, second = (answer["Request-Id"] for answer in answers)
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second


def test_the_request_id_is_the_one_in_the_log_and_in_the_security_event(caplog):
    caplog.handler.addFilter(RequestIdFilter())
    oauth = with_person()
    code = oauth.code()
    oauth.redeem(code)
    caplog.clear()

    response = oauth.redeem(code)

    assert SecurityEvent.objects.get(kind="code_replayed").request_id == response["Request-Id"]
    ours = [record for record in caplog.records if record.name == "oauthcore"]
    assert ours
    assert {record.request_id for record in ours} == {response["Request-Id"]}


def test_the_request_id_of_a_refusal_is_the_one_in_its_event():
    response = me("nonsense")
    events.refusals.flush()

    assert SecurityEvent.objects.get(kind="request_refused").request_id == response["Request-Id"]


@pytest.mark.rfc("6749", "5.1")
@at_every_json_route
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_nothing_that_concerns_a_credential_is_stored_by_a_cache(path, method):
    for headers in ({}, {"authorization": "Bearer nonsense"}, {"authorization": f"Bearer {bearer()}"}):
        response = getattr(Client(), method)(path, headers=headers)

        assert response["Cache-Control"] == "no-store"
        assert response["Pragma"] == "no-cache"
        assert response["X-Content-Type-Options"] == "nosniff"


def test_token_answers_are_never_stored_either():
    oauth = with_person(register(may_introspect=True))
    redeemed = oauth.redeem(oauth.code())
    text = redeemed.json()["access_token"]

    for response in (redeemed, oauth.introspect(text), me(text), oauth.revoke(text)):
        assert response.status_code == 200
        assert (response["Cache-Control"], response["Pragma"]) == ("no-store", "no-cache")


@at_every_json_route
@pytest.mark.parametrize("method", ["get", "post", "put"])
def test_any_origin_may_read_the_answers_without_credentials(path, method):
    response = getattr(Client(), method)(path, headers={"origin": "https://app.example"})

    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert "Request-Id" in response["Access-Control-Expose-Headers"]


@at_every_json_route
def test_a_preflight_is_answered_without_a_token(path):
    response = Client().options(
        path,
        headers={
            "origin": "https://app.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization",
        },
    )

    assert response.status_code in (200, 204)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "authorization" in response["Access-Control-Allow-Headers"].lower()
    assert "Access-Control-Allow-Methods" in response
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize("path", [*PAGES, "/nothing-here"])
@pytest.mark.parametrize("method", ["get", "post", "options"])
def test_no_other_origin_may_read_a_page(path, method):
    response = getattr(Client(), method)(path, headers={"origin": "https://app.example"})

    assert not [name for name in response.headers if name.lower().startswith("access-control-")]


@at_every_json_route
@pytest.mark.parametrize("method", ["patch", "trace", "brew"])
def test_a_method_that_is_not_there_is_answered_with_those_that_are(path, method):
    response = Client().generic(method.upper(), path, headers={"authorization": f"Bearer {bearer()}"})

    assert (response.status_code, response.json()["error"]) == (405, "method_not_allowed")
    assert response["Allow"]
    assert method.upper() not in response["Allow"]


@pytest.mark.parametrize("path", ["/.well-known/oauth-authorization-server", "/v1/me", "/v1/images"])
def test_head_goes_with_get(path):
    headers = {"authorization": f"Bearer {bearer(scopes=['read', 'api.images.read'])}"}
    got, head = (getattr(Client(), method)(path, headers=headers) for method in ("get", "head"))

    assert head.status_code == got.status_code
    assert head.content == b""


# Mastodon documents these sentences, and its clients look for them.
MASTODON = {
    "invalid_grant": "The provided authorization grant is invalid, expired, revoked, does not match the "
    "redirection URI used in the authorization request, or was issued to another client.",
    "invalid_scope": "The requested scope is invalid, unknown, or malformed.",
    "invalid_client": "Client authentication failed due to unknown client, no client authentication "
    "included, or unsupported authentication method.",
    "unauthorized_client": "You are not authorized to revoke this token",
}


@pytest.mark.parametrize("error", MASTODON)
def test_the_errors_that_mastodon_documents_are_word_for_word_its_own(error):
    oauth = OAuthClient(register())
    response = {
        "invalid_grant": lambda: oauth.redeem("nonsense"),
        "invalid_scope": lambda: oauth.token(grant_type="client_credentials", scope="nonsense"),
        "invalid_client": lambda: oauth.token(grant_type="client_credentials", client_secret="nonsense"),
        "unauthorized_client": lambda: oauth.revoke(None),
    }[error]()

    assert response.json() == {"error": error, "error_description": MASTODON[error]}


ERRORS = {
    "token": lambda: post("/oauth/token", {}),
    "grant type": lambda: OAuthClient(register()).token(grant_type="<script>é"),
    "no grant type": lambda: OAuthClient(register()).token(),
    "scope": lambda: OAuthClient(register()).token(grant_type="client_credentials", scope="<script>é"),
    "code": lambda: OAuthClient(register()).redeem("<script>é"),
    "two ways": lambda: OAuthClient(register()).token(client_id=["<script>é", "b"]),
    "revoke": lambda: OAuthClient(register()).revoke(None),
    "introspect": lambda: OAuthClient(register_public()).introspect("<script>é"),
    "bearer": lambda: me("<script>é"),
    "not found": lambda: Client().get("/v1/<script>é"),
    "method": lambda: Client().put("/oauth/token"),
    "media type": lambda: Client().post("/oauth/token", b"<script>", content_type="text/<script>"),
    "values": lambda: Client().post(
        "/v1/sets",
        {"name": ["<script>"], "images": "<script>", "go_live_at": "<script>"},
        content_type="application/json",
        headers={"authorization": f"Bearer {token_for(AccountFactory())}"},
    ),
    "JSON": lambda: Client().post("/oauth/token", b"{<script>", content_type="application/json"),
    "registration": lambda: Client().post(
        "/oauth/register",
        {"redirect_uris": ["https://client.example/<script>"], "client_name": "<script>" * 50},
        content_type="application/json",
    ),
}


@pytest.mark.rfc("6749", "5.2")
@pytest.mark.parametrize("language", ["en", "de", "ar"])
@pytest.mark.parametrize("cause", ERRORS.values(), ids=ERRORS)
def test_an_error_is_english_in_the_characters_of_rfc_6749_and_no_echo(cause, language, settings):
    settings.LANGUAGE_CODE = language
    response = cause()

    body = response.json()
    texts = [body["error_description"], *body.get("error_details", {}).values()]
    assert body.keys() - {"error_details"} == {"error", "error_description"}
    assert re.fullmatch(r"[a-z_]+", body["error"])
    assert all(re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", text) for text in texts), texts
    assert "<" not in response.text
    assert "script>" not in response.text
    assert response["Content-Type"] == "application/json"
    assert ("WWW-Authenticate" in response) == (response.status_code == 401)


@pytest.mark.parametrize("cause", [ERRORS["token"], ERRORS["bearer"], ERRORS["not found"]])
def test_an_error_says_that_it_is_english_whatever_the_reader_speaks(cause, settings):
    settings.LANGUAGE_CODE = "de"

    assert cause()["Content-Language"] == "en"


def test_absent_members_are_left_out_of_oauth_answers_and_never_null():
    oauth = with_person(
        register(
            may_introspect=True,
            access_tokens_expire=False,
            grant_types=["authorization_code", "client_credentials"],
        )
    )
    redeemed = oauth.redeem(oauth.code())
    own = oauth.token(grant_type="client_credentials")
    answers = [redeemed, own, *(oauth.introspect(one.json()["access_token"]) for one in (redeemed, own))]
    answers.append(Client().get("/.well-known/oauth-authorization-server"))

    for response in answers:
        assert response.status_code == 200
        assert None not in json.loads(response.content).values()
        assert "null" not in response.text
