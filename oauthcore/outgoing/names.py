"""Host names and their addresses. All addresses of a name are checked before one is used."""

from __future__ import annotations

import socket
import time
from collections.abc import Collection
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread

from oauthcore import conf
from oauthcore.rules.wire.https_urls import HttpsURL, is_named
from oauthcore.rules.wire.networks import Address, Network
from oauthcore.rules.wire.public_addresses import all_allowed

#: How many lookups may run in this process. A lookup cannot be stopped, so abandoned lookups count too. Names
#: that anybody may send have places of their own: a name server that never answers keeps a place for long.
_MOST_LOOKUPS = 8
_lookups, _lookups_for_strangers = BoundedSemaphore(_MOST_LOOKUPS), BoundedSemaphore(_MOST_LOOKUPS)

_Found = list[str] | OSError | UnicodeError


class NotFetched(Exception):
    """The document could not be read; the text says why, for the log and for the developer of the client.

    The text is the same for an unknown name and for a name of a private network. So nobody learns which names
    and servers such a network has.
    """


def is_allowed_host(host: str, *, is_of_document: bool = True) -> bool:
    """Return whether the settings of the site allow a host: for documents, or for other requests."""
    settings = conf.settings()
    if is_named(host, settings.METADATA_DOCUMENT_REFUSED_HOSTS):
        return False
    allowed = settings.METADATA_DOCUMENT_HOSTS if is_of_document else None
    return allowed is None or is_named(host, allowed)


def addresses_of(
    url: HttpsURL,
    *,
    until: float,
    is_of_document: bool = True,
    is_strangers: bool = False,
    networks: Collection[Network] = (),
) -> list[Address]:
    """Return the addresses of the host of a URL; raise NotFetched unless all of them are allowed.

    ``until`` is the deadline by the monotonic clock. Private ``networks`` are allowed too. Connect
    only to these addresses, because another lookup could give others. ``is_strangers`` says that anybody may
    have sent the URL.
    """
    if not is_allowed_host(url.host, is_of_document=is_of_document):
        does_not = "does not read documents from" if is_of_document else "sends no requests to"
        raise NotFetched(f"This site {does_not} that host.")
    texts = _looked_up(url, _lookups_for_strangers if is_strangers else _lookups, until=until)
    may_be_loopback = conf.settings().METADATA_DOCUMENT_LOOPBACK
    found = all_allowed(dict.fromkeys(texts), may_be_loopback=may_be_loopback, networks=networks)
    if found is None:
        raise NotFetched("The host has no public address, or has others besides.")
    return found


def _looked_up(url: HttpsURL, places: BoundedSemaphore, *, until: float) -> list[str]:
    """Look a name up in a thread: the system's resolver has no time limit, and can take half a minute."""
    outcome: SimpleQueue[_Found] = SimpleQueue()
    if not places.acquire(timeout=max(0.0, until - time.monotonic())):
        raise NotFetched("Too many names are being looked up.")
    Thread(target=_look_up, args=(url.host, url.port, outcome, places), daemon=True).start()
    try:
        found = outcome.get(timeout=max(0.0, until - time.monotonic()))
    except Empty:
        raise NotFetched("The host was not found in time.") from None
    return found if isinstance(found, list) else []


def _look_up(host: str, port: int, outcome: SimpleQueue[_Found], places: BoundedSemaphore) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        outcome.put([str(place[0]) for *_, place in found])
    except (OSError, UnicodeError) as error:
        outcome.put(error)
    finally:
        places.release()
