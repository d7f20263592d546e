"""The database backend. Django requires this module name."""

from __future__ import annotations

import os
from functools import partial
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.postgresql import base

from oauthcore.postgresql import driver
from oauthcore.postgresql.connection import Connection
from oauthcore.postgresql.patience import Patience

#: One ``Patience`` for each database. The threads of the process share it.
_PATIENCE: dict[tuple[Any, ...], Patience] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's backend, with the option ``answer_within``."""

    Database = driver

    def __init__(self, settings_dict: dict[str, Any], alias: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(settings_dict, alias)
        _limit_pool(settings_dict["OPTIONS"])

    def get_connection_params(self) -> dict[str, Any]:
        """Return the parameters for psycopg, without our option, which psycopg does not know."""
        parameters: dict[str, Any] = super().get_connection_params()
        parameters.pop("answer_within", None)
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect. Raises OperationalError if the server did not answer a moment ago."""
        patience = self._patience(conn_params)
        if patience is None:
            return super().get_new_connection(conn_params)
        patience.check()
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.errors.ConnectionTimeout:
            patience.silence.begin()
            raise
        _give(connection, patience)
        return connection

    def _configure_connection(self, connection: Any) -> Any:
        # A pool calls this for each connection that it opens, and asks it whether it works afterwards.
        _give(connection, self._patience(self.get_connection_params()))
        return super()._configure_connection(connection)  # type: ignore[misc]  # the stubs lack it

    def _patience(self, parameters: dict[str, Any]) -> Patience | None:
        """Return what the process knows of the server; ``parameters`` are for a connection that asks it."""
        seconds = self.settings_dict["OPTIONS"].get("answer_within")
        if not seconds:
            return None
        server = (self.settings_dict["HOST"], self.settings_dict["PORT"], float(seconds))
        if server not in _PATIENCE:
            connect = partial(_connection_that_asks, float(seconds), parameters)
            patience = _PATIENCE.setdefault(server, Patience(float(seconds), connect))
            os.register_at_fork(after_in_child=patience.start_anew)
        return _PATIENCE[server]


def _connection_that_asks(seconds: float, parameters: dict[str, Any]) -> Connection:
    """Return a connection of its own, which has the time limit too and tells nobody when it is reached."""
    connection = Connection.connect(**parameters, autocommit=True)
    connection.patience = Patience(seconds)
    return connection


def _give(connection: Any, patience: Patience | None) -> None:
    if isinstance(connection, Connection):
        connection.patience = patience


def _limit_pool(options: dict[str, Any]) -> None:
    """Have a pool open our connections, and wait for a free one no longer than for an answer.

    By default a request waits 30 seconds for a connection of the pool.
    """
    if not options.get("pool") or not options.get("answer_within"):
        return
    limits = {"connection_class": Connection, "timeout": float(options["answer_within"])}
    options["pool"] = limits | ({} if options["pool"] is True else options["pool"])
