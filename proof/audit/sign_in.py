"""Signing in: challenges and codes work once, and no more tries are looked at than may be (I-9 to I-11)."""

from __future__ import annotations

from proof.audit.statement import Statement

STATEMENTS = (
    Statement(
        "I-9",
        "challenge with too many failures",
        "a challenge has counted more failures than end it",
        """
        SELECT 'challenge ' || id || ': ' || failures
        FROM oauthcore_mfachallenge WHERE failures > %(challenge_failures)s
        """,
    ),
    Statement(
        "I-9",
        "challenge answered twice",
        "one mfa token has signed somebody in twice",
        """
        SELECT 'challenge ' || encode(challenge, 'hex') || ': ' || count(*)
        FROM proof_ledger WHERE challenge IS NOT NULL AND status = 200
        GROUP BY challenge HAVING count(*) > 1
        """,
    ),
    Statement(
        "I-9",
        "more sessions than challenges",
        "a person with a second factor has more sessions than challenges that were answered",
        """
        SELECT 'user ' || f.user_id
        FROM oauthcore_totpfactor f
        WHERE f.confirmed_at IS NOT NULL
          AND (SELECT count(*) FROM oauthcore_grant g
               WHERE g.user_id = f.user_id AND g.kind = 'session' AND g.created_at > f.confirmed_at)
            > (SELECT count(*) FROM oauthcore_mfachallenge c
               WHERE c.user_id = f.user_id AND c.door = 'app' AND c.used_at IS NOT NULL)
        """,
    ),
    Statement(
        "I-10",
        "recovery code used twice",
        "one recovery code has signed somebody in twice",
        """
        SELECT 'code ' || encode(input, 'hex') || ': ' || count(*)
        FROM proof_ledger WHERE flow = 'recovery' AND status = 200 GROUP BY who, input HAVING count(*) > 1
        """,
    ),
    Statement(
        "I-10",
        "recovery code used and not marked",
        "more uses of recovery codes were noted than codes are marked as used",
        """
        SELECT 'user ' || f.user_id
        FROM oauthcore_totpfactor f
        WHERE (SELECT count(*) FROM oauthcore_securityevent e
               WHERE e.kind = 'recovery_code_used' AND e.user_ref = f.user_id::text)
            > (SELECT count(*) FROM oauthcore_recoverycode c
               WHERE c.factor_id = f.id AND c.used_at IS NOT NULL)
          AND NOT EXISTS (SELECT FROM oauthcore_securityevent e
               WHERE e.kind = 'recovery_codes_made' AND e.user_ref = f.user_id::text)
        """,
    ),
    Statement(
        "I-10",
        "step accepted twice",
        "the code of one time step has signed somebody in twice",
        """
        SELECT 'user ' || who || ', step ' || step || ': ' || count(*)
        FROM proof_ledger WHERE flow = 'mfa' AND status = 200 GROUP BY who, step HAVING count(*) > 1
        """,
    ),
    Statement(
        "I-10",
        "step accepted out of order",
        "the code of a time step was accepted after that of a later one",
        """
        SELECT 'request ' || late.id
        FROM proof_ledger late
        JOIN proof_ledger early ON early.who = late.who AND early.ended < late.began
        WHERE late.flow = 'mfa' AND early.flow = 'mfa' AND late.status = 200 AND early.status = 200
          AND late.step < early.step
        """,
    ),
    Statement(
        "I-10",
        "step accepted and not stored",
        "the code of a time step has signed somebody in, and an earlier step is the last one stored",
        """
        SELECT 'user ' || f.user_id
        FROM oauthcore_totpfactor f
        WHERE f.last_step < (
            SELECT max(step) FROM proof_ledger
            WHERE flow = 'mfa' AND status = 200 AND who = f.user_id::text)
        """,
    ),
    Statement(
        "I-11",
        "more than may be was looked at",
        "more tries were looked at than a limit allows, as the driver has counted them",
        """
        SELECT flow || ' of ' || who || ': ' || count || ' instead of ' || most
        FROM proof_ledger WHERE count > most
        """,
    ),
    Statement(
        "I-11",
        "too many wrong codes of a person",
        "more wrong codes of a person were looked at than the limit allows",
        """
        SELECT 'user ' || who || ', ' || flow || ': ' || count(*)
        FROM proof_ledger
        WHERE flow IN ('mfa', 'recovery') AND error = 'invalid_mfa_code'
          AND began > now() - make_interval(secs => %(second_factor_seconds)s)
        GROUP BY who, flow HAVING count(*) > %(second_factor_most)s
        """,
    ),
    Statement(
        "I-11",
        "too many wrong codes of a challenge",
        "more wrong codes of a challenge were looked at than end it",
        """
        SELECT 'challenge ' || encode(challenge, 'hex') || ': ' || count(*)
        FROM proof_ledger WHERE error = 'invalid_mfa_code'
        GROUP BY challenge HAVING count(*) > %(challenge_failures)s
        """,
    ),
)
