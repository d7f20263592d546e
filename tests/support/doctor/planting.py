"""A healthy site, and what it takes to plant mistakes in it."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from oauthcore.models import CleanupRun
from tests.support.doctor.faulty_server import Faults, FaultyServer
from tests.support.factories import Registered, register
from tests.support.mail import mail_through

#: What the reference site's own settings leave open, or what only a real database mends.
_SILENCED = ["oauthcore.W001", "oauthcore.W010", "oauthcore.E025", "security.W008"]
_OFF = {"OPENID_CONNECT": False, "JWT_ACCESS_TOKENS": False, "METADATA_DOCUMENT_LOOPBACK": False}


@dataclass
class Site:
    """The settings of a test's site, its server, and its rows."""

    settings: Any
    server: FaultyServer
    folder: Path
    patch: Any

    def heal(self) -> Site:
        """Make it a site that nothing is wrong with."""
        self.server.site.faults = Faults()
        self.patch.setenv("SSL_CERT_FILE", str(self.server.ca_file))
        self.settings.SILENCED_SYSTEM_CHECKS = _SILENCED
        self.settings.ALLOWED_HOSTS = ["localhost", "example.org"]
        self.settings.SESSION_COOKIE_SECURE = self.settings.CSRF_COOKIE_SECURE = True
        self.settings.SECURE_HSTS_SECONDS = 31536000
        self.settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = self.settings.SECURE_HSTS_PRELOAD = True
        mail_through(self.settings, "smtp")
        self.oauthcore(ISSUER=self.server.url, SECOND_FACTOR_KEYS=["k" * 32], RESOURCES={}, **_OFF)
        now = timezone.now()
        CleanupRun.objects.create(free_at=now, finished_at=now)
        return self

    @property
    def faults(self) -> Faults:
        """What its server does wrong."""
        return self.server.site.faults

    def oauthcore(self, **values: Any) -> None:
        """Change keys of ``OAUTHCORE``."""
        self.settings.OAUTHCORE = {**self.settings.OAUTHCORE, **values}

    def application(self, *, days: int = 0, **columns: Any) -> Registered:
        """Register an application so many days ago, and write columns that no form would take."""
        registered = register()
        columns["created_at"] = timezone.now() - timedelta(days=days)
        for name, value in columns.items():
            setattr(registered.application, name, value)
        registered.application.save()
        return registered


def ask(*arguments: str) -> str:
    """Run the command as for production, whatever it finds, and return what it prints."""
    out = io.StringIO()
    call_command("oauthcore_doctor", "--deploy", "--fail-level=CRITICAL", *arguments, stdout=out)
    return out.getvalue()


def told(*arguments: str) -> dict[str, Any]:
    """Return what the command tells scripts."""
    found: dict[str, Any] = json.loads(ask("--json", *arguments))
    return found


def ids(*arguments: str) -> set[str]:
    """Return the ids of what is found, without their prefix."""
    return {one["id"].removeprefix("oauthcore.") for one in told(*arguments)["findings"]}
