"""Keys at an address (``jwks_uri``): read when they are given, when a key is not known, and after an hour."""

from __future__ import annotations

from itertools import count

import pytest
from django.utils import timezone

from oauthcore.flows.applications import client_keys
from oauthcore.models import Application, ClientKey, TrustedIssuer
from oauthcore.rules.jose.problems import InvalidKey
from tests.support.enterprise import NAME, assertion, managed_application, trusted
from tests.support.factories import register
from tests.support.jose import key_set, new_key, public
from tests.support.key_documents import PATH, later, status
from tests.support.pages.developer import Developer
from tests.support.pages.reading import text_of
from tests.support.sign_in.people import with_account

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("what is read elsewhere is stored as keys that are pasted are"),
]


def test_keys_are_read_when_the_address_is_given(one, server):
    registered, key = one

    assert [status(registered, key) for _ in range(3)] == [200] * 3
    assert len(server.requests) == 1
    assert status(registered, None) == 401


def test_a_new_key_is_read_when_it_first_signs(one, server, publish):
    registered, key = one
    new = new_key()
    publish(key, public(new, kid="new"))
    later(seconds=61)

    assert status(registered, new, header={"kid": "new"}) == 200
    assert status(registered, key) == 200
    assert len(server.requests) == 2


def test_unknown_keys_are_asked_for_once_a_minute(one, server):
    registered, key = one
    later(seconds=61)

    assert [status(registered, key, header={"kid": "unknown"}) for _ in range(5)] == [401] * 5
    assert len(server.requests) == 2
    assert status(registered, key) == 200


def test_a_key_that_was_taken_away_stops_working_after_an_hour(one, publish):
    registered, key = one
    publish(new_key())

    later(minutes=59)
    assert status(registered, key) == 200
    later(minutes=61)
    assert status(registered, key) == 401
    assert not ClientKey.objects.filter(name=key.thumbprint()).exists()


def test_keys_go_on_while_their_address_does_not_answer(one, server, caplog):
    registered, key = one
    server.pages.clear()
    later(hours=2)

    assert status(registered, key) == 200
    assert "404" in caplog.text
    assert status(registered, key) == 200
    assert len(server.requests) == 2


def test_what_another_process_is_reading_is_not_read_twice(one, server, monkeypatch):
    registered, key = one
    later(hours=2)
    row = Application.objects.get()
    Application.objects.update(keys_fetched_at=timezone.now())

    from oauthcore.flows.oauth.key_documents import read_again

    assert read_again(row, is_known=True, now=timezone.now()) is None
    assert len(server.requests) == 1
    assert status(registered, key) == 200


def test_the_keys_of_an_issuer_are_read_in_the_same_way(publish, server):
    key, agent = new_key(), managed_application()
    trusted(with_account().user, jwks="", jwks_uri=publish(key))
    numbers = count()

    def ask_for_a_token(key):
        text = assertion(agent.registered.client_id, key, jti=str(next(numbers)))
        return agent.token(grant_type=NAME, assertion=text).status_code

    assert [ask_for_a_token(key) for _ in range(2)] == [200, 200]
    assert len(server.requests) == 1
    assert TrustedIssuer.objects.get().jwks
    assert ask_for_a_token(new_key()) == 400


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://client.example/keys", "https://"),
        ("https://client.example", "no path"),
        ("https://user@client.example/keys", "user name"),
        ("nonsense", "https://"),
    ],
)
def test_an_address_that_may_not_be_read_is_refused_in_words(url, words):
    with pytest.raises(InvalidKey, match=words):
        client_keys.set_address(register().application, url, user=None)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"{}", "keys"),
        (b"[", "JSON"),
        (b'{"keys": [{"kty": "oct", "k": "AAAA"}]}', "symmetric"),
        (b" " * 17000, "16384"),
    ],
)
def test_what_is_no_set_of_keys_is_refused_in_words(server, document, words):
    server.put(document, path=PATH)

    with pytest.raises(InvalidKey, match=words):
        client_keys.set_address(register().application, server.url(PATH), user=None)


def test_a_private_network_is_not_read(settings, server, publish):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "METADATA_DOCUMENT_LOOPBACK": False}

    with pytest.raises(InvalidKey, match="no public address"):
        client_keys.set_address(register().application, publish(new_key()), user=None)
    assert server.requests == []


def test_addresses_are_read_within_the_limits_of_documents(settings, server, publish):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "METADATA_DOCUMENT_TOTAL_LIMIT": (1, 60)}
    application, url = register().application, publish(new_key())
    client_keys.set_address(application, url, user=None)

    with pytest.raises(InvalidKey, match="Too many"):
        client_keys.set_address(application, url, user=None)
    assert len(server.requests) == 1


def test_a_developer_gives_an_address_on_the_page(publish):
    grace, key = Developer(), new_key()
    registered = register(owner=grace.user)
    url = publish(key)

    grace.send(registered.application, "keys", jwks_uri=url, confirmed="yes")

    assert url in text_of(grace.see(registered.application, "keys"))
    assert status(registered, key) == 200
    both = grace.send(registered.application, "keys", jwks_uri=url, jwks=key_set(key))
    assert both.status_code == 400
    assert "not both" in both.content.decode()
    grace.send(registered.application, "keys", jwks=key_set(key))
    assert Application.objects.get().jwks_uri == ""
