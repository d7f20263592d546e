"""Where a secret could have ended up: the log, mails, pages, the database, the cache, sessions."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils.log import AdminEmailHandler

from oauthcore.logging import JSONFormatter

#: A crawl ends somewhere: filters of lists lead to ever more lists.
MOST_PAGES = 400


class Listener(logging.Handler):
    """Keeps every line with its traceback, as the site's own format writes it, and its arguments."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JSONFormatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {self.format(record)} {record.args!r}")


@contextmanager
def listening() -> Iterator[Listener]:
    """Hear all that is logged, each statement with its parameters; mail errors to the admins.

    Nobody else hears it, because writing megabytes of statements down takes seconds.
    """
    listener, mailer = Listener(), AdminEmailHandler(include_html=True)
    mailer.setLevel(logging.ERROR)
    loggers = [logging.getLogger(name) for name in ("", "django", "django.db.backends", "django.request")]
    levels = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.DEBUG)
    handlers, loggers[0].handlers = loggers[0].handlers, [listener, mailer]
    connection.force_debug_cursor = True
    try:
        yield listener
    finally:
        connection.force_debug_cursor = False
        loggers[0].handlers = handlers
        for one, level in zip(loggers, levels, strict=True):
            one.setLevel(level)


def mails() -> str:
    """Return every mail that was sent, with its alternatives, undecoded and decoded."""
    texts = []
    for one in mail.outbox:
        message: Any = one.message()
        texts += [str(message), *(str(part.get_payload(decode=True)) for part in message.walk())]
    return "\n".join(texts)


def database() -> str:
    """Return what every column of every row of every table holds, as the database gives it."""
    cells = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                cells += [
                    bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    for value in row
                ]
    return "\n".join(cells)


def sessions() -> str:
    """Return what sessions hold, which the database keeps packed."""
    return "\n".join(repr(one.get_decoded()) for one in Session.objects.all())


def cached() -> str:
    """Return what the cache holds."""
    backend: Any = cache
    return "\n".join(f"{key} {value.decode('latin-1')}" for key, value in backend._cache.items())


def crawl(browser: Client, *starts: str) -> str:
    """Return every page that links lead to from some pages, without leaving the folders they are in."""
    waiting, pages = list(starts), dict[str, str]()
    while waiting and len(pages) < MOST_PAGES:
        address = waiting.pop(0)
        if address in pages:
            continue
        response = browser.get(address)
        is_page = response.get("Content-Type", "").startswith("text/html") and not response.streaming
        pages[address] = text = response.content.decode() if is_page else ""
        for href in re.findall(r'href="([^"#]+)', text):
            path, query = urlsplit(unescape(href))[2:4]
            target = path if path.startswith("/") else urlsplit(address).path + path
            # One filter at a time.
            if target.startswith(starts) and not (query and "?" in address):
                waiting.append(f"{target}?{query}" if query else target)
    return "\n".join(f"{address}\n{text}" for address, text in pages.items())
