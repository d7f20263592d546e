"""Checks of the settings for what this server reads and sends at addresses of clients."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution

from oauthcore import conf
from oauthcore.checks.configuration import check_settings
from oauthcore.outgoing import connecting

_PATTERN = re.compile(r"(?:\*\.)?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\Z|[0-9a-f:]+\Z")


@register()
def check_document_hosts(**_: Any) -> list[CheckMessage]:
    """Check that each entry is a host. A misspelled entry would have no effect."""
    if check_settings():
        return []
    return [*_check_library(conf.settings()), *_check_hosts(conf.settings())]


def _check_library(settings: conf.Settings) -> Iterator[CheckMessage]:
    if connecting.is_possible():
        return
    if settings.CLIENT_ID_METADATA_DOCUMENTS:
        hint = 'Install oauthcore with its "documents" extra, or switch CLIENT_ID_METADATA_DOCUMENTS off.'
        yield Error("CLIENT_ID_METADATA_DOCUMENTS needs the urllib3 package.", hint=hint, id="oauthcore.E051")
    if settings.OPENID_CONNECT:
        hint = 'Install oauthcore with its "documents" extra. If no application needs it, silence this check.'
        text = "Without the urllib3 package, no application is told of logouts (back-channel logout)."
        yield Caution(text, hint=hint, id="oauthcore.W051")


def _check_hosts(settings: conf.Settings) -> Iterator[CheckMessage]:
    for name in ("METADATA_DOCUMENT_HOSTS", "METADATA_DOCUMENT_REFUSED_HOSTS"):
        for host in getattr(settings, name) or ():
            if not _PATTERN.match(host):
                hint = 'Write the host alone, "client.example", or "*.client.example" for all below it.'
                yield Error(f"{host!r} in {name} is not a host.", hint=hint, id="oauthcore.E050")


@register(deploy=True)
def check_loopback(**_: Any) -> list[CheckMessage]:
    """Check that strangers cannot make the site connect to its own machine."""
    if check_settings() or not conf.settings().METADATA_DOCUMENT_LOOPBACK:
        return []
    text = "Documents of clients may come from the machine of the site itself."
    return [Caution(text, hint="Switch METADATA_DOCUMENT_LOOPBACK off.", id="oauthcore.W050")]
