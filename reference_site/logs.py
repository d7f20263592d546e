"""Log filters: they remove query strings, which contain codes and states, and requests for static files."""

from __future__ import annotations

import logging
import re

from oauthcore.logging import WithoutSecrets

_QUERY = re.compile(r"\?[^\s\"']*")


#: The loggers for request lines: uvicorn uses its logger by default, gunicorn if it is configured.
_ACCESS_LOGS = ("uvicorn.access", "gunicorn.access")


class WithoutQueryString(logging.Filter):
    """Removes the query from every path in a record. ``runserver`` logs whole request lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):  # uvicorn's formatter reads the arguments one by one
            record.msg, record.args = _cut(record.msg), tuple(_cut(value) for value in record.args)
        else:
            record.msg, record.args = _cut(record.getMessage()), None
        return True


class WithoutStaticFiles(logging.Filter):
    """Drops the records of ``runserver`` about static files that it sent. Missing files are still logged."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.WARNING or not (isinstance(record.args, tuple) and record.args):
            return True
        _method, _space, path = str(record.args[0]).partition(" ")
        return not path.startswith(self._prefix)


def shorten_access_logs() -> None:
    """Remove queries and secrets from the servers' own logs, which ``LOGGING`` could only replace."""
    for name in _ACCESS_LOGS:
        for one in (WithoutQueryString(), WithoutSecrets()):
            logging.getLogger(name).addFilter(one)


def _cut(value: object) -> object:
    return _QUERY.sub("", value) if isinstance(value, str) else value
