"""Device sessions: opened when a person signs in from an app, listed, and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet
from django.utils import timezone

from oauthcore import conf, request_context
from oauthcore.accounts import Account, User
from oauthcore.flows.passwords.password_tries import known_address
from oauthcore.flows.tokens.ending import end_grant
from oauthcore.models import Device, Grant, SecurityEvent, Token, opened_sessions
from oauthcore.models.database import atomic, retried
from oauthcore.models.issuing import new_chain
from oauthcore.models.lifetimes import idle_lifetime
from oauthcore.models.lookups import has
from oauthcore.recording import events
from oauthcore.rules.oauth.step_up import ONE_FACTOR, UNKNOWN_LOGIN, Login
from oauthcore.rules.sign_in.devices import DeviceDescriptor
from oauthcore.rules.tokens.secrets import Secret


@dataclass(frozen=True)
class SignedIn:
    """A person has just signed in on a device: the only object with the refresh token in clear."""

    grant: Grant
    device: Device
    refresh_token: Secret
    refresh_token_expires_at: datetime | None
    accounts: tuple[Account, ...]


@retried
def open_session(user: User, descriptor: DeviceDescriptor, *, acr: str = ONE_FACTOR) -> SignedIn:
    """Open the session of an authenticated person. Beyond the limit, the oldest session is ended.

    ``acr`` is the strength of the login, for step-up. Each sign-in opens a new session, whatever the app says
    of its device.
    """
    now = timezone.now()
    accounts = tuple(conf.settings().account_backend.accounts_of(user))
    login = Login(now, acr) if conf.settings().STEP_UP else UNKNOWN_LOGIN
    grant = Grant.new_session(user=user, label=descriptor.name, now=now, login=login)
    device = Device(
        platform=descriptor.platform,
        app_version=descriptor.app_version,
        client_uuid=descriptor.client_uuid,
        address=str(request_context.current().address or ""),
    )
    secret, chain, expires_at = new_chain(grant, now=now)
    address = known_address(user, now=now)
    event = events.new_event(SecurityEvent.Kind.DEVICE_SIGNED_IN, grant=grant, reason=descriptor.name, at=now)
    with atomic():
        # It locks the person first: two at once must not exceed the limit.
        opened_sessions.store(grant, device, chain, address, event, held=_lock_of(user), now=now)
        events.note_added(event)
        _make_room(user, beside=grant, now=now)
    return SignedIn(grant, device, secret, expires_at, accounts)


def _lock_of(user: User) -> bytes:
    """Return the key of the row that is locked while the sessions of a person are opened."""
    return sha256(f"devices of user {user.pk}".encode()).digest()


def _make_room(user: User, *, beside: Grant, now: datetime) -> None:
    """End the oldest sessions of a person beyond the limit, and never the one that has just been opened.

    Another one may say that it is newer: this one waited for the lock, or clocks differ between nodes.
    """
    most = conf.settings().DEVICES_PER_USER - 1
    if opened_sessions.unended_beside(beside) <= most:
        return  # whether a session is live takes longer to find out
    others = live_sessions(user, now=now).exclude(pk=beside.pk).order_by("-created_at", "-pk")
    too_many = others[most:]
    # In the order in which ``end_devices`` ends them, so that the two never wait for each other.
    for session in sorted(too_many, key=lambda one: one.pk):
        end_grant(session, "gave way to a newer device", now=now)


def live_sessions(user: User, *, now: datetime) -> QuerySet[Grant]:
    """Return the grants of the devices on which a person is signed in, under the password they have now.

    A session that was imported with an access token alone lasts as long as that token.
    """
    refreshed = Q(turned_at__gt=now - idle_lifetime()) | Q(
        turned_at=None, created_at__gt=now - idle_lifetime()
    )
    tokens = Token.objects.live(now).filter(grant=OuterRef("pk"))
    chains = tokens.filter(refreshed, kind=Token.Kind.REFRESH)
    alone = Q(imported_from__isnull=False) & has(tokens.filter(kind=Token.Kind.ACCESS))
    sessions = Grant.objects.on_devices(user).live(now).with_password_of(user)
    return sessions.filter(has(chains) | alone)


def end_device(user: User, uuid: UUID, *, now: datetime, reason: str) -> Grant | None:
    """End one of the person's device sessions; return it, or None if there is none of theirs."""
    session = sessions_of(user).filter(uuid=uuid).first()
    if session is not None:
        end_grant(session, reason, now=now)
    return session


@retried
def end_devices(user: User, *, now: datetime, reason: str, but: Grant | None = None) -> None:
    """End every device session of the person, except ``but``, in one transaction."""
    sessions = sessions_of(user).filter(revoked_at=None)
    others = sessions if but is None else sessions.exclude(pk=but.pk)
    with atomic():
        # In a fixed order, so that two calls at once cannot deadlock.
        for session in others.order_by("pk"):
            end_grant(session, reason, now=now)


def sessions_of(user: User) -> QuerySet[Grant]:
    """Return the grants of all devices on which a person is or was signed in."""
    return Grant.objects.on_devices(user)
