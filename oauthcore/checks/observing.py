"""Checks of metrics and spans: their libraries, and who may read the metrics."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution

from oauthcore import conf
from oauthcore.checks.configuration import check_settings

_LIBRARIES = {"METRICS": ("prometheus_client", "metrics"), "TRACING": ("opentelemetry", "tracing")}
_SHORTEST_TOKEN = 32


@register()
def check_observing(**_: Any) -> list[CheckMessage]:
    """Check what metrics and spans need."""
    return [] if check_settings() else [*_check_libraries(), *_check_readers(conf.settings())]


def _check_libraries() -> Iterator[CheckMessage]:
    for switch, (library, extra) in _LIBRARIES.items():
        if getattr(conf.settings(), switch) and find_spec(library) is None:
            hint = f'Install oauthcore with its "{extra}" extra, or switch it off.'
            yield Error(f"{switch} needs the {library} package.", hint=hint, id="oauthcore.E060")


def _check_readers(settings: conf.Settings) -> Iterator[CheckMessage]:
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < _SHORTEST_TOKEN:
        hint = 'Make one with: python -c "import secrets; print(secrets.token_urlsafe(32))"'
        text = f"METRICS_TOKEN has fewer than {_SHORTEST_TOKEN} characters, so it can be guessed."
        yield Error(text, hint=hint, id="oauthcore.E061")
    if settings.METRICS and not settings.METRICS_TOKEN and not settings.METRICS_NETWORKS:
        hint = "Name the address of your Prometheus in METRICS_NETWORKS, or give it a METRICS_TOKEN."
        yield Caution("METRICS is on, and nobody may read them.", hint=hint, id="oauthcore.W061")
