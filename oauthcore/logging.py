"""For a site's ``LOGGING``: the request's id on every line, and lines as JSON that nothing sent can break."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from oauthcore import conf, request_context

__all__ = ["JSONFormatter", "RequestIdFilter", "WithoutSecrets"]


class RequestIdFilter(logging.Filter):
    """Adds ``request_id`` to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id of the request being answered, and let the record through."""
        record.request_id = request_context.current().request_id or "-"
        return True


class WithoutSecrets(logging.Filter):
    """Puts a star in place of each secret of this site that a message or a traceback repeats.

    For handlers, and for the loggers of servers: somebody may send a token where none belongs, such as in the
    path, the Host or the Referer.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Hide what is secret, and let the record through."""
        hidden_in = conf.settings().secret_format.hidden_in
        if isinstance(record.args, tuple):  # uvicorn's formatter takes them apart
            record.args = tuple(hidden_in(one) if isinstance(one, str) else one for one in record.args)
        message = record.getMessage()
        if (hidden := hidden_in(message)) != message:
            record.msg, record.args = hidden, None
        if record.exc_info and not record.exc_text:
            record.exc_text = hidden_in(_FORMATTER.formatException(record.exc_info))
        return True


_FORMATTER = logging.Formatter()


class JSONFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, request id, message, and the traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = record.exc_text or self.formatException(record.exc_info)
        return json.dumps(line)
