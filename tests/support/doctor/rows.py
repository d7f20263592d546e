"""Rows that tell of a mistake."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.contrib.sessions.models import Session
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from oauthcore.flows.keys.rotation import rotate
from oauthcore.models import (
    CleanupRun,
    Grant,
    Import,
    InitialAccessToken,
    LogoutDelivery,
    ScopeRequest,
    SecurityEvent,
    Token,
    Usage,
)
from tests.support.doctor.planting import Site
from tests.support.factories import bearer, service_token


def _ago(**length: int) -> object:
    return timezone.now() - timedelta(**length)


def unmigrated(_: Site, app: str = "oauthcore") -> None:
    """The last migration of an app has not run, as far as the database knows."""
    known = MigrationRecorder(connection).migration_qs.filter(app=app)
    known.filter(pk=known.order_by("-name").values_list("pk", flat=True)[0]).delete()


def expired_tokens(_: Site) -> None:
    """An access token expired a week ago."""
    bearer()
    Token.objects.update(created_at=_ago(days=8), expires_at=_ago(days=7))


def uncleaned(_: Site) -> None:
    """The site has issued tokens for a month, and nothing was ever removed."""
    CleanupRun.objects.all().delete()
    bearer()
    Grant.objects.update(created_at=_ago(days=30))


def imported(_: Site, **columns: object) -> None:
    """Tokens of Knox were imported."""
    columns |= {"started_at": _ago(days=60), "finished_at": _ago(days=60)}
    Import.objects.create(source="knox", **columns)


def over(site: Site) -> None:
    """The last of the imported tokens has ended."""
    site.oauthcore(IMPORTED_TOKENS=["knox"])
    imported(site, last_ends_at=_ago(days=1))


def old_session(_: Site) -> None:
    """A session expired a week ago."""
    Session.objects.create(session_key="x" * 32, session_data="", expire_date=_ago(days=7))


def _service_token(**columns: object) -> Grant:
    before = set(Grant.objects.values_list("pk", flat=True))
    service_token(uuid4())
    Grant.objects.exclude(pk__in=before).update(**columns)
    return Grant.objects.exclude(pk__in=before).get()


def silent_expiry(_: Site) -> None:
    """A service token ends in two days, and no mail about it was sent."""
    ends_at = timezone.now() + timedelta(days=2)
    _service_token(created_at=_ago(days=30), expires_at=ends_at, contact="a@people.example")


def unused_service_token(_: Site) -> None:
    """A service token has not been used for four months."""
    _service_token(created_at=_ago(days=120))


def ending_service_token(_: Site) -> None:
    """A service token that is in use ends in two days, and nobody is told."""
    token = _service_token(created_at=_ago(days=120), expires_at=timezone.now() + timedelta(days=2))
    now = timezone.now()
    Usage.objects.create(grant=token, day=now.date(), count=1, last_at=now)


def due_logout(site: Site) -> None:
    """A logout token has been due for a day."""
    LogoutDelivery.objects.create(
        application=site.application().application, subject=uuid4(), due_at=_ago(days=1)
    )


def events_from_one_address(_: Site) -> None:
    """Thirty people came from one address."""
    kind = SecurityEvent.Kind.SIGNED_IN
    SecurityEvent.objects.bulk_create([SecurityEvent(kind=kind, address="10.0.0.7") for _ in range(30)])


def waiting_scope(site: Site) -> None:
    """A developer has waited for a month."""
    ScopeRequest.objects.create(
        application=site.application().application,
        scope="api.images.write",
        reason="to upload",
        created_at=_ago(days=30),
    )


def old_secret(site: Site) -> None:
    """An application uses a secret of two years ago."""
    secrets = site.application().application.client_secrets
    secrets.update(created_at=_ago(days=730), last_used_at=_ago(days=1))


def rotated_secret(site: Site) -> None:
    """An application uses the secret before the present one, which ends in a week."""
    application = site.application().application
    application.client_secrets.update(last_used_at=_ago(days=1))
    application.rotate_secret(overlap=timedelta(days=7))


def ending_admission(_: Site) -> None:
    """A partner can register applications for two more days."""
    InitialAccessToken.objects.create(
        label="Partner",
        digest=b"x" * 32,
        hint="abcd",
        uses=3,
        expires_at=timezone.now() + timedelta(days=2),
    )


def application_with_keys(site: Site) -> None:
    """An application signs with keys, and the site takes none."""
    site.application(uses_keys=True)
    site.oauthcore(PRIVATE_KEY_JWT=False)


def old_signing_key(site: Site) -> None:
    """A key has signed for three months."""
    site.oauthcore(JWT_ACCESS_TOKENS=True)
    rotate(now=timezone.now() - timedelta(days=89))
