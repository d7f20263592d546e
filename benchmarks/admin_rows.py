"""Rows for the lists of the admin, as many as asked for in each table, made by PostgreSQL itself.

Times are a minute apart. Every hundredth row is of the rare sort that a filter looks for, so that an index
decides how long that takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.utils import timezone

_DIGEST = "decode(md5({}) || md5({} || 'x'), 'hex')"
#: Where somebody has the same login, number and time everywhere, a search finds what it should.
STATEMENTS = (
    """INSERT INTO auth_user (username, password, first_name, last_name, email, is_superuser, is_staff,
        is_active, date_joined)
    SELECT 'person-' || n, '!x', '', '', 'person-' || n || '@site.example', false, false, true, now()
    FROM generate_series(1, {rows}) n""",
    """INSERT INTO oauthcore_application (client_id, name, website, owner_id, client_type, profile,
        redirect_uris, grant_types, scopes, default_scopes, access_tokens_expire, is_verified, is_trusted,
        may_introspect,
        is_enabled, is_suspended, is_self_registered, created_at, deleted_at)
    SELECT 'client-' || n, 'Application ' || n, '', u.id,
        CASE WHEN n % 100 = 0 THEN 'public' ELSE 'confidential' END,
        CASE WHEN n % 100 = 1 THEN 'oauth2.0' ELSE 'oauth2.1' END,
        'https://client.example/cb', 'authorization_code', 'read', '', true, n % 100 = 2, n % 100 = 3, false,
        n % 100 <> 4, n % 100 = 5, n % 100 = 6, now(), CASE WHEN n % 100 = 7 THEN now() END
    FROM generate_series(1, {rows}) n JOIN auth_user u ON u.username = 'person-' || n""",
    """INSERT INTO oauthcore_grant (kind, uuid, label, application_id, user_id, account_uuid, scopes,
        created_at, expires_at, revoked_at, revoked_reason, password_mark, standing_for_id)
    SELECT k.kind, gen_random_uuid(),
        CASE WHEN k.kind IN ('session', 'service') THEN 'Device ' || n ELSE '' END,
        CASE WHEN k.kind IN ('application', 'client') THEN a.id END,
        CASE WHEN k.kind IN ('application', 'session') THEN u.id END,
        CASE WHEN k.kind = 'service' THEN gen_random_uuid() END,
        'read', now() - interval '1 minute' * ({rows} - n),
        CASE WHEN n % 500 = 3 THEN now() - interval '1 minute' * ({rows} - n - 1) END,
        CASE WHEN n % 500 = 4 THEN now() END, '',
        CASE WHEN k.kind IN ('application', 'session') THEN decode(md5('a') || md5('b'), 'hex') END,
        CASE WHEN k.kind = 'client' THEN a.id END
    FROM generate_series(1, {rows}) n
    JOIN auth_user u ON u.username = 'person-' || n
    JOIN oauthcore_application a ON a.client_id = 'client-' || n,
    LATERAL (SELECT CASE WHEN n % 100 IN (3, 50) THEN 'service' WHEN n % 100 IN (4, 51) THEN 'client'
        WHEN n % 5 = 0 THEN 'session' ELSE 'application' END AS kind) k""",
    """INSERT INTO oauthcore_device (grant_id, platform, app_version, client_uuid, address)
    SELECT id, CASE WHEN id % 2 = 0 THEN 'ios' ELSE 'android' END, '', gen_random_uuid(),
        '10.' || id / 65536 % 256 || '.' || id / 256 % 256 || '.' || id % 256
    FROM oauthcore_grant WHERE kind = 'session'""",
    """INSERT INTO oauthcore_usage (grant_id, day, count, last_at, last_address)
    SELECT id, current_date, 1, now(), '192.0.2.7' FROM oauthcore_grant""",
    f"""INSERT INTO oauthcore_token (kind, grant_id, digest, hint, scopes, created_at, turn)
    SELECT 'refresh', id, {_DIGEST.format("id::text", "id::text")}, '', 'read', now(),
        decode(md5('a') || md5('b'), 'hex')
    FROM oauthcore_grant WHERE kind IN ('application', 'session')""",
    """INSERT INTO oauthcore_consent (user_id, application_id, scopes, created_at, updated_at)
    SELECT user_id, application_id, 'read', created_at, created_at
    FROM oauthcore_grant WHERE kind = 'application'""",
    """INSERT INTO oauthcore_scoperequest (application_id, scope, reason, state, created_at, answer)
    SELECT id, CASE WHEN id % 100 = 8 THEN 'orders' ELSE 'albums' END, 'Why not.',
        CASE WHEN id % 100 = 9 THEN 'waiting' ELSE 'approved' END, now(), ''
    FROM oauthcore_application""",
    """INSERT INTO oauthcore_totpfactor (user_id, uuid, seed, last_step, created_at, confirmed_at)
    SELECT id, gen_random_uuid(), '', -1, now(),
        CASE WHEN id % 100 <> 0 THEN now() - interval '1 minute' * id END
    FROM auth_user WHERE username LIKE 'person-%'""",
    f"""INSERT INTO oauthcore_recoverycode (factor_id, digest)
    SELECT id, {_DIGEST.format("id::text", "id::text")} FROM oauthcore_totpfactor""",
    """INSERT INTO oauthcore_securityevent (kind, at, count, request_id, address, user_ref, person_ref,
        application_ref, grant_uuid, reason)
    SELECT CASE WHEN id % 100 = 0 THEN 'revoked' WHEN kind = 'service' THEN 'service_token_made'
        ELSE 'signed_in' END,
        created_at, 1, md5(id::text), '10.' || id / 65536 % 256 || '.' || id / 256 % 256 || '.' || id % 256,
        COALESCE(user_id::text, ''), '', COALESCE('client-' || application_id, ''), uuid, ''
    FROM oauthcore_grant""",
)


def fill(rows: int) -> None:
    """Add so many rows to each table, and let PostgreSQL look at them as a database in use has."""
    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement.replace("{rows}", str(rows)))
        # VACUUM tells what an index can answer alone; a test fills inside a transaction, where there is none.
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")


#: Each list as it opens, each search and each filter. Words in capitals stand for what is there.
LISTS = {
    "application": [
        *(
            "",
            "p=1",
            "q=Application 77",
            "q=Application 7",
            "q=Application",
            "q=client-77",
            "q=person-77",
            "q=nobody",
            "deleted=yes",
            "deleted=all",
        ),
        *(
            "client_type__exact=public",
            "profile__exact=oauth2.0",
            "is_verified__exact=1",
            "is_trusted__exact=1",
        ),
        *("is_enabled__exact=0", "is_suspended__exact=1", "is_self_registered__exact=1", "o=1", "o=-1"),
    ],
    "consent": [
        "",
        "p=1",
        "q=person-77",
        "q=client-77",
        "q=Application 7",
        "q=Application",
        "q=nobody",
        "updated_at__on=DAY",
        "o=5",
    ],
    "grant": [
        *(
            "",
            "p=1",
            "q=person-77",
            "q=client-77",
            "q=Application 7",
            "q=Application",
            "q=Device 75",
            "q=Device 7",
            "q=Device",
            "q=UUID",
            "q=CLIENT",
            "q=10.0.0.75",
            "q=nobody",
        ),
        *(
            "q=ios",
            "end=none",
            "end=expired",
            "end=ended",
            "kind=session",
            "kind=client",
            "kind=application",
            "o=4",
        ),
        "created_at__on=DAY",
    ],
    "scoperequest": [
        "",
        "p=1",
        "state__exact=waiting",
        "q=orders",
        "q=Application 77",
        "q=Application 7",
        "q=Application",
        "q=nobody",
        "scope=orders",
    ],
    "totpfactor": ["", "p=1", "q=person-77", "q=nobody", "o=2"],
    "securityevent": [
        *(
            "",
            "p=1",
            "kind__exact=revoked",
            "q=UUID",
            "q=10.0.0.75",
            "q=person-77",
            "q=client-77",
            "q=nobody",
        ),
        *("at__on=DAY", "o=1", "at__gte=DAY+00:00:00%2B00:00"),
    ],
    "servicetoken": [
        *(
            "",
            "p=1",
            "q=Device 50",
            "q=Device 5",
            "q=UUID",
            "q=nobody",
            "state=live",
            "state=revoked",
            "state=expired",
        ),
        *(
            "expiry=soon",
            "expiry=never",
            "networks=anywhere",
            "networks=some",
            "networks=nowhere",
            "use=unused",
        ),
    ],
}


def pages() -> Iterator[str]:
    """Yield the address of each page, from the name of its list on."""
    for _, page in named_pages():
        yield page


def named_pages() -> Iterator[tuple[str, str]]:
    """Yield a name of each page, the same for all tables, and its address."""
    from oauthcore.models import Device, ServiceToken

    token, device = ServiceToken.objects.order_by("pk")[77], Device.objects.order_by("pk")[77]
    known = {
        "DAY": timezone.now().date() - timedelta(days=3),
        "UUID": token.uuid,
        "CLIENT": device.client_uuid,
    }
    for name, queries in LISTS.items():
        for query in queries:
            page = f"{name}/?{query}"
            address = page
            for word, value in known.items():
                address = address.replace(word, str(value))
            yield page, address
