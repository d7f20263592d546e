"""Liveness: what the API takes at the end is what is live by the rows, and nothing else (I-7)."""

from __future__ import annotations

from proof.audit.statement import Statement

#: What ``flows.tokens.verify`` asks of a token, but for the password mark, which is a keyed digest.
#: The moment is that of the look: a token may end between its look and the audit.
_LIVE = """
    t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > {moment})
    AND g.revoked_at IS NULL AND (g.expires_at IS NULL OR g.expires_at > {moment})
    AND (g.user_id IS NULL OR u.is_active)
    AND (g.application_id IS NULL OR (a.is_enabled AND NOT a.is_suspended AND a.deleted_at IS NULL))
    AND (t.account_uuid IS NULL OR g.user_id IS NULL OR EXISTS (
        SELECT FROM accounts_membership m JOIN accounts_account s ON s.uuid = m.account_id
        WHERE m.user_id = g.user_id AND m.account_id = t.account_uuid AND s.suspended_at IS NULL))
"""
_LOOKED_AT = """
    FROM proof_ledger l
    JOIN oauthcore_token t ON t.digest = l.input
    JOIN oauthcore_grant g ON g.id = t.grant_id
    LEFT JOIN auth_user u ON u.id = g.user_id
    LEFT JOIN oauthcore_application a ON a.id = g.application_id
    WHERE l.flow = 'last look'
"""

STATEMENTS = (
    Statement(
        "I-7",
        "dead and taken",
        "a token was taken whose grant, person, application or membership is no more",
        f"SELECT 'token ' || t.id {_LOOKED_AT} AND l.status = 200 AND NOT ({_LIVE.format(moment='l.began')})",
    ),
    Statement(
        "I-7",
        "live and refused",
        "a token was refused although everything around it is live, and its person has the same password",
        f"""
        SELECT 'token ' || t.id || ': ' || l.status {_LOOKED_AT} AND l.status IN (401, 403)
        AND ({_LIVE.format(moment="l.ended")})
        AND NOT EXISTS (
            SELECT FROM proof_ledger p WHERE p.flow = 'password changed' AND p.who = g.user_id::text)
        """,
    ),
    Statement(
        "I-7",
        "ended and taken",
        "a token was taken in a request that began after its family had ended",
        """
        SELECT 'request ' || l.id || ', ' || o.error
        FROM proof_ledger o
        JOIN oauthcore_token c ON c.digest = o.refresh
        JOIN oauthcore_token t ON t.grant_id = c.grant_id
        JOIN proof_ledger l ON l.input = t.digest OR l.refresh = t.digest
        WHERE o.flow = 'ended' AND l.alone AND l.status = 200 AND l.began > o.ended
          AND l.flow IN ('use', 'last look', 'refresh', 'device_token')
        """,
    ),
)
