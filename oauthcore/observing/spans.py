"""Spans for OpenTelemetry. Their names are fixed, and their attributes are words of oauthcore's own."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from oauthcore import conf

#: The attributes that a span may have.
OUTCOME, GRANT_TYPE = "oauthcore.outcome", "oauthcore.grant_type"
#: The outcome of what broke.
FAILED = "server_error"


def opened(name: str) -> AbstractContextManager[Any]:
    """Return a context manager with a span of this name around it, or one that does nothing."""
    if not conf.settings().TRACING:
        return nullcontext()
    from opentelemetry import trace

    # Texts of exceptions are not recorded: those of a database may repeat what was sent.
    tracer = trace.get_tracer("oauthcore")
    return tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False)


def note_outcome(outcome: str, grant_type: str | None = None) -> None:
    """Note in the open span how it ended. Only a failure of the server is an error of the span."""
    if not conf.settings().TRACING:
        return
    from opentelemetry import trace

    span = trace.get_current_span()
    span.set_attribute(OUTCOME, outcome)
    if grant_type is not None:
        span.set_attribute(GRANT_TYPE, grant_type)
    if outcome == FAILED:
        span.set_status(trace.StatusCode.ERROR)
