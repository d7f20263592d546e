"""For a site's ``LOGGING``: the request's id on every line, and lines as JSON that nothing sent can break."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from oauthcore import request_context


class RequestIdFilter(logging.Filter):
    """Adds ``request_id`` to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id of the request being answered, and let the record through."""
        record.request_id = request_context.current().request_id or "-"
        return True


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
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)
