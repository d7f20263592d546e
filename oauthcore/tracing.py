"""For a site that traces its requests with OpenTelemetry's instrumentation of Django.

::

    DjangoInstrumentor().instrument(request_hook=hide_address)
"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest

from oauthcore import request_context

__all__ = ["hide_address"]

#: Where the instrumentation writes the address of a request, or a part of it, in its old and new names.
_WITH_QUERY = ("http.url", "http.target", "url.full")
#: Scheme and host, where an address begins with them. A path or a query may have "://" too.
_HOST = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*)?")


def hide_address(span: Any, request: HttpRequest) -> None:
    """Leave out of a request's span what may be secret: the query, and secrets of this site in the path.

    The query of an authorization request has ``state``, that of a redirect a code, and legacy applications
    send tokens there.
    """
    if not span.is_recording():
        return
    path = request_context.shown(request.path)
    for name, value in dict(span.attributes or {}).items():
        if name == "url.query":
            span.set_attribute(name, "")
        elif name in _WITH_QUERY:
            host = _HOST.match(str(value))
            span.set_attribute(name, f"{host[0] if host else ''}{path}")
        elif name == "url.path":
            span.set_attribute(name, path)
