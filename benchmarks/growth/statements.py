"""The statements that fill the tables. What stands in braces is replaced by ``rows.fill``."""

_TIMES = """now() - interval '300 days' * ({grants} - n) / {grants}"""
_DIGEST = "sha256(('{}-' || {})::bytea)"

STATEMENTS = (
    """INSERT INTO auth_user (id, username, password, first_name, last_name, email, is_superuser, is_staff,
        is_active, date_joined)
    SELECT {first_person} + n, 'person-' || n, {password}, '', '', 'person-' || n || '@site.example', false,
        false, true, now()
    FROM generate_series(0, {people} - 1) n""",
    "SELECT setval(pg_get_serial_sequence('auth_user', 'id'), {first_person} + {people})",
    """INSERT INTO accounts_account (uuid, name, created_at)
    SELECT md5('account-' || n)::uuid, 'Account ' || n, now() FROM generate_series(0, {people} - 1) n""",
    """INSERT INTO accounts_membership (account_id, user_id, role, created_at)
    SELECT md5('account-' || n)::uuid, {first_person} + n, 'owner', now()
    FROM generate_series(0, {people} - 1) n""",
    """INSERT INTO django_session (session_key, session_data, expire_date)
    SELECT md5('session-' || n), repeat('x', 200), now() + interval '14 days'
    FROM generate_series(0, {people} - 1) n""",
    """INSERT INTO oauthcore_application (id, client_id, name, website, owner_id, client_type, profile,
        redirect_uris, grant_types, scopes, default_scopes, access_tokens_expire, is_verified, is_trusted,
        may_introspect, is_enabled, is_suspended, is_self_registered, created_at, deleted_at)
    SELECT {first_application} + n, 'client-' || n, 'Application ' || n, '', {first_person} + n % {people},
        CASE WHEN n % 100 = 0 THEN 'public' ELSE 'confidential' END,
        CASE WHEN n % 100 = 1 THEN 'oauth2.0' ELSE 'oauth2.1' END,
        'https://client.example/callback', 'authorization_code client_credentials', 'read write', '', true,
        n % 100 = 2, n % 100 = 3, false, n % 100 <> 4, n % 100 = 5, n % 100 = 6, now(),
        CASE WHEN n % 100 = 7 THEN now() END
    FROM generate_series(0, {applications} - 1) n""",
    """SELECT setval(pg_get_serial_sequence('oauthcore_application', 'id'),
        {first_application} + {applications})""",
    """CREATE TEMPORARY TABLE numbered AS
    SELECT n, nextval(pg_get_serial_sequence('oauthcore_grant', 'id')) AS id,
        CASE WHEN n % {service_step} = 0 THEN 'service' WHEN n % 20 <= 5 THEN 'session' ELSE 'application' END
            AS kind,
        CASE WHEN n % 5 = 4 THEN {web} ELSE {first_application} + (n * 31 + n / {people}) % {applications} END
            AS application_id,
        {person} AS person, {first_person} + {person} AS user_id, """
    + _TIMES
    + """ AS created_at, n / 20 % 10 = 1 AS is_ended, n / 20 % 10 = 2 AS is_expired
    FROM generate_series(1, {grants}) n""",
    """INSERT INTO oauthcore_grant (id, kind, uuid, label, application_id, user_id, account_uuid, scopes,
        created_at, expires_at, revoked_at, revoked_reason, password_mark, allowed_networks)
    SELECT id, kind, gen_random_uuid(), CASE WHEN kind = 'application' THEN '' ELSE 'Device ' || n END,
        CASE WHEN kind = 'application' THEN application_id END,
        CASE WHEN kind <> 'service' THEN user_id END,
        CASE WHEN kind = 'service' THEN md5('account-' || person)::uuid END, 'read', created_at,
        CASE WHEN is_expired THEN created_at + interval '1 hour'
            WHEN kind <> 'service' THEN now() + interval '60 days' END,
        CASE WHEN is_ended THEN created_at + interval '1 hour' END,
        CASE WHEN is_ended THEN 'signed out' ELSE '' END, CASE WHEN kind <> 'service' THEN {mark} END,
        CASE WHEN kind = 'service' AND n / {service_step} % 20 = 0 THEN '["192.0.2.0/24"]'::jsonb END
    FROM numbered""",
    f"""INSERT INTO oauthcore_token (kind, grant_id, digest, hint, scopes, created_at, expires_at)
    SELECT 'access', id, COALESCE(k.digest, {_DIGEST.format("access", "n")}), 'abcd', 'read', created_at,
        CASE WHEN kind <> 'service' THEN now() + interval '1 hour' * CASE WHEN k.n IS NULL THEN n % 48 - 24
            ELSE 24 END END
    FROM numbered LEFT JOIN (SELECT n, digest FROM known WHERE kind = 'access') k USING (n)
    WHERE kind = 'service' OR created_at < now() - interval '25 hours' OR k.n IS NOT NULL""",
    f"""INSERT INTO oauthcore_token (kind, grant_id, digest, hint, scopes, created_at, turn, turned_at)
    SELECT 'refresh', id, COALESCE(k.digest, {_DIGEST.format("refresh", "n")}), 'abcd', 'read', created_at,
        COALESCE(k.turn, {_DIGEST.format("turn", "n")}), now() - interval '1 day'
    FROM numbered LEFT JOIN (SELECT n, digest, turn FROM known WHERE kind = 'refresh') k USING (n)
    WHERE numbered.kind <> 'service'""",
    """INSERT INTO oauthcore_grant (kind, uuid, label, application_id, scopes, created_at, revoked_reason,
        standing_for_id)
    SELECT 'client', gen_random_uuid(), '', id, 'read write', created_at, '', id
    FROM oauthcore_application WHERE client_id LIKE 'client-%'""",
    f"""INSERT INTO oauthcore_token (kind, grant_id, digest, hint, scopes, created_at, expires_at)
    SELECT 'access', g.id, {_DIGEST.format("client", "n")}, 'abcd', 'read', now() - interval '2 days',
        now() + interval '1 hour' * (n % 48 - 24)
    FROM generate_series(1, {{client_tokens}}) n
    JOIN oauthcore_grant g ON g.standing_for_id = {{first_application}} + n % {{applications}}""",
    f"""INSERT INTO oauthcore_authorizationcode (grant_id, digest, redirect_uri, code_challenge,
        code_challenge_method, created_at, expires_at, used_at, failures)
    SELECT id, {_DIGEST.format("code", "n")}, 'https://client.example/callback', 'x', 'S256', created_at,
        created_at + interval '1 minute', created_at + interval '1 second', 0
    FROM numbered WHERE kind = 'application'""",
    """INSERT INTO oauthcore_consent (user_id, application_id, scopes, account_uuid, created_at, updated_at)
    SELECT user_id, application_id, 'read', md5('account-' || person)::uuid, min(created_at), max(created_at)
    FROM numbered WHERE kind = 'application' GROUP BY user_id, application_id, person""",
    """INSERT INTO oauthcore_device (grant_id, platform, app_version, client_uuid, address)
    SELECT id, CASE WHEN n % 2 = 0 THEN 'ios' ELSE 'android' END, '', gen_random_uuid(),
        '10.' || n / 65536 % 256 || '.' || n / 256 % 256 || '.' || n % 256
    FROM numbered WHERE kind = 'session'""",
    """INSERT INTO oauthcore_usage (grant_id, day, count, last_at, last_address)
    SELECT id, current_date - (n % 30)::int, 1, now() - interval '1 day' * (n % 30), '192.0.2.7'
    FROM numbered WHERE n % 40 <> 0""",
    """INSERT INTO oauthcore_securityevent (kind, at, count, request_id, address, user_ref, person_ref,
        application_ref, grant_uuid, reason)
    SELECT CASE WHEN n % 100 = 0 THEN 'revoked' WHEN n % 20 <= 5 THEN 'signed_in' ELSE 'consent_given' END,
        created_at, 1, md5(n::text), '10.' || n / 65536 % 256 || '.' || n / 256 % 256 || '.' || n % 256,
        user_id::text, '', 'client-' || n % {applications}, gen_random_uuid(), ''
    FROM numbered""",
    f"""INSERT INTO oauthcore_refusal (application_ref, at, request_id, error, reason, endpoint)
    SELECT 'client-' || n % {{applications}}, {_TIMES}, md5(n::text), 'invalid_grant', 'expired', 'token'
    FROM generate_series(1, {{grants}}, 10) n""",
    f"""INSERT INTO oauthcore_knownaddress (digest, last_at)
    SELECT {_DIGEST.format("address", "n")}, now() FROM generate_series(1, {{people}}) n""",
    f"""INSERT INTO oauthcore_limitwindow (key, count, ends_at)
    SELECT {_DIGEST.format("limit", "n")}, 1, now() + interval '1 hour'
    FROM generate_series(1, {{people}}) n""",
    """INSERT INTO oauthcore_scoperequest (application_id, scope, reason, state, created_at, answer)
    SELECT {first_application} + n, CASE WHEN n % 100 = 8 THEN 'orders' ELSE 'albums' END, 'Why not.',
        CASE WHEN n % 100 = 9 THEN 'waiting' ELSE 'approved' END, now(), ''
    FROM generate_series(0, {applications} - 1) n""",
    """INSERT INTO oauthcore_totpfactor (user_id, uuid, seed, last_step, created_at, confirmed_at)
    SELECT {first_person} + n, gen_random_uuid(), '', -1, now(),
        CASE WHEN n % 100 <> 17 THEN now() - interval '1 minute' * n END
    FROM generate_series({with_factor}, {people} - 1, {factor_every}) n""",
    f"""INSERT INTO oauthcore_recoverycode (factor_id, digest)
    SELECT id, {_DIGEST.format("recovery", "id || '-' || n")}
    FROM oauthcore_totpfactor, generate_series(1, 10) n""",
    "DROP TABLE numbered",
)

