"""The database backend. Django requires this module name."""

from __future__ import annotations

from collections import defaultdict
from time import monotonic
from typing import Any

from django.db.backends.mysql import base
from django.db.utils import OperationalError

from oauthcore.silence import Silence

#: A connection that is refused fails at once. One without an answer fails after about the whole timeout.
_SHARE_OF_TIMEOUT = 0.9

#: One ``Silence`` for each host and port. The threads of the process share it.
_SILENCES: defaultdict[tuple[str, str], Silence] = defaultdict(Silence)


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's backend. After a server did not answer, it does not connect again for some seconds."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect. Raises OperationalError if the server did not answer a moment ago."""
        if _SILENCES[self._server()].lasts():
            raise OperationalError("the database did not answer a moment ago")
        began = monotonic()
        try:
            return super().get_new_connection(conn_params)
        except Exception:
            self._remember_silence(began)
            raise

    def is_usable(self) -> bool:
        """Return whether the connection still works. If the server does not answer, remember that."""
        began = monotonic()
        if super().is_usable():
            return True
        self._remember_silence(began)
        return False

    def _remember_silence(self, began: float) -> None:
        timeout = self.settings_dict["OPTIONS"].get("read_timeout")
        if timeout and monotonic() - began >= _SHARE_OF_TIMEOUT * timeout:
            _SILENCES[self._server()].begin()

    def _server(self) -> tuple[str, str]:
        return self.settings_dict["HOST"], str(self.settings_dict["PORT"])
