"""Service tokens as the commands' tests make them, and running a command."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from oauthcore import conf
from oauthcore.flows.service_tokens.limits import Limits
from oauthcore.flows.service_tokens.service_tokens import make
from oauthcore.models import ServiceToken, Usage
from oauthcore.rules.tokens.secrets import SecretKind
from tests.support.reference_site.factories import AccountFactory


class Terminal(io.StringIO):
    """A stream that somebody is looking at."""

    def isatty(self) -> bool:
        return True


def made(account: Any = None, **limits: Any) -> tuple[ServiceToken, str]:
    """Make a service token for an account, made up where none is given; return it with its text."""
    values = {"label": "Nightly export", "scopes": frozenset({"api.images.read"}), **limits}
    token, secret = make((account or AccountFactory()).uuid, Limits(**values), staff=None)
    return token, secret.reveal()


def used(token: ServiceToken, *, days_ago: int = 0) -> None:
    """Note that a token was used."""
    at = timezone.now() - timedelta(days=days_ago)
    Usage.objects.create(grant=token, day=at.date(), count=1, last_at=at, last_address="192.0.2.7")


def run(command: str, *arguments: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(command, *map(str, arguments), **{"stdout": out, "stderr": io.StringIO(), **options})
    return out.getvalue()


def objects(command: str, *arguments: Any) -> list[dict[str, Any]]:
    """Return what a command prints for scripts."""
    return [json.loads(line) for line in run(command, *arguments, "--json").splitlines()]


def fails(command: str, *arguments: Any, **options: Any) -> tuple[str, str, str]:
    """Return what was printed, what was said beside it, and of the failure, whose exit status is 1."""
    out, beside = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command(command, *map(str, arguments), stdout=out, stderr=beside, **options)
    assert caught.value.returncode == 1
    return out.getvalue(), beside.getvalue(), str(caught.value)


def secrets_in(text: str) -> list[str]:
    """Return the service tokens that a text holds."""
    lead = conf.settings().secret_format.leads[SecretKind.SERVICE]
    return [word.strip('",') for word in text.split() if lead in word]


def answers(*texts: str) -> Callable[[], str]:
    """Stand in for ``input``: a person who types this, and then nothing more."""
    waiting = list(texts)

    def answer() -> str:
        if not waiting:
            raise EOFError
        return waiting.pop(0)

    return answer
