"""Security events: exactly one for each replay, ending and sign-in (I-14)."""

from __future__ import annotations

from proof.audit.statement import Statement

STATEMENTS = (
    Statement(
        "I-14",
        "ending without one event",
        "a grant has ended without exactly one event that says so",
        """
        SELECT 'grant ' || g.uuid || ': ' || count(e.id)
        FROM oauthcore_grant g
        LEFT JOIN oauthcore_securityevent e ON e.grant_uuid = g.uuid
            AND e.kind IN ('revoked', 'code_replayed', 'refresh_token_replayed')
        WHERE g.revoked_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM oauthcore_securityevent w
            WHERE w.kind = 'consent_withdrawn' AND w.at = g.revoked_at
              AND g.user_id::text IN (w.user_ref, w.person_ref))
        GROUP BY g.id, g.uuid HAVING count(e.id) <> 1
        """,
    ),
    Statement(
        "I-14",
        "application ended without one event",
        "an application was switched off or deleted without exactly one event that says so",
        """
        SELECT 'application ' || a.client_id || ': ' || count(e.id)
        FROM oauthcore_application a
        LEFT JOIN oauthcore_securityevent e ON e.application_ref = a.client_id AND (
            (a.deleted_at IS NOT NULL AND e.kind = 'application_deleted')
            OR (a.deleted_at IS NULL AND e.kind = 'application_changed' AND e.reason = 'disabled'))
        WHERE a.deleted_at IS NOT NULL OR NOT a.is_enabled
        GROUP BY a.id, a.client_id HAVING count(e.id) <> 1
        """,
    ),
    Statement(
        "I-14",
        "replay under another name",
        "a grant has ended for a replay, and its event is of another kind",
        """
        SELECT 'grant ' || g.uuid
        FROM oauthcore_grant g JOIN oauthcore_securityevent e ON e.grant_uuid = g.uuid
        WHERE (e.kind = 'revoked' AND g.revoked_reason LIKE '%%replayed')
           OR (e.kind = 'refresh_token_replayed' AND g.revoked_reason <> 'refresh token replayed')
           OR (e.kind = 'code_replayed' AND g.revoked_reason NOT LIKE '%%code replayed')
        """,
    ),
    Statement(
        "I-14",
        "sign-in without one event",
        "a session was opened on a device without exactly one event that says so",
        """
        SELECT 'grant ' || g.uuid || ': ' || count(e.id)
        FROM oauthcore_grant g
        LEFT JOIN oauthcore_securityevent e ON e.grant_uuid = g.uuid AND e.kind = 'device_signed_in'
        WHERE g.kind = 'session' AND g.imported_from IS NULL
        GROUP BY g.id, g.uuid HAVING count(e.id) <> 1
        """,
    ),
)
