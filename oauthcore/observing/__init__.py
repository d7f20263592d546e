"""Observing: metrics for Prometheus and spans for OpenTelemetry, both off unless a setting switches them on.

``observed`` is the one decorator for steps of the flows. While both are off it calls the function and does
nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from oauthcore import conf
from oauthcore.observing import metrics, spans
from oauthcore.rules.errors.oauth import OAuthError

P = ParamSpec("P")
T = TypeVar("T")

#: The outcome of what was not refused, in metrics.
DONE = "ok"


def observed(
    span: str, *, counted: str | None = None, kind: Callable[..., str] | None = None
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Decorator: open a span around a function, and count its outcomes in a metric.

    The outcome is ``ok``, the error code of a refusal, or ``server_error``. ``kind`` returns the grant type
    from the arguments: a word of the code. No argument and no text of an exception is recorded, because they
    may contain secrets.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            settings = conf.settings()
            if not settings.is_observed:
                return function(*args, **kwargs)
            labels = () if kind is None else (kind(*args, **kwargs),)
            outcome = spans.FAILED
            with spans.opened(span):
                try:
                    result = function(*args, **kwargs)
                    outcome = DONE
                    return result
                except OAuthError as refusal:
                    outcome = refusal.error
                    raise
                finally:
                    spans.note_outcome(outcome, *labels)
                    if counted is not None:
                        metrics.count(counted, *labels, outcome)

        return run

    return decorate
