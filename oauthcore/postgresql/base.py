"""The database backend. Django requires this module name."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db.backends.postgresql import base

from oauthcore.postgresql import driver
from oauthcore.postgresql.connection import Connection, Patience

#: One ``Patience`` for each database. The threads of the process share it.
_PATIENCE: dict[tuple[Any, ...], Patience] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's backend, with the option ``answer_within``."""

    Database = driver

    def get_connection_params(self) -> dict[str, Any]:
        """Return the parameters for psycopg, without our option, which psycopg does not know."""
        parameters: dict[str, Any] = super().get_connection_params()
        parameters.pop("answer_within", None)
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect. Raises OperationalError if the server did not answer a moment ago."""
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
