"""The first use of imported tokens in many hands at once."""

from __future__ import annotations

from functools import partial

from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from oauthcore.models import Grant, ImportedHash, SecurityEvent, Token
from oauthcore.rules.imports.api_key import stored_key
from tests.support.imported import accepts, import_token
from tests.support.oauth import OAuthClient
from tests.support.races.end_state import dead, events_of, latest_grant, rows_under, successes


def test_of_many_first_uses_of_an_imported_refresh_token_one_wins_and_the_others_end_the_grant(
    oauth, crowd, settings
):
    accepts(settings, "django-oauth-toolkit")
    client_id = oauth.registered.client_id
    for number in range(5):
        text = f"foreignrefreshtoken{number}"
        import_token(text, is_refresh=True, client_id=client_id)

        won = successes(crowd.all_at_once(partial(OAuthClient(oauth.registered).refresh, text)))

        grant = latest_grant()
        assert len(won) == 1
        assert grant.revoked_reason == "refresh token replayed"
        assert events_of(grant) == [SecurityEvent.Kind.REFRESH_TOKEN_REPLAYED]
        assert rows_under(grant) == [Token.Kind.ACCESS, Token.Kind.REFRESH]
        assert dead(oauth, won[0])


def test_of_many_first_uses_of_a_key_with_a_slow_hash_each_is_right(crowd, settings):
    accepts(settings, "api-key")
    key = "prefix.secret4711"
    import_token(key, source="api-key", kind=Grant.Kind.SERVICE)
    stored = stored_key("prefix", make_password(key))
    token = Token.objects.get()
    Token.objects.update(digest=stored.digest)
    ImportedHash.objects.create(token=token, encoded=stored.encoded)

    ask = partial(Client().get, "/v1/me", headers={"authorization": f"Api-Key {key}"})

    assert {one.status_code for one in crowd.all_at_once(ask)} == {200}
    assert not ImportedHash.objects.exists()
    assert token.obstacle(timezone.now()) is None
    assert ask().status_code == 200
