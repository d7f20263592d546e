"""Who an application says it is, and what is believed of it (RFC 6749 §2.3): the same at every endpoint."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import quote

import pytest
from django.test import Client

from oauthcore.models import Application, ClientSecret
from oauthcore.rules.tokens.secrets import digest_of
from tests.support.factories import UserFactory, register, register_public
from tests.support.oauth import basic, is_live, post, with_person
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

at_every_endpoint = pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
ASKED = {"grant_type": "client_credentials", "token": "nobody-issued-this"}


def ask(path, *, authorization=None, **parameters):
    headers = {"authorization": authorization} if authorization else {}
    return post(path, ASKED | parameters, **headers)


def assert_unknown_client(response):
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"
    assert response["WWW-Authenticate"].startswith('Basic realm="https://testserver"')


@pytest.mark.rfc("6749", "5.2")
@at_every_endpoint
@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"client_id": "{id}"},
        {"client_id": "{id}", "client_secret": ""},
        {"client_id": "{id}", "client_secret": "wrong"},
        {"client_id": "{id}", "client_secret": "None"},
        {"client_id": "nobody", "client_secret": "{secret}"},
        {"client_id": "nobody"},
        {"client_id": "9" * 18, "client_secret": "{secret}"},
        {"client_id": "9" * 5000, "client_secret": "{secret}"},
        {"client_secret": "{secret}"},
        {"client_id": "{id}", "client_assertion": "e30.e30.", "client_assertion_type": "urn:x"},
    ],
)
def test_a_confidential_application_proves_who_it_is(path, parameters):
    one = register(may_introspect=True)

    filled = {
        name: value.format(id=one.client_id, secret=one.client_secret) for name, value in parameters.items()
    }

    assert_unknown_client(ask(path, **filled))


@at_every_endpoint
def test_neither_the_stored_digest_nor_another_applications_secret_is_a_secret(path):
    one, other = register(may_introspect=True), register()
    stored = ClientSecret.objects.get(application=one.application).digest

    for secret in (stored.hex(), digest_of(one.client_secret).hex(), other.client_secret):
        assert_unknown_client(ask(path, client_id=one.client_id, client_secret=secret))


@at_every_endpoint
def test_an_application_that_has_lost_its_secrets_is_not_let_in_without_one(path):
    one = register(may_introspect=True)
    ClientSecret.objects.all().delete()

    for secret in (None, "", "None", one.client_secret):
        assert_unknown_client(ask(path, client_id=one.client_id, client_secret=secret))


@at_every_endpoint
def test_an_unknown_application_and_a_wrong_secret_look_and_cost_the_same(path):
    one = register()
    ask(path, client_id="somebody else", client_secret="wrong")  # the address is counted from here on
    answers = []
    for client_id in (one.client_id, "nobody"):
        with statements() as run:
            response = ask(path, client_id=client_id, client_secret="wrong")
        headers = {name: value for name, value in response.headers.items() if name != "Request-Id"}
        answers.append((response.status_code, headers, response.content, [*run]))

    assert answers[0] == answers[1]


@pytest.mark.rfc("6749", "2.3")
@at_every_endpoint
def test_two_methods_at_once_are_refused(path):
    one = register(may_introspect=True)
    authorization = basic(one.client_id, one.client_secret)

    response = ask(path, authorization=authorization, client_secret=one.client_secret)

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@at_every_endpoint
def test_basic_for_one_application_and_the_name_of_another_are_refused(path):
    one, other = register(may_introspect=True), register()

    for name in (other.client_id, str(other.application.pk), "nobody"):
        response = ask(path, authorization=basic(one.client_id, one.client_secret), client_id=name)

        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@at_every_endpoint
@pytest.mark.parametrize(
    "authorize",
    [
        lambda one: {"authorization": basic(one.client_id, one.client_secret)},
        lambda one: {"authorization": basic(one.client_id, one.client_secret).replace("Basic", "basic")},
        lambda one: {
            "authorization": basic(quote(one.client_id, safe=""), one.client_secret.replace("_", "%5F"))
        },
        lambda one: {"authorization": basic(str(one.application.pk), one.client_secret)},
        lambda one: {"authorization": basic(one.client_id, one.client_secret), "client_id": one.client_id},
        lambda one: {
            "authorization": basic(one.client_id, one.client_secret),
            "client_id": str(one.application.pk),
        },
        lambda one: one.credentials,
        lambda one: one.credentials | {"client_id": str(one.application.pk)},
        lambda one: one.credentials | {"authorization": "Bearer something"},
    ],
    ids=[
        "basic",
        "lower case",
        "encoded",
        "number",
        "named twice",
        "numbered",
        "body",
        "body number",
        "bearer",
    ],
)
def test_an_application_may_say_who_it_is_in_these_ways(path, authorize):
    response = ask(path, **authorize(register(may_introspect=True)))

    assert response.status_code == 200, response.content


@at_every_endpoint
def test_credentials_in_the_address_count_as_none(path):
    one = register(may_introspect=True)
    query = f"?client_id={one.client_id}&client_secret={one.client_secret}"

    assert_unknown_client(ask(path + query))
    refused = Client().get(f"{path}{query}&grant_type=client_credentials")
    assert (refused.status_code, refused["Allow"]) == (405, "POST, OPTIONS")


@pytest.mark.rfc("6749", "2.1")
def test_a_public_application_is_its_name_and_sends_no_secret():
    one = register_public()
    named = {"client_id": one.client_id}

    assert ask("/oauth/revoke", **named).status_code == 200
    assert ask("/oauth/revoke", authorization=basic(one.client_id, "")).status_code == 200
    assert_unknown_client(ask("/oauth/revoke", **named, client_secret="anything"))
    assert_unknown_client(ask("/oauth/revoke", authorization=basic(one.client_id, "anything")))
    assert ask("/oauth/token", **named).json()["error"] == "unauthorized_client"
    assert ask("/oauth/introspect", **named).status_code == 403


@at_every_endpoint
@pytest.mark.parametrize(
    "authorization",
    [
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic " + b64encode(b"a:b").decode() + "!",
        "Basic " + b64encode(b"no colon").decode(),
        "Basic " + b64encode(b":no name").decode(),
        "Basic " + b64encode(b"\xff\xfe:\xff").decode(),
        "Basic " + b64encode(b"a\x00b:c").decode(),
        "Basic " + b64encode(b"%zz:%zz").decode(),
        "Basic " + b64encode(b"%ff:%ff").decode(),
        "Basic " + "A" * 65536,
        "Basic \uff46ull",
        "Basic \xff",
    ],
    ids=lambda text: text[:24],
)
def test_a_basic_header_that_makes_no_sense_is_refused_and_not_logged(path, authorization, caplog):
    assert_unknown_client(ask(path, authorization=authorization))

    sent = authorization.removeprefix("Basic").strip()[:30]
    assert "invalid_client" in caplog.text
    assert not sent or sent not in caplog.text


ENDED_BY = {
    "disabled": lambda one: Application.objects.filter(pk=one.pk).update(is_enabled=False),
    "marked as deleted": lambda one: Application.objects.filter(pk=one.pk).update(deleted_at=one.created_at),
    "deleted": lambda one: one.delete(),
    "deleted in bulk": lambda one: Application.objects.filter(pk=one.pk).delete(),
    "left without its owner": lambda one: one.owner.delete(),
}


@pytest.mark.parametrize("end", ENDED_BY.values(), ids=ENDED_BY)
def test_an_application_that_ended_ends_all_that_it_holds(end):
    oauth = with_person(register(owner=UserFactory()))
    tokens, code = oauth.tokens(), oauth.code()
    own = oauth.token(grant_type="client_credentials").json()["access_token"]

    end(oauth.registered.application)

    assert not is_live(tokens["access_token"])
    assert not is_live(own)
    assert_unknown_client(oauth.refresh(tokens["refresh_token"]))
    assert_unknown_client(oauth.redeem(code))
    assert_unknown_client(ask("/oauth/token", **oauth.registered.credentials))
