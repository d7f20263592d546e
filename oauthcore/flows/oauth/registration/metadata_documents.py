"""Metadata documents: the client ID is the URL of a document that describes the client.

The authorize page, pushed requests and device authorization call ``bring_up_to_date`` first, outside of any
transaction. From then on the client is an application like others. The token endpoint uses the document that
was read last; it never fetches.
"""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import IntegrityError
from django.utils import timezone

from oauthcore import conf
from oauthcore.flows.oauth.counted_fetches import count_fetch, count_waiting
from oauthcore.flows.oauth.registration.described_clients import Overtaken, store
from oauthcore.models import Application, MetadataDocument
from oauthcore.outgoing import documents
from oauthcore.outgoing.names import NotFetched
from oauthcore.rules.errors.documents import UnusableClientDocument
from oauthcore.rules.errors.oauth import TemporarilyUnavailable
from oauthcore.rules.oauth.metadata_documents import UnusableDocument, parse
from oauthcore.rules.wire.https_urls import HttpsURL

#: The shortest and the longest time in seconds for which a document is cached.
_LEAST, _MOST = 5 * 60, 24 * 60 * 60
#: The lease of a fetch: longer than a fetch with storing its result can take.
_LEASE = timedelta(seconds=documents.SECONDS_IN_ALL + 2)
_PAUSES, _LONGEST_PAUSE = (0.05, 0.1), 0.2


def bring_up_to_date(client_id: str | None) -> None:
    """Read the document of a client ID that is a URL, unless it is cached.

    A registered application has precedence, and needs no document. Raises UnusableClientDocument, Throttled,
    and TemporarilyUnavailable if another request's fetch takes too long. It may block for as long as a fetch:
    waiting for others counts. Never call it in a transaction.
    """
    if client_id is None or not client_id.startswith("https://"):
        return
    known = MetadataDocument.find(client_id)
    if not conf.settings().CLIENT_ID_METADATA_DOCUMENTS:
        if known is not None and known.application is not None:
            raise UnusableClientDocument("This site reads no documents of clients any more.")
        return
    if known is not None and known.is_fresh(timezone.now()):
        return
    if (known is None or known.application is None) and _is_registered(client_id):
        return
    try:
        url = HttpsURL.parse(client_id)
    except ValueError as problem:
        raise UnusableClientDocument(str(problem)) from None
    _read_once(url)


def _is_registered(client_id: str) -> bool:
    """Return whether exactly this client ID is registered: some databases ignore case."""
    rows = Application.objects.filter(client_id=client_id, metadata_document=None)
    return client_id in rows.values_list("client_id", flat=True)


def _read_once(url: HttpsURL) -> None:
    """Read a document, or wait while another process reads it: there is one fetch at a time."""
    gives_up_at, waited_for, pauses = time.monotonic() + documents.SECONDS_IN_ALL, None, iter(_PAUSES)
    while waited_for is None or time.monotonic() < gives_up_at:
        now = timezone.now()
        row = MetadataDocument.require(url.text, now=now)
        if row.is_fresh(now):
            return None
        if not row.is_being_fetched(now, longest=_LEASE):
            if row.attempt == waited_for and row.problem:
                raise UnusableClientDocument(row.problem)
            if row.lease(now=now, longest=_LEASE):
                return _read(row, url, seconds=round(gives_up_at - time.monotonic(), 1))
        if waited_for is None:
            count_waiting()
        waited_for = row.attempt
        time.sleep(next(pauses, _LONGEST_PAUSE))
    raise TemporarilyUnavailable("others take too long to read the document", retry_after=5)


def _read(row: MetadataDocument, url: HttpsURL, *, seconds: float) -> None:
    """Read the document under the lease of this process, and store the result for waiting requests."""
    problem = ""
    try:
        count_fetch()
        found = documents.fetch(url, seconds=seconds, is_strangers=True)
        described = parse(found.content, url, schemes=conf.settings().REDIRECT_SCHEMES)
        now = timezone.now()
        fresh_for = found.seconds_fresh(now=now, least=_LEAST, most=_MOST)
        store(row, described, fresh_until=now + timedelta(seconds=fresh_for), now=now)
    except (NotFetched, UnusableDocument) as refusal:
        problem = str(refusal)
    except IntegrityError:
        problem = "Another client has this client ID, or one that differs in upper and lower case only."
    except Overtaken:
        raise TemporarilyUnavailable("the document was read anew meanwhile", retry_after=1) from None
    except Exception:
        row.abandon(now=timezone.now())
        raise
    if problem:
        row.release(now=timezone.now(), problem=problem)
        raise UnusableClientDocument(problem)
