"""Receipts: what a client was given is stored, and what is stored was given to a client (I-8)."""

from __future__ import annotations

from proof.audit.statement import Statement

#: Which requests store which kind of row for their client.
_STORES = {
    "access": ("code", "refresh", "device_token", "client_credentials"),
    "refresh": ("code", "sign_in", "mfa", "recovery"),
    "code": ("authorize", "consent"),
}


def _lost(kind: str) -> str:
    """Return SQL that counts requests that may have stored one and told their client nothing of it."""
    flows = ", ".join(f"'{one}'" for one in _STORES[kind])
    return (
        f"(SELECT count(*) FROM proof_ledger WHERE (status IS NULL OR status >= 500) AND flow IN ({flows}))"
    )


STATEMENTS = (
    Statement(
        "I-8",
        "given and not stored",
        "a client was given a token or a code that is not in the database",
        """
        SELECT 'request ' || l.id || ': ' || given.name
        FROM proof_ledger l
        CROSS JOIN LATERAL (VALUES ('access', l.access), ('refresh', l.refresh)) AS given (name, digest)
        WHERE given.digest IS NOT NULL AND l.status = 200
          AND NOT EXISTS (SELECT FROM oauthcore_token t WHERE t.digest = given.digest)
        UNION ALL
        SELECT 'request ' || l.id || ': code'
        FROM proof_ledger l
        WHERE l.code IS NOT NULL
          AND NOT EXISTS (SELECT FROM oauthcore_authorizationcode c WHERE c.digest = l.code)
        """,
    ),
    Statement(
        "I-8",
        "turn given and not stored",
        "a chain does not stand where its last answer has put it, and no later answer was lost",
        """
        SELECT 'token ' || t.id
        FROM oauthcore_token t
        JOIN LATERAL (
            SELECT l.turn, l.ended FROM proof_ledger l
            WHERE l.refresh = t.digest AND l.status = 200 AND l.turn IS NOT NULL
            ORDER BY l.ended DESC LIMIT 1
        ) AS last ON true
        WHERE t.kind = 'refresh' AND t.turn <> last.turn AND NOT EXISTS (
            SELECT FROM proof_ledger lost
            WHERE lost.input = last.turn AND (lost.status IS NULL OR lost.status >= 500))
        """,
    ),
    Statement(
        "I-8",
        "stored and given to nobody",
        "there are more tokens that no client has received than answers that were lost",
        f"""
        SELECT t.kind || ' tokens: ' || count(*)
        FROM oauthcore_token t
        WHERE NOT EXISTS (SELECT FROM proof_ledger l WHERE t.digest IN (l.access, l.refresh))
        GROUP BY t.kind
        HAVING count(*) > CASE t.kind WHEN 'access' THEN {_lost("access")} ELSE {_lost("refresh")} END
        UNION ALL
        SELECT 'codes: ' || count(*)
        FROM oauthcore_authorizationcode c
        WHERE NOT EXISTS (SELECT FROM proof_ledger l WHERE l.code = c.digest)
        HAVING count(*) > {_lost("code")}
        """,
    ),
)
