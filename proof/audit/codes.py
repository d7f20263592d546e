"""Codes: each gives tokens once (I-1 to I-3)."""

from __future__ import annotations

from proof.audit.statement import Statement

STATEMENTS = (
    Statement(
        "I-1",
        "code with two redemptions",
        "the grant of one code holds the tokens of two redemptions",
        """
        SELECT 'grant ' || g.uuid
        FROM oauthcore_grant g
        JOIN oauthcore_authorizationcode c ON c.grant_id = g.id
        JOIN oauthcore_token t ON t.grant_id = g.id
        GROUP BY g.id, g.uuid
        HAVING count(*) FILTER (WHERE t.kind = 'refresh') > 1
            OR (count(*) FILTER (WHERE t.kind = 'refresh') = 0
                AND count(*) FILTER (WHERE t.kind = 'access' AND t.actor IS NULL) > 1)
        """,
    ),
    Statement(
        "I-1",
        "code answered twice",
        "two requests with one code were both answered with tokens",
        """
        SELECT 'code ' || encode(input, 'hex') || ': ' || count(*)
        FROM proof_ledger WHERE flow = 'code' AND status = 200 GROUP BY input HAVING count(*) > 1
        """,
    ),
    Statement(
        "I-2",
        "used code without tokens",
        "a code was used, and its grant has no token",
        """
        SELECT 'code ' || c.id FROM oauthcore_authorizationcode c
        WHERE c.used_at IS NOT NULL
          AND NOT EXISTS (SELECT FROM oauthcore_token t WHERE t.grant_id = c.grant_id)
        """,
    ),
    Statement(
        "I-3",
        "tokens of an unused code",
        "there are tokens under the grant of a code that was not used",
        """
        SELECT 'code ' || c.id FROM oauthcore_authorizationcode c
        WHERE c.used_at IS NULL AND EXISTS (SELECT FROM oauthcore_token t WHERE t.grant_id = c.grant_id)
        """,
    ),
)
