"""What happens to an application or an issuer while the keys at its address are read (``jwks_uri``)."""

from __future__ import annotations

from itertools import count

import pytest
from django.utils import timezone

from oauthcore.flows.applications import client_keys
from oauthcore.flows.oauth import key_documents
from oauthcore.models import Application, ClientKey, TrustedIssuer
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.jose.problems import InvalidKey
from tests.support.enterprise import NAME, assertion, managed_application, trusted
from tests.support.jose import key_set, new_key
from tests.support.key_documents import later, status
from tests.support.sign_in.people import with_account

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("what is read elsewhere is stored as keys that are pasted are"),
]


def test_an_address_that_was_changed_meanwhile_brings_no_keys(one, publish, monkeypatch):
    registered, key = one
    later(hours=2)
    publish(new_key())
    read = key_documents.read

    def read_and_change(url, **how):
        keys = read(url, **how)
        client_keys.set_keys(registered.application, key_set(key), user=None)
        return keys

    monkeypatch.setattr(key_documents, "read", read_and_change)

    assert status(registered, key) == 200
    assert [one.name for one in ClientKey.objects.all()] == [key.thumbprint()]


def test_who_may_fetch_no_more_keeps_nobody_else_from_reading(one, publish, monkeypatch):
    registered, key = one
    publish(new_key())
    later(hours=2)

    def refuse():
        raise Throttled("too many", retry_after=60)

    with monkeypatch.context() as throttled:
        throttled.setattr(key_documents, "count_fetch", refuse)
        assert status(registered, new_key()) == 401

    assert status(registered, key) == 401, "the address is read now, and no longer has this key"


@pytest.mark.parametrize("change", [{"is_suspended": True}, {"deleted_at": timezone.now()}])
def test_an_application_that_was_switched_off_while_its_keys_were_read_is_refused(one, monkeypatch, change):
    registered, key = one
    later(hours=2)
    read = key_documents.read

    def read_and_change(url, **how):
        Application.objects.update(**change)
        return read(url, **how)

    monkeypatch.setattr(key_documents, "read", read_and_change)

    assert status(registered, key) == 401


def test_keys_that_were_given_while_older_ones_were_read_stay(one, publish, monkeypatch):
    registered, key = one
    later(hours=2)
    read, new = key_documents.read, new_key()

    def read_and_change(url, **how):
        found = read(url, **how)
        monkeypatch.setattr(key_documents, "read", read)
        publish(new)
        client_keys.set_address(registered.application, url, user=None)
        return found

    monkeypatch.setattr(key_documents, "read", read_and_change)

    assert status(registered, key) == 401
    assert [one.name for one in ClientKey.objects.all()] == [new.thumbprint()]


def test_an_issuer_whose_address_was_changed_meanwhile_keeps_its_new_keys(publish, monkeypatch):
    former, new, agent = new_key(), new_key(), managed_application()
    trusted(with_account().user, jwks="", jwks_uri=publish(former))
    numbers, read = count(), key_documents.read

    def read_and_change(url, **how):
        keys = read(url, **how)
        TrustedIssuer.objects.update(jwks=key_set(new), jwks_uri="")
        return keys

    def ask_for_a_token(key):
        text = assertion(agent.registered.client_id, key, jti=str(next(numbers)))
        return agent.token(grant_type=NAME, assertion=text).status_code

    monkeypatch.setattr(key_documents, "read", read_and_change)

    assert [ask_for_a_token(one) for one in (former, former, new)] == [400, 400, 200]


def test_an_issuer_that_was_switched_off_meanwhile_names_nobody(publish, monkeypatch):
    key, agent, read = new_key(), managed_application(), key_documents.read
    trusted(with_account().user, jwks="", jwks_uri=publish(key))

    def read_and_switch_off(url, **how):
        TrustedIssuer.objects.update(is_enabled=False)
        return read(url, **how)

    monkeypatch.setattr(key_documents, "read", read_and_switch_off)

    text = assertion(agent.registered.client_id, key, jti="1")
    assert agent.token(grant_type=NAME, assertion=text).status_code == 400


@pytest.mark.parametrize(("change", "expected"), [({"is_suspended": True}, 401), ({}, 200)])
def test_an_address_that_does_not_answer_hides_no_change_of_the_application(
    one, monkeypatch, change, expected
):
    registered, key = one
    later(hours=2)

    def change_and_fail(url, **how):
        Application.objects.update(**change, name="Tool")
        raise InvalidKey("nobody answers")

    monkeypatch.setattr(key_documents, "read", change_and_fail)

    assert status(registered, key) == expected
