"""What the site keeps out of its logs: query strings, where codes and state travel, and static files."""

from __future__ import annotations

import logging
import re

from oauthcore.logging import WithoutSecrets

_QUERY = re.compile(r"\?[^\s\"']*")


#: Where servers write whole request lines: uvicorn unless told not to, gunicorn when asked to.
_ACCESS_LOGS = ("uvicorn.access", "gunicorn.access")


class WithoutQueryString(logging.Filter):
    """Cuts the query off every path that a record names; ``runserver`` logs whole request lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):  # uvicorn's formatter takes them apart
            record.msg, record.args = _cut(record.msg), tuple(_cut(value) for value in record.args)
        else:
            record.msg, record.args = _cut(record.getMessage()), None
        return True


class WithoutStaticFiles(logging.Filter):
    """Drops what ``runserver`` says of each static file that it sent; one that is missing is still named."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.WARNING or not (isinstance(record.args, tuple) and record.args):
            return True
        _method, _space, path = str(record.args[0]).partition(" ")
        return not path.startswith(self._prefix)


def shorten_access_logs() -> None:
    """Cut queries and secrets out of servers' own logs, which Django's ``LOGGING`` could only take over."""
    for name in _ACCESS_LOGS:
        for one in (WithoutQueryString(), WithoutSecrets()):
            logging.getLogger(name).addFilter(one)


def _cut(value: object) -> object:
    return _QUERY.sub("", value) if isinstance(value, str) else value
