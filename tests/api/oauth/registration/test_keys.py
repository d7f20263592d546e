"""An application that registers itself can sign with keys of its own in place of a secret (RFC 7591 §2)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from oauthcore.flows.oauth import key_documents
from oauthcore.models import Application, ClientKey, SecurityEvent
from oauthcore.outgoing import documents
from tests.support.document_server import documents_on_loopback
from tests.support.jose import a_key, asserted, new_key, public
from tests.support.oauth import post
from tests.support.registration import Managed, register_itself, send

pytestmark = pytest.mark.django_db

METHOD = {"token_endpoint_auth_method": "private_key_jwt", "grant_types": ["client_credentials"]}
FORM: dict[str, Any] = {**METHOD, "redirect_uris": None, "scope": "read"}


@pytest.fixture(autouse=True)
def switched_on(settings):
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "PRIVATE_KEY_JWT": True,
        "METADATA_DOCUMENT_LOOPBACK": True,
    }


@pytest.fixture
def server(monkeypatch, tmp_path):
    with documents_on_loopback(monkeypatch, tmp_path) as (server, _resolver):
        yield server


def keys(*ones: Any) -> dict[str, Any]:
    return {"keys": [one if isinstance(one, dict) else public(one, use="sig") for one in ones]}


def signing(*ones: Any, **members: Any) -> Managed:
    return Managed(**{**FORM, "jwks": keys(*ones or [a_key()]), **members})


def status(one: Managed, key: Any = None) -> int:
    told: int = post(
        "/oauth/token", {"grant_type": "client_credentials", **asserted(one.told["client_id"], key)}
    ).status_code
    return told


def refused(answer: Any) -> tuple[str, str]:
    assert answer.status_code == 400, answer.content
    said = answer.json()["error_description"]
    assert said.isascii()
    assert not set('"\\') & set(said)
    return answer.json()["error"], said


@pytest.mark.rfc("7591", "2")
@pytest.mark.rfc("7591", "3.2.1")
@pytest.mark.rfc("7523", "2.2")
def test_the_answer_has_the_stored_keys_and_no_secret():
    one = signing(public(a_key(), kid="2026-11", use="sig"))

    assert one.told["token_endpoint_auth_method"] == "private_key_jwt"
    assert one.told["jwks"] == keys(public(a_key(), kid="2026-11", use="sig"))
    assert not {"client_secret", "client_secret_expires_at", "jwks_uri"} & set(one.told)
    assert one.read().json() == one.told
    assert not one.application.client_secrets.exists()
    assert (
        post(
            "/oauth/token",
            {
                "grant_type": "client_credentials",
                **asserted(one.told["client_id"], header={"kid": "2026-11"}),
            },
        ).status_code
        == 200
    )


@pytest.mark.rfc("7591", "2")
def test_keys_at_an_address_are_read_at_once_and_outside_of_any_transaction(server, monkeypatch):
    server.put(keys(a_key()), path="/keys")
    inside: list[bool] = []
    fetch = documents.fetch

    def watched(*args: Any, **how: Any) -> Any:
        inside.append(len(connection.savepoint_ids) > depth)
        return fetch(*args, **how)

    depth = len(connection.savepoint_ids)
    monkeypatch.setattr(key_documents, "fetch", watched)
    one = Managed(**FORM, jwks_uri=server.url("/keys"))

    assert one.told["jwks_uri"] == server.url("/keys")
    assert not {"client_secret", "jwks"} & set(one.told)
    assert status(one) == 200
    assert one.change(client_name="Other").status_code == 200
    assert inside == [False, False]
    assert one.application.keys_fetched_at is not None


@pytest.mark.rfc("7591", "2")
@pytest.mark.rfc("7591", "3.2.2")
@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({}, "needs jwks or jwks_uri"),
        ({"jwks": None, "jwks_uri": ""}, "needs jwks or jwks_uri"),
        ({"jwks": keys(a_key()), "jwks_uri": "https://client.example/keys"}, "Give one of them"),
        ({"jwks": {"keys": []}}, "at least one key"),
        ({"jwks": []}, "list"),
        ({"jwks": "nonsense"}, "list"),
        ({"jwks": keys({"kty": "oct", "k": "c2VjcmV0"})}, "private or symmetric"),
        ({"jwks": {"keys": [a_key().as_dict(private=True)]}}, "private or symmetric"),
        ({"jwks": keys({**public(a_key()), "x": "AA=="})}, "at least one key"),
        ({"jwks_uri": "http://client.example/keys"}, "jwks_uri cannot be read"),
        ({"jwks_uri": "https://client.example/a/../keys"}, "jwks_uri cannot be read"),
        ({"jwks_uri": "https://localhost.example.invalid/keys"}, "no public address"),
        ({"jwks_uri": "https://10.0.0.1/keys"}, "no public address"),
        ({"jwks_uri": "https://169.254.169.254/keys"}, "no public address"),
        ({"jwks_uri": ["https://client.example/keys"]}, "jwks_uri cannot be read"),
    ],
)
def test_keys_that_cannot_be_used_are_refused(members, words):
    error, said = refused(register_itself(**{**FORM, **members}))

    assert error == "invalid_client_metadata"
    assert words in said
    assert not Application.objects.exists()


def test_a_private_key_is_refused_with_every_method():
    error, said = refused(register_itself(jwks={"keys": [a_key().as_dict(private=True)]}))

    assert (error, "private" in said) == ("invalid_client_metadata", True)
    assert a_key().as_dict(private=True)["d"] not in said


def test_public_keys_of_an_application_with_a_secret_are_not_stored():
    told = register_itself(jwks=keys(a_key())).json()

    assert told["client_secret"]
    assert "jwks" not in told
    assert not ClientKey.objects.exists()


def test_a_site_without_private_key_jwt_refuses_the_method_and_does_not_offer_it(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": False}
    error, said = refused(register_itself(**FORM, jwks=keys(a_key())))

    assert error == "invalid_client_metadata"
    assert "private_key_jwt" not in said


def test_fetches_are_counted_with_those_of_documents(server, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "METADATA_DOCUMENT_LIMIT": (1, 60)}
    server.put(keys(a_key()), path="/keys")
    first, second = (register_itself(**FORM, jwks_uri=server.url("/keys")) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 429)
    assert len(server.requests) == 1
    assert Application.objects.count() == 1


def test_nothing_is_fetched_for_a_registration_that_is_refused_anyway(server):
    server.put(keys(a_key()), path="/keys")

    assert (
        register_itself(**{**FORM, "client_name": "Lumen"}, jwks_uri=server.url("/keys")).status_code == 400
    )
    assert server.requests == []


@pytest.mark.rfc("7592", "2.2")
def test_new_keys_replace_the_earlier_keys():
    old, new = a_key(), new_key()
    one = signing(old)

    answer = one.change(jwks=keys(old, new))
    assert answer.json()["jwks"] == keys(old, new)
    assert (status(one, old), status(one, new)) == (200, 200)
    one.change(jwks=keys(new))
    assert (status(one, old), status(one, new)) == (401, 200)
    reasons = SecurityEvent.objects.filter(kind="application_changed").values_list("reason", flat=True)
    assert list(reasons) == ["by itself: keys"] * 2
    assert one.change(jwks=keys(new)).status_code == 200
    assert SecurityEvent.objects.filter(kind="application_changed").count() == 2


@pytest.mark.rfc("7592", "2.2")
def test_keys_replace_a_secret_and_a_new_secret_replaces_keys():
    one = Managed(grant_types=["client_credentials"], redirect_uris=None, scope="read")
    credentials = {name: one.told[name] for name in ("client_id", "client_secret")}

    def status_of_the_secret() -> int:
        told: int = post("/oauth/token", {"grant_type": "client_credentials", **credentials}).status_code
        return told

    told = one.change(**METHOD, jwks=keys(a_key())).json()
    assert not {"client_secret", "client_secret_expires_at"} & set(told)
    assert (status_of_the_secret(), status(one)) == (401, 200)

    told = one.change(token_endpoint_auth_method="client_secret_post", client_secret=None).json()
    assert told["client_secret"] != credentials["client_secret"]
    assert (told["client_secret_expires_at"], told["token_endpoint_auth_method"]) == (0, "client_secret_post")
    credentials["client_secret"] = told["client_secret"]
    assert (status_of_the_secret(), status(one)) == (200, 401)
    assert not ClientKey.objects.exists()


def test_a_public_application_cannot_get_keys():
    one = Managed(token_endpoint_auth_method="none")

    assert refused(one.change(**METHOD, jwks=keys(a_key())))[0] == "invalid_client_metadata"


def test_an_application_that_signs_can_change_itself_after_the_method_was_switched_off(settings):
    one = signing()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": False}

    assert one.change(client_name="Other").json()["token_endpoint_auth_method"] == "private_key_jwt"


def test_the_answer_has_all_that_is_stored_and_only_the_public_part_of_the_key():
    one = signing({**public(a_key()), "note": "mine", "x5c": ["AA"]})

    assert set(one.told["jwks"]["keys"][0]) <= {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert json.dumps(one.told).count(public(a_key())["x"]) == 1
    assert send("get", one.path).status_code == 401
