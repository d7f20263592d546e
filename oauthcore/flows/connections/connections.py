"""Connections: the applications with access to a person's data, and the person's devices.

The database counts and groups the grants, so the number of statements does not depend on them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from uuid import UUID

from django.db.models import Count, Min, OuterRef, Q, Subquery

from oauthcore import conf
from oauthcore.accounts import Account, User
from oauthcore.flows.sign_in.device_sessions import live_sessions
from oauthcore.flows.tokens.accounts import role_of
from oauthcore.models import Application, AuthorizationCode, Consent, Grant, Token, Usage
from oauthcore.models.lookups import has
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oidc.claims import OPENID_SCOPES

#: How many applications are on one page.
APPLICATIONS_A_PAGE = 50


@dataclass(frozen=True)
class LastUse:
    """When something was last used, and from which address, if that is known."""

    at: datetime
    address: str


@dataclass(frozen=True)
class Connection:
    """One application that has access, or can get it again without asking.

    ``scopes`` are the usable scopes: scopes that the person's role denies on all accounts are left out. It
    works on the ``accounts``; ``has_lost_account`` says that the person no longer belongs to one of them.
    ``resources`` are the protected resources that it can use; empty means all. ``sessions`` counts the grants
    with a usable token or code. ``claims`` are what it may know about the person, if it signs them in.
    """

    application: Application
    scopes: Scopes
    accounts: tuple[Account, ...]
    has_lost_account: bool
    resources: frozenset[str]
    since: datetime
    sessions: int
    last_use: LastUse | None
    claims: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DeviceSession:
    """One device on which the person is signed in."""

    uuid: UUID
    label: str
    platform: str
    app_version: str
    client_uuid: UUID | None
    since: datetime
    last_use: LastUse


@dataclass(frozen=True)
class Connections:
    """One page of applications and all devices of a person, the last used first.

    ``count`` is the number of applications on all pages.
    """

    applications: tuple[Connection, ...]
    devices: tuple[DeviceSession, ...]
    count: int = 0
    page: int = 1
    pages: int = 1


@dataclass
class _Access:
    """The access of one application, collected from the consent and from each group of grants."""

    scopes: defaultdict[UUID | None, set[str]] = field(default_factory=lambda: defaultdict(set))
    resources: set[str] = field(default_factory=set)
    claims: set[str] = field(default_factory=set)
    is_for_all: bool = False
    since: list[datetime] = field(default_factory=list)
    sessions: int = 0

    def add(
        self,
        scopes: Iterable[str],
        resources: Iterable[str],
        account_uuid: UUID | None,
        since: datetime,
        sessions: int = 0,
    ) -> None:
        """Add scopes for resources; empty ``resources`` means all."""
        self.scopes[account_uuid].update(scopes)
        self.resources.update(resources)
        self.is_for_all = self.is_for_all or not resources
        self.since.append(since)
        self.sessions += sessions


def connections_of(user: User, *, now: datetime, page: int = 1) -> Connections:
    """Return what has access to the person's data: five statements, and one call of the account backend.

    An application has access by a consent or by a live grant. A trusted application has grants without
    consent. A deleted application has no access. A disabled one is listed, because its access returns when it
    is enabled. A page number out of range gives the nearest page.
    """
    access, last_uses = _access(user, now), _last_uses(user)
    numbers = sorted(access, key=lambda one: (_latest(access[one], last_uses.get(one)), one), reverse=True)
    pages = max(1, ceil(len(numbers) / APPLICATIONS_A_PAGE))
    page = min(max(page, 1), pages)
    shown = numbers[(page - 1) * APPLICATIONS_A_PAGE : page * APPLICATIONS_A_PAGE]
    applications = Application.objects.in_bulk(shown)
    accounts = {one.uuid: one for one in conf.settings().account_backend.accounts_of(user)}
    return Connections(
        applications=tuple(
            _connection(applications[number], access[number], accounts, last_uses.get(number))
            for number in shown
            if number in applications
        ),
        devices=devices_of(user, now=now),
        count=len(numbers),
        page=page,
        pages=pages,
    )


def _latest(access: _Access, last_use: LastUse | None) -> datetime:
    return last_use.at if last_use else min(access.since)


def devices_of(user: User, *, now: datetime) -> tuple[DeviceSession, ...]:
    """Return the devices on which a person is signed in, the last used first: one statement."""
    return tuple(sorted(_devices(user, now), key=lambda one: one.last_use.at, reverse=True))


def _access(user: User, now: datetime) -> Mapping[int, _Access]:
    found: defaultdict[int, _Access] = defaultdict(_Access)
    consents = Consent.objects.filter(user=user, application__deleted_at=None)
    columns = ("application_id", "account_uuid", "created_at", "scopes", "resource_scopes", "claims")
    for number, account_uuid, since, scopes, resource_scopes, claims in consents.values_list(*columns):
        found[number].claims |= claims
        if scopes or not resource_scopes:
            found[number].add(scopes, (), account_uuid, since)
        for resource, approved in (resource_scopes or {}).items():
            found[number].add(approved, [resource], account_uuid, since)
    grants = (
        Grant.objects.at_applications(user)
        .live(now)
        .with_password_of(user)
        .filter(_is_usable(now), application__deleted_at=None)
    )
    groups = grants.order_by().values_list("claims", "application_id", "scopes", "resources", "account_uuid")
    for claims, number, *row in groups.annotate(since=Min("created_at"), sessions=Count("pk")):
        found[number].add(*row)
        found[number].claims.update(*(claims or {}).values())
    return found


def _is_usable(now: datetime) -> Q:
    """Return the condition of a grant with a live token or an unused code. A grant may outlive its tokens."""
    grant = OuterRef("pk")
    tokens = Token.objects.live(now).filter(grant=grant)
    codes = AuthorizationCode.objects.filter(grant=grant, used_at=None, expires_at__gt=now)
    return has(tokens) | has(codes)


def _last_uses(user: User) -> dict[int, LastUse]:
    """Return when and from where each application was last used for the person, by its number.

    The latest row of each grant is looked up, so the number of its days does not matter.
    """
    grants = Grant.objects.at_applications(user).values_list("application_id")
    latest: dict[int, LastUse] = {}
    for number, at, address in grants.annotate(**_last_use()):
        if at is not None and (number not in latest or at > latest[number].at):
            latest[number] = LastUse(at, address)
    return latest


def _last_use() -> dict[str, Subquery]:
    """Return columns of a grant: the time of its last use, and the address."""
    latest = Usage.objects.filter(grant=OuterRef("pk")).order_by("-day")
    return {
        "used_at": Subquery(latest.values("last_at")[:1]),
        "address": Subquery(latest.values("last_address")[:1]),
    }


def _connection(
    application: Application, access: _Access, accounts: Mapping[UUID, Account], last_use: LastUse | None
) -> Connection:
    account_uuids = {uuid for uuid, approved in access.scopes.items() if uuid and not _is_sign_in(approved)}
    return Connection(
        application=application,
        scopes=application.left_of(_allowed(access.scopes, accounts)),
        accounts=tuple(one for uuid, one in accounts.items() if uuid in account_uuids),
        has_lost_account=not account_uuids <= accounts.keys(),
        resources=frozenset() if access.is_for_all else frozenset(access.resources),
        since=min(access.since),
        sessions=access.sessions,
        last_use=last_use,
        claims=frozenset(access.claims),
    )


def _is_sign_in(approved: Collection[str]) -> bool:
    """Return whether the approved scopes only sign the person in. Then the access works on no account."""
    return conf.settings().is_openid(frozenset(approved)) and OPENID_SCOPES.issuperset(approved)


def _allowed(scopes: Mapping[UUID | None, set[str]], accounts: Mapping[UUID, Account]) -> Scopes:
    """Return the approved scopes that the person's role on each account allows."""
    under_role, allowed = conf.settings().vocabulary.under_role, set(scopes.get(None, ()))
    for uuid, approved in scopes.items():
        if uuid is not None:
            allowed |= under_role(frozenset(approved), role_of(accounts.get(uuid)))
    return frozenset(allowed)


def _devices(user: User, now: datetime) -> list[DeviceSession]:
    rows = live_sessions(user, now=now).annotate(**_last_use())
    told = ("uuid", "label", "created_at", "used_at", "address")
    described = ("device__platform", "device__app_version", "device__client_uuid", "device__address")
    return [
        DeviceSession(
            uuid=uuid,
            label=label,
            platform=platform or "",
            app_version=version or "",
            client_uuid=client_uuid,
            since=since,
            # Before its first use, show when and from where it signed in.
            last_use=LastUse(at, address) if at else LastUse(since, first_address or ""),
        )
        for (uuid, label, since, at, address, platform, version, client_uuid, first_address) in (
            rows.values_list(*told, *described)
        )
    ]
