"""The keys of an application: pasted in place of a secret, replaced, given up."""

from __future__ import annotations

import json

import pytest

from oauthcore.flows.applications import client_keys, client_secrets
from oauthcore.models import Application, ClientKey, SecurityEvent
from oauthcore.recording.single_answer import SingleAnswer
from tests.support.factories import register, register_public
from tests.support.jose import a_key, asserted, key_set, new_key, public
from tests.support.oauth import post
from tests.support.pages.developer import after
from tests.support.pages.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _switched_on(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": True}


def paste(grace, application, *keys, **form):
    form = {"jwks": key_set(*keys), "confirmed": "yes", **form}
    return grace.send(application, "keys", **form)


def refused(response):
    """Return a page that says what is wrong, to be read."""
    assert response.status_code == 400
    response.status_code = 200
    return response


def status(parameters):
    return post("/oauth/token", {"grant_type": "client_credentials", **parameters}).status_code


def test_keys_take_the_place_of_secrets(grace):
    one = register(owner=grace.user)
    assert "Its secrets end now" in text_of(grace.see(one.application, "keys"))

    response = paste(grace, one.application, a_key())

    assert "The keys are saved" in text_of(after(response) and grace.browser.get(response["Location"]))
    assert status(asserted(one.client_id)) == 200
    assert status(one.credentials) == 401
    event = SecurityEvent.objects.get(kind="application_changed")
    assert event.reason == f"keys in place of secrets: {a_key().thumbprint()}"
    assert event.user_ref == str(grace.user.pk)


def test_secrets_are_not_ended_before_that_is_confirmed(grace):
    one = register(owner=grace.user)

    response = paste(grace, one.application, a_key(), confirmed="")

    assert "Confirm that its secrets end now." in text_of(refused(response))
    assert public(a_key())["x"] in response.content.decode()
    assert status(one.credentials) == 200
    assert not ClientKey.objects.exists()


def test_the_page_shows_each_key_and_when_it_was_last_used(grace, press):
    paste(grace, press, public(a_key(), kid="2026-11"))
    words = text_of(grace.see(press, "keys"))

    for word in ("2026-11", "ES256", "never", press.client_id, "https://testserver"):
        assert word in words
    assert "On a server, with keys of its own" in text_of(grace.see(press))
    assert "client_assertion" in text_of(grace.see(press))
    assert "CLIENT_SECRET" not in text_of(grace.see(press))


def test_other_keys_take_the_place_of_those_before(grace, press):
    old, new = new_key(), new_key()
    paste(grace, press, old)
    ClientKey.objects.update(last_used_at=press.created_at)

    paste(grace, press, old, new)
    kept = {one.name: one.last_used_at for one in press.client_keys.all()}
    paste(grace, press, new)

    assert kept == {old.thumbprint(): press.created_at, new.thumbprint(): None}
    assert [one.name for one in press.client_keys.all()] == [new.thumbprint()]
    assert status(asserted(press.client_id, old)) == 401
    assert status(asserted(press.client_id, new)) == 200


def test_a_key_may_get_another_name_and_keeps_when_it_was_used(grace, press):
    paste(grace, press, a_key())
    ClientKey.objects.update(last_used_at=press.created_at)

    paste(grace, press, public(a_key(), kid="named"))

    assert press.client_keys.get().name == "named"
    assert press.client_keys.get().last_used_at == press.created_at


def test_the_same_keys_again_change_nothing(grace, press):
    paste(grace, press, a_key())

    response = paste(grace, press, a_key())

    assert "These are the keys that it has." in text_of(grace.browser.get(response["Location"]))
    assert SecurityEvent.objects.filter(kind="application_changed").count() == 1


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("", "JSON"),
        ("not JSON", "JSON"),
        (json.dumps(public(a_key())), "keys"),
        (json.dumps({"keys": [a_key().as_dict(private=True)]}), "private"),
        (json.dumps({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}), "symmetric"),
        (json.dumps({"keys": []}), "at least one"),
    ],
)
def test_what_is_no_set_of_public_keys_is_refused_in_words(grace, press, document, words):
    response = paste(grace, press, jwks=document)

    assert words in text_of(refused(response))
    assert not ClientKey.objects.exists()
    assert press.client_secrets.get().expires_at is None


