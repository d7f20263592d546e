"""Expired and live authorizations of both products: a code, an access token and a refresh token for each."""

from __future__ import annotations

from django.db import connection

_DIGEST = "sha256(('{}-' || n)::bytea)"
#: Numbers up to ``{expired}`` have expired, those above are live.
STATEMENTS = (
    """INSERT INTO auth_user (username, password, first_name, last_name, email, is_superuser, is_staff,
        is_active, date_joined)
    SELECT 'person-' || n, '!x', '', '', '', false, false, true, now() FROM generate_series(0, 999) n""",
    """INSERT INTO oauthcore_application (client_id, name, website, client_type, profile, redirect_uris,
        grant_types, scopes, default_scopes, access_tokens_expire, is_verified, is_trusted, may_introspect,
        is_enabled, is_suspended, created_at)
    SELECT 'client-' || n, 'Application ' || n, '', 'confidential', 'oauth2.1',
        'https://client.example/callback', 'authorization_code refresh_token', 'read write', '', true, false,
        false, false, true, false, now()
    FROM generate_series(0, 39) n""",
    """CREATE TEMPORARY TABLE numbered AS
    SELECT n, nextval(pg_get_serial_sequence('oauthcore_grant', 'id')) AS id, n <= {expired} AS is_over,
        now() - interval '90 days' - interval '1 second' * ({rows} - n) AS created_at
    FROM generate_series(1, {rows}) n""",
    """INSERT INTO oauthcore_grant (id, kind, uuid, label, application_id, user_id, scopes, created_at,
        expires_at, revoked_reason, password_mark)
    SELECT g.id, 'application', gen_random_uuid(), '', a.id, u.id, 'read', g.created_at,
        CASE WHEN is_over THEN g.created_at + interval '1 day' ELSE now() + interval '60 days' END, '',
        sha256('mark')
    FROM numbered g JOIN auth_user u ON u.username = 'person-' || n % 1000
    JOIN oauthcore_application a ON a.client_id = 'client-' || n % 40""",
    f"""INSERT INTO oauthcore_token (kind, grant_id, digest, hint, scopes, created_at, expires_at)
    SELECT 'access', id, {_DIGEST.format("access")}, '', 'read', created_at,
        CASE WHEN is_over THEN created_at + interval '1 hour' ELSE now() + interval '1 day' END
    FROM numbered""",
    f"""INSERT INTO oauthcore_token (kind, grant_id, digest, hint, scopes, created_at, turn)
    SELECT 'refresh', id, {_DIGEST.format("refresh")}, '', 'read', created_at, {_DIGEST.format("turn")}
    FROM numbered""",
    f"""INSERT INTO oauthcore_authorizationcode (grant_id, digest, redirect_uri, code_challenge,
        code_challenge_method, created_at, expires_at, used_at, failures)
    SELECT id, {_DIGEST.format("code")}, 'https://client.example/callback', 'x', 'S256', created_at,
        created_at + interval '1 minute', created_at + interval '1 second', 0
    FROM numbered""",
    "DROP TABLE numbered",
    """INSERT INTO oauth2_provider_application (client_id, redirect_uris, post_logout_redirect_uris,
        client_type, authorization_grant_type, client_secret, hash_client_secret, name, skip_authorization,
        created, updated, algorithm, allowed_origins, registration_source)
    SELECT 'client-' || n, 'https://client.example/cb', '', 'confidential', 'authorization-code',
        'secret-' || n, false, 'Application ' || n, false, now(), now(), '', '', 'manual'
    FROM generate_series(0, 39) n""",
    """INSERT INTO oauth2_provider_accesstoken (token, token_checksum, expires, scope, resource, created,
        updated, application_id, user_id)
    SELECT 'access-' || n, encode(sha256(('access-' || n)::bytea), 'hex'),
        CASE WHEN n <= {expired} THEN now() - interval '80 days' ELSE now() + interval '1 day' END, 'read',
        '[]', now() - interval '90 days', now(), a.id, u.id
    FROM generate_series(1, {rows}) n JOIN auth_user u ON u.username = 'person-' || n % 1000
    JOIN oauth2_provider_application a ON a.client_id = 'client-' || n % 40""",
    # Refresh tokens that were revoked: without REFRESH_TOKEN_EXPIRE_SECONDS only those are removed.
    """INSERT INTO oauth2_provider_refreshtoken (token, token_checksum, token_family, resource, created,
        updated, revoked, application_id, user_id, access_token_id)
    SELECT replace(token, 'access', 'refresh'),
        encode(sha256(replace(token, 'access', 'refresh')::bytea), 'hex'), gen_random_uuid(), '[]', created,
        updated, CASE WHEN expires < now() THEN expires END, application_id, user_id, id
    FROM oauth2_provider_accesstoken""",
    """INSERT INTO oauth2_provider_grant (code, expires, redirect_uri, scope, application_id, user_id,
        created, updated, code_challenge, code_challenge_method, nonce, claims, resource)
    SELECT 'code-' || t.id, t.expires, 'https://client.example/cb', 'read', application_id, user_id, created,
        updated, 'x', 'S256', '', '', '[]'
    FROM oauth2_provider_accesstoken t""",
)

#: How many rows each product has: all that have expired, and all that are live.
COUNTS = {
    "ours": """SELECT (SELECT count(*) FROM oauthcore_grant WHERE kind = 'application' AND expires_at < now())
        + (SELECT count(*) FROM oauthcore_token t JOIN oauthcore_grant g ON g.id = t.grant_id
            WHERE g.expires_at < now())
        + (SELECT count(*) FROM oauthcore_authorizationcode c JOIN oauthcore_grant g ON g.id = c.grant_id
            WHERE g.expires_at < now()),
        (SELECT count(*) FROM oauthcore_grant WHERE label = '' AND kind = 'application'
            AND expires_at > now())
        + (SELECT count(*) FROM oauthcore_token t JOIN oauthcore_grant g ON g.id = t.grant_id
            WHERE g.expires_at > now())
        + (SELECT count(*) FROM oauthcore_authorizationcode c JOIN oauthcore_grant g ON g.id = c.grant_id
            WHERE g.expires_at > now())""",
    "theirs": """SELECT (SELECT count(*) FROM oauth2_provider_accesstoken WHERE expires < now())
        + (SELECT count(*) FROM oauth2_provider_refreshtoken WHERE revoked < now())
        + (SELECT count(*) FROM oauth2_provider_grant WHERE expires < now()),
        (SELECT count(*) FROM oauth2_provider_accesstoken WHERE expires > now())
        + (SELECT count(*) FROM oauth2_provider_refreshtoken WHERE revoked IS NULL)
        + (SELECT count(*) FROM oauth2_provider_grant WHERE expires > now())""",
}


def fill(expired: int, live: int) -> None:
    """Put down so many authorizations of each product that have expired, and so many that are live."""
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            values = {"{expired}": expired, "{rows}": expired + live}
            for name, value in values.items():
                statement = statement.replace(name, str(value))
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
