"""Staff give an application public keys, with the same checks as on the developer's page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import resolve
from django.utils import timezone

from oauthcore.flows.applications import client_keys
from oauthcore.models import Application, ClientKey
from tests.support.admin.changing import APPLICATIONS, address, events
from tests.support.document_server import documents_on_loopback
from tests.support.factories import register, register_public
from tests.support.jose import a_key, asserted, key_set, new_key, public, with_keys
from tests.support.oauth import post
from tests.support.pages.reading import text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("the flow is tested on every database with the developer's page"),
]


@pytest.fixture(autouse=True)
def switched_on(settings):
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "PRIVATE_KEY_JWT": True,
        "METADATA_DOCUMENT_LOOPBACK": True,
    }


def page_of(application: Application) -> str:
    return f"{APPLICATIONS}{application.pk}/keys/"


def give(editor: Any, application: Application, **form: str) -> Any:
    return editor.post(
        page_of(application), {"jwks": key_set(a_key()), "confirmed": "on", **form}, follow=True
    )


def status(parameters: dict[str, Any]) -> int:
    return int(post("/oauth/token", {"grant_type": "client_credentials", **parameters}).status_code)


def test_the_page_of_an_application_leads_to_the_page_for_its_keys(editor, application):
    page = editor.get(address(application)).content.decode()

    assert page_of(application) in page
    said = text_of(editor.get(page_of(application)))
    for words in ("Keys: Photo Printer", "Public keys (JWK Set)", "Its secrets end now", "ES256"):
        assert words in said


def test_keys_replace_secrets(editor, registered):
    said = text_of(give(editor, registered.application))

    assert "The keys are saved. They work now." in said
    assert status(asserted(registered.client_id)) == 200
    assert status(registered.credentials) == 401
    [(kind, _application, user, reason)] = events()
    assert (kind, user) == ("application_changed", str(editor.user.pk))
    assert reason == f"by staff: keys in place of secrets: {a_key().thumbprint()}"
    assert a_key().thumbprint() in text_of(editor.get(page_of(registered.application)))


def test_keys_may_be_at_an_address(editor, registered, monkeypatch, tmp_path):
    with documents_on_loopback(monkeypatch, tmp_path) as (server, _resolver):
        server.put(key_set(a_key()).encode(), path="/keys")
        give(editor, registered.application, jwks="", jwks_uri=server.url("/keys"))

        assert status(asserted(registered.client_id)) == 200
        assert server.url("/keys") in text_of(editor.get(page_of(registered.application)))


def test_secrets_end_only_after_a_confirmation(editor, registered):
    page = give(editor, registered.application, confirmed="")

    assert "Confirm that its secrets end now." in text_of(page)
    assert public(a_key())["x"] in page.content.decode()
    assert status(registered.credentials) == 200
    assert not ClientKey.objects.exists()


def test_new_keys_need_no_confirmation_and_the_same_keys_change_nothing(editor):
    one, new = with_keys(), new_key()
    asked = text_of(editor.get(page_of(one.application)))
    assert "Its secrets end now" not in asked
    assert ", never used" in asked

    give(editor, one.application, jwks=key_set(new), confirmed="")
    assert [status(asserted(one.client_id, key)) for key in (a_key(), new)] == [401, 200]
    assert "These are the keys that it has." in text_of(give(editor, one.application, jwks=key_set(new)))
    assert [reason for *_, reason in events()] == [f"by staff: keys: {new.thumbprint()}"]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"jwks": ""}, "JSON"),
        ({"jwks": "not JSON"}, "JSON"),
        ({"jwks": json.dumps({"keys": []})}, "at least one"),
        ({"jwks_uri": "https://client.example/keys"}, "not both"),
        ({"jwks": "", "jwks_uri": "http://client.example/keys"}, "https://"),
        ({"jwks": "", "jwks_uri": "https://10.0.0.1/keys"}, "no public address"),
        ({"jwks": "", "jwks_uri": "https://client.example/" + "a" * 255}, "255"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_text_that_is_not_a_set_of_public_keys_is_refused_with_a_message(editor, registered, form, words):
    assert words in text_of(give(editor, registered.application, **form))
    assert not ClientKey.objects.exists()
    assert status(registered.credentials) == 200


@pytest.mark.parametrize("confirmed", ["", "on"])
def test_a_private_key_that_was_pasted_is_not_shown_again(editor, application, confirmed):
    private = a_key().as_dict(private=True)
    page = give(editor, application, jwks=json.dumps({"keys": [private]}), confirmed=confirmed)

    assert private["d"] not in page.content.decode()
    assert private["x"] not in page.content.decode()
    assert not ClientKey.objects.exists()


def test_only_staff_with_the_permission_set_keys(staff, application, client):
    reader = staff("view_application")

    assert page_of(application) not in reader.get(address(application)).content.decode()
    assert reader.get(page_of(application)).status_code == 403
    assert reader.post(page_of(application), {"jwks": key_set(a_key()), "confirmed": "on"}).status_code == 403
    assert client.get(page_of(application)).status_code == 302
    assert not ClientKey.objects.exists()


@pytest.mark.parametrize("kind", ["public", "legacy", "of its own", "deleted", "unknown"])
def test_applications_to_which_staff_cannot_give_keys_have_no_such_page(editor, legacy, kind):
    made = {
        "public": lambda: register_public().application,
        "legacy": lambda: legacy,
        "of its own": lambda: register(is_self_registered=True).application,
        "deleted": lambda: register(deleted_at=timezone.now()).application,
        "unknown": lambda: Application(pk=10**9),
    }[kind]()

    assert editor.get(page_of(made)).status_code == 404
    if kind != "unknown":
        assert page_of(made) not in editor.get(address(made)).content.decode()


def test_a_site_that_accepts_no_keys_has_no_page_for_them(editor, application, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": False}

    assert editor.get(page_of(application)).status_code == 404


def test_an_application_that_became_public_meanwhile_gets_no_keys(editor, application, monkeypatch):
    def refuse(*args: Any, **how: Any) -> None:
        raise client_keys.HasNoKeys

    monkeypatch.setattr(client_keys, "give_keys", refuse)

    assert give(editor, application).status_code == 404


def test_an_address_is_read_outside_of_a_transaction_even_with_atomic_requests(editor, application):
    view: Any = resolve(page_of(application)).func

    assert view._non_atomic_requests == {"default"}
