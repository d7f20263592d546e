"""Transactions that wait for a lock, in the database of the test."""

from __future__ import annotations

import time

from django.db import connection

from tests.support.serving import databases

#: Other tests have databases on the same server.
_WAITING = {
    "postgresql": """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE %s
    """,
    "mysql": """
        SELECT count(*) FROM information_schema.innodb_trx AS waiting
        JOIN information_schema.processlist AS theirs ON theirs.id = waiting.trx_mysql_thread_id
        WHERE theirs.db = database() AND waiting.trx_state = 'LOCK WAIT' AND waiting.trx_query LIKE %s
    """,
}
#: InnoDB does not look again for somebody who asked less than a tenth of a second ago.
_PAUSE_SECONDS = {"postgresql": 0.005, "mysql": 0.12}
_PATIENCE_SECONDS = 30


def wait_until_somebody_waits(*, statement: str = "", number: int = 1) -> None:
    """Return when so many transactions wait for a lock with a statement that begins like this.

    It asks on a connection of its own: that of the test may be cut, or in a transaction.
    """
    ends_at = time.monotonic() + _PATIENCE_SECONDS
    with databases.connected(databases.own_url()) as cursor:
        while time.monotonic() < ends_at:
            cursor.execute(_WAITING[connection.vendor], [f"{statement}%"])
            if cursor.fetchone()[0] >= number:
                return
            cursor.connection.rollback()
            time.sleep(_PAUSE_SECONDS[connection.vendor])
    raise AssertionError(f"fewer than {number} transactions wait for a lock")
