"""Texts: no column holds a secret of this site, or a password, in clear (I-13)."""

from __future__ import annotations

import re
from typing import Any

from oauthcore import conf

INVARIANT, WORDS = "I-13", "a column holds a secret in clear"
_KINDS = ("character varying", "text", "json", "jsonb", "bytea")


def secrets_in_clear(cursor: Any, *, canaries: tuple[str, ...] = ()) -> list[str]:
    """Return the columns in which a text of the site's formats stands, or one of the canaries."""
    pattern = "|".join([conf.settings().secret_format.telling.pattern, *map(re.escape, canaries)])
    cursor.execute(
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type = ANY(%s) ORDER BY 1, 2",
        [list(_KINDS)],
    )
    looks = [
        f"SELECT '{table}.{column}' WHERE EXISTS"
        f' (SELECT FROM "{table}" WHERE {_as_text(column, kind)} ~ %(pattern)s)'
        for table, column, kind in cursor.fetchall()
    ]
    cursor.execute(" UNION ALL ".join(looks), {"pattern": pattern})
    return [one for (one,) in cursor.fetchall()]


def _as_text(column: str, kind: str) -> str:
    return f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