@pytest.mark.parametrize("confirmed", ["", "yes"])
@pytest.mark.parametrize("ending", ["", "}"])
def test_a_private_key_that_was_pasted_is_not_shown_again(grace, confirmed, ending):
    one = register(owner=grace.user).application
    private = a_key().as_dict(private=True)

    response = paste(grace, one, jwks=json.dumps({"keys": [private]}) + ending, confirmed=confirmed)

    assert private["d"] not in response.content.decode()
    assert private["x"] not in refused(response).content.decode()


def test_a_private_key_in_pem_is_not_shown_again(grace, press):
    pem = a_key().as_pem(private=True).decode()

    assert "PRIVATE KEY" not in refused(paste(grace, press, jwks=pem)).content.decode()


def test_keys_can_be_given_up_for_a_secret(grace, press):
    paste(grace, press, a_key())

    unsure = grace.send(press, "keys", give_up="yes")
    response = grace.send(press, "keys", give_up="yes", confirmed="yes")

    assert unsure.status_code == 400
    assert response["Location"].startswith(f"/oauth/applications/{press.pk}/secrets")
    assert "The keys no longer work." in text_of(grace.browser.get(response["Location"]))
    assert status(asserted(press.client_id)) == 401
    assert grace.rotate(press).status_code == 200
    assert not Application.objects.get(pk=press.pk).uses_keys


def test_giving_up_twice_changes_nothing_more(grace, press):
    paste(grace, press, a_key())
    for _ in range(2):
        client_keys.give_up_keys(press, user=grace.user)

    assert SecurityEvent.objects.filter(reason="keys given up").count() == 1


def test_an_application_with_keys_makes_no_secret(grace, press):
    page = grace.see(press, "secrets").context["page"]
    paste(grace, press, a_key())

    assert grace.see(press, "secrets").status_code == 404
    assert grace.send(press, "secrets", page=page, overlap=0).status_code == 404
    answer = SingleAnswer.parse(page, user=grace.user, purpose=f"secret of {press.pk}")
    with pytest.raises(client_secrets.HasNoSecrets):
        client_secrets.rotate(press, overlap=None, page=answer, user=grace.user)
    assert "Secrets" not in text_of(grace.see(press)).split("Keys")[0]


@pytest.mark.parametrize(
    "make", [register_public, lambda **how: register(profile="oauth2.0", **how)], ids=["public", "legacy"]
)
def test_public_and_legacy_applications_have_no_keys(grace, make):
    application = make(owner=grace.user).application

    assert paste(grace, application, a_key()).status_code == 404
    assert "Keys" not in text_of(grace.see(application))
    with pytest.raises(client_keys.HasNoKeys):
        client_keys.set_keys(application, key_set(a_key()), user=grace.user)


def test_a_site_that_takes_no_keys_has_no_page_for_them(grace, press, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": False}

    assert grace.see(press, "keys").status_code == 404
    assert "Keys" not in text_of(grace.see(press))


def test_an_application_that_is_upgraded_to_a_public_one_meanwhile_gets_none(grace, press, monkeypatch):
    def refuse(*args, **how):
        raise client_keys.HasNoKeys

    monkeypatch.setattr(client_keys, "give_keys", refuse)

    assert paste(grace, press, a_key()).status_code == 404


def test_nobody_else_sees_or_changes_them(grace, press):
    other = type(grace)()

    assert other.see(press, "keys").status_code == 404
    assert paste(other, press, a_key()).status_code == 404
    assert not ClientKey.objects.exists()
