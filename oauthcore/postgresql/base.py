"""The backend itself, where Django looks for it."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db.backends.postgresql import base

from oauthcore.postgresql import driver
from oauthcore.postgresql.connection import Connection, Patience

#: One for each database of this process, shared by its threads.
_PATIENCE: dict[tuple[Any, ...], Patience] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but for how long it waits."""

    Database = driver

    def get_connection_params(self) -> dict[str, Any]:
        """Return what psycopg is given, which does not know our option."""
        parameters: dict[str, Any] = super().get_connection_params()
        parameters.pop("answer_within", None)
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, unless the server did not answer a moment ago."""
        patience = self._patience()
        if patience is None:
            return super().get_new_connection(conn_params)
        patience.check()
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.errors.ConnectionTimeout:
            patience.lose()
            raise
        if isinstance(connection, Connection):
            connection.patience = patience
        return connection

    def _patience(self) -> Patience | None:
        seconds = self.settings_dict["OPTIONS"].get("answer_within")
        if not seconds:
            return None
        server = (self.settings_dict["HOST"], self.settings_dict["PORT"], float(seconds))
        return _PATIENCE.setdefault(server, Patience(float(seconds)))
