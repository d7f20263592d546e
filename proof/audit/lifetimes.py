"""Lifetimes: nothing lives longer than it may, or than what it belongs to (I-12)."""

from __future__ import annotations

from proof.audit.statement import Statement

STATEMENTS = (
    Statement(
        "I-12",
        "access token too long",
        "an access token lives longer than the site or its application allows",
        """
        SELECT 'token ' || t.id
        FROM oauthcore_token t
        JOIN oauthcore_grant g ON g.id = t.grant_id
        LEFT JOIN oauthcore_application a ON a.id = g.application_id
        WHERE t.kind = 'access' AND g.kind <> 'service' AND coalesce(a.access_tokens_expire, true)
          AND (t.expires_at IS NULL OR t.expires_at > t.created_at + make_interval(secs =>
               CASE g.kind WHEN 'session' THEN %(device_access_token)s
               ELSE coalesce(a.access_token_lifetime, %(access_token)s) END))
        """,
    ),
    Statement(
        "I-12",
        "token beyond its grant",
        "a token lives longer than its grant",
        """
        SELECT 'token ' || t.id FROM oauthcore_token t JOIN oauthcore_grant g ON g.id = t.grant_id
        WHERE g.expires_at IS NOT NULL AND (t.expires_at IS NULL OR t.expires_at > g.expires_at)
        """,
    ),
    Statement(
        "I-12",
        "grant too long",
        "a grant lives longer than the site or its application allows",
        """
        SELECT 'grant ' || g.uuid
        FROM oauthcore_grant g LEFT JOIN oauthcore_application a ON a.id = g.application_id
        WHERE g.kind IN ('application', 'session') AND g.expires_at > g.created_at + make_interval(secs =>
            CASE g.kind WHEN 'session' THEN %(session)s
            ELSE coalesce(a.refresh_token_lifetime, %(refresh_token)s) END)
        """,
    ),
    Statement(
        "I-12",
        "taken after its end",
        "a token, code, challenge or grant was taken in a request that began after its end",
        """
        SELECT 'request ' || l.id || ', ' || l.flow
        FROM proof_ledger l JOIN oauthcore_token t ON t.digest = l.input
        WHERE l.flow IN ('use', 'last look') AND l.status = 200 AND l.began > t.expires_at
        UNION ALL
        SELECT 'request ' || l.id || ', code'
        FROM proof_ledger l JOIN oauthcore_authorizationcode c ON c.digest = l.input
        WHERE l.flow = 'code' AND l.status = 200 AND l.began > c.expires_at
        UNION ALL
        SELECT 'request ' || l.id || ', challenge'
        FROM proof_ledger l JOIN oauthcore_mfachallenge m ON m.digest = l.challenge
        WHERE l.status = 200 AND l.began > m.expires_at
        UNION ALL
        SELECT 'request ' || l.id || ', grant'
        FROM proof_ledger l JOIN oauthcore_token t ON t.digest = l.refresh
        JOIN oauthcore_grant g ON g.id = t.grant_id
        WHERE l.flow IN ('refresh', 'device_token') AND l.status = 200 AND l.began > g.expires_at
        """,
    ),
    Statement(
        "I-12",
        "code or challenge too long",
        "an authorization code or a challenge lives longer than the site allows",
        """
        SELECT 'code ' || id FROM oauthcore_authorizationcode
        WHERE expires_at > created_at + make_interval(secs => %(code)s)
        UNION ALL
        SELECT 'challenge ' || id FROM oauthcore_mfachallenge
        WHERE expires_at > created_at + make_interval(secs => %(mfa_token)s)
        """,
    ),
)
