"""Refresh chains: one row, one winner for each turn, and an end with the first replay (I-4 to I-6)."""

from __future__ import annotations

from proof.audit.statement import Statement

STATEMENTS = (
    Statement(
        "I-4",
        "turn answered twice",
        "one refresh token was traded twice",
        """
        SELECT 'turn ' || encode(input, 'hex') || ': ' || count(*)
        FROM proof_ledger
        WHERE flow IN ('refresh', 'device_token') AND status = 200 GROUP BY input
        HAVING count(DISTINCT turn) > 1 OR (count(*) > 1
            AND max(began) - min(ended) >= make_interval(secs => %(grace)s))
        """,
    ),
    Statement(
        "I-4",
        "turn given twice",
        "two answers carried the same refresh token",
        """
        SELECT 'turn ' || encode(turn, 'hex') || ': ' || count(*)
        FROM proof_ledger WHERE status = 200 AND turn IS NOT NULL GROUP BY turn
        HAVING count(DISTINCT input) > 1 OR (count(*) > 1 AND %(grace)s = 0)
        """,
    ),
    Statement(
        "I-5",
        "two chains",
        "there is more than one refresh chain under a grant",
        """
        SELECT 'grant ' || grant_id || ': ' || count(*)
        FROM oauthcore_token WHERE kind = 'refresh' GROUP BY grant_id HAVING count(*) > 1
        """,
    ),
    Statement(
        "I-6",
        "replay without an end",
        "a replay was noted, and its grant has not ended",
        """
        SELECT 'grant ' || g.uuid
        FROM oauthcore_securityevent e JOIN oauthcore_grant g ON g.uuid = e.grant_uuid
        WHERE e.kind IN ('code_replayed', 'refresh_token_replayed') AND g.revoked_at IS NULL
        """,
    ),
    Statement(
        "I-6",
        "replayed and still taken",
        "a token was taken in a request that began after its grant had ended for a replay",
        """
        SELECT 'request ' || l.id
        FROM proof_ledger l
        JOIN oauthcore_token t ON t.digest = l.input OR t.digest = l.refresh
        JOIN oauthcore_grant g ON g.id = t.grant_id
        WHERE l.alone AND l.status = 200 AND l.flow IN ('use', 'last look', 'refresh', 'device_token')
          AND g.revoked_reason LIKE '%%replayed' AND l.began > g.revoked_at
        """,
    ),
)
