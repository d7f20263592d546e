"""Expired access tokens for a clean-up to remove, made by PostgreSQL."""

from __future__ import annotations

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from oauthcore.models import Grant, Token
from oauthcore.models.issuing import issue
from tests.support.factories import open_grant

_TOKENS_OF_A_GRANT = 100


def expired() -> int:
    """Return how many access tokens have expired long enough to be removed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM oauthcore_token WHERE expires_at < now() - interval '2 days'")
        return int(cursor.fetchone()[0])


def fill(rows: int) -> None:
    """Put so many more expired access tokens under grants that live on, a hundred to each."""
    if rows <= 0:
        return
    grant = open_grant()
    issue(grant, scopes=grant.scopes, account_uuid=None, now=timezone.now())
    copied = Token.objects.get(grant=grant)
    grants, tokens = _columns(Grant), _columns(Token)
    new_grant = {'"uuid"': "gen_random_uuid()"}
    expired = {
        '"grant_id"': "g.id",
        '"digest"': "sha256(gen_random_uuid()::text::bytea)",
        '"created_at"': "now() - interval '11 days'",
        '"expires_at"': "now() - interval '10 days'",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO oauthcore_grant ({', '.join(grants)}) "
            f"SELECT {', '.join(new_grant.get(one, one) for one in grants)} "
            "FROM oauthcore_grant, generate_series(1, %s) WHERE id = %s",
            [max(1, rows // _TOKENS_OF_A_GRANT), grant.pk],
        )
        cursor.execute(
            f"INSERT INTO oauthcore_token ({', '.join(tokens)}) "
            f"SELECT {', '.join(expired.get(one, f't.{one}') for one in tokens)} "
            "FROM oauthcore_token t, oauthcore_grant g, generate_series(1, %s) "
            "WHERE t.id = %s AND g.user_id = %s AND g.id <> %s",
            [_TOKENS_OF_A_GRANT, copied.pk, grant.user_id, grant.pk],
        )
        cursor.execute("DELETE FROM oauthcore_token WHERE id = %s", [copied.pk])
        cursor.execute("ANALYZE oauthcore_grant, oauthcore_token")


def _columns(model: type[Model]) -> list[str]:
    return [f'"{one.column}"' for one in model._meta.concrete_fields if not one.primary_key]