#: A person with many applications, the same on every size: two grants of each, used on five days.
COLLECTOR = (
    """INSERT INTO auth_user (username, password, first_name, last_name, email, is_superuser, is_staff,
        is_active, date_joined)
    VALUES ({collector}, {password}, '', '', '', false, false, true, now())""",
    """INSERT INTO oauthcore_application (client_id, name, website, client_type, profile, redirect_uris,
        grant_types, scopes, default_scopes, access_tokens_expire, is_verified, is_trusted, may_introspect,
        is_enabled, is_suspended, created_at)
    SELECT 'collected-' || n, 'Collected ' || n, '', 'confidential', 'oauth2.1',
        'https://client.example/callback', 'authorization_code', 'read write', '', true, false, false, false,
        true, false, now()
    FROM generate_series(1, {collected}) n""",
    """INSERT INTO oauthcore_consent (user_id, application_id, scopes, created_at, updated_at)
    SELECT u.id, a.id, 'read', now() - interval '100 days', now() - interval '100 days'
    FROM auth_user u, oauthcore_application a
    WHERE u.username = {collector} AND a.client_id LIKE 'collected-%'""",
    """INSERT INTO oauthcore_grant (kind, uuid, label, application_id, user_id, scopes, created_at,
        expires_at, revoked_reason, password_mark)
    SELECT 'application', gen_random_uuid(), '', application_id, user_id, 'read',
        created_at + interval '1 day' * n, now() + interval '60 days', '', {mark}
    FROM oauthcore_consent c JOIN auth_user u ON u.id = c.user_id, generate_series(1, 2) n
    WHERE u.username = {collector}""",
    f"""INSERT INTO oauthcore_token (kind, grant_id, digest, hint, scopes, created_at, turn, turned_at)
    SELECT 'refresh', g.id, {_DIGEST.format("collected", "g.id")}, 'abcd', 'read', g.created_at,
        {_DIGEST.format("collected turn", "g.id")}, now() - interval '1 day'
    FROM oauthcore_grant g JOIN auth_user u ON u.id = g.user_id WHERE u.username = {{collector}}""",
    """INSERT INTO oauthcore_usage (grant_id, day, count, last_at, last_address)
    SELECT g.id, current_date - n - (g.id % 50)::int, 1,
        now() - interval '1 day' * (n + g.id % 50) - interval '1 second' * (g.id % 5000), '192.0.2.7'
    FROM oauthcore_grant g JOIN auth_user u ON u.id = g.user_id, generate_series(1, 5) n
    WHERE u.username = {collector}""",
)
