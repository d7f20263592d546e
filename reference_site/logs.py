"""What the site keeps out of its logs: query strings, because codes and state travel in them."""

from __future__ import annotations

import logging
import re

_QUERY = re.compile(r"\?[^\s\"']*")


class WithoutQueryString(logging.Filter):
    """Cuts the query off every path that a record names; ``runserver`` logs whole request lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _cut(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_cut(value) for value in record.args)
        return True


def _cut(value: object) -> object:
    return _QUERY.sub("", value) if isinstance(value, str) else value
