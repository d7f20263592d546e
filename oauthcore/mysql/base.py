"""The backend itself, where Django looks for it."""

from __future__ import annotations

from time import monotonic
from typing import Any

from django.db.backends.mysql import base
from django.db.utils import OperationalError

#: After a server did not answer, this process does not connect to it for so many seconds. A request that has
#: waited once does not wait a second time.
SECONDS_OF_SILENCE = 2.0

#: A server that refuses or is away says so at once. One that does not answer takes about a whole timeout.
_SHARE_OF_TIMEOUT = 0.9

#: Until when this process does not connect to a server, by host and port; shared by its threads.
_SILENT_UNTIL: dict[tuple[str, str], float] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but for what it does after a server did not answer."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, unless the server did not answer a moment ago."""
        if monotonic() < _SILENT_UNTIL.get(self._server(), 0.0):
            raise OperationalError("the database did not answer a moment ago")
        began = monotonic()
        try:
            return super().get_new_connection(conn_params)
        except Exception:
            self._remember_silence(began)
            raise

    def is_usable(self) -> bool:
        """Return whether the connection still works; where the server does not answer, remember that."""
        began = monotonic()
        if super().is_usable():
            return True
        self._remember_silence(began)
        return False

    def _remember_silence(self, began: float) -> None:
        timeout = self.settings_dict["OPTIONS"].get("read_timeout")
        if timeout and monotonic() - began >= _SHARE_OF_TIMEOUT * timeout:
            _SILENT_UNTIL[self._server()] = monotonic() + SECONDS_OF_SILENCE

    def _server(self) -> tuple[str, str]:
        return self.settings_dict["HOST"], str(self.settings_dict["PORT"])
