"""Devices on which a person of the demo is signed in, so that pages have something to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address

from django.contrib.auth.models import User

from oauthcore.flows.sign_in.device_sessions import live_sessions
from oauthcore.models import Device, Grant, Token
from oauthcore.models.database import atomic
from oauthcore.models.issuing import new_chain
from oauthcore.recording import usage


@dataclass(frozen=True)
class _Sample:
    """A device: how long ago its person signed in, and time and address of its last use."""

    name: str
    platform: str
    app_version: str
    since: timedelta
    used: timedelta
    address: str


#: The addresses are reserved for documentation (RFC 5737).
_SAMPLES = (
    _Sample("Ben’s phone", "ios", "2.4.1", timedelta(days=23), timedelta(hours=2), "198.51.100.23"),
    _Sample("Tablet in the studio", "android", "2.3.0", timedelta(days=9), timedelta(days=4), "192.0.2.14"),
)


def install_devices(person: User, *, now: datetime) -> None:
    """Sign the person in on each device where they are not signed in. Nobody gets the refresh tokens."""
    known = set(live_sessions(person, now=now).values_list("label", flat=True))
    with atomic():
        for one in _SAMPLES:
            if one.name not in known:
                _install(one, person, now)
    usage.batch.flush()


def _install(one: _Sample, person: User, now: datetime) -> None:
    since, used = now - one.since, now - one.used
    grant = Grant.new_session(user=person, label=one.name, now=since)
    grant.save()
    Device.objects.create(
        grant=grant, platform=one.platform, app_version=one.app_version, address=one.address
    )
    Token.objects.create(**new_chain(grant, now=since)[1])
    usage.note(grant.pk, at=used, address=ip_address(one.address))
