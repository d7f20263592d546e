"""What the site's own staff do in code."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.dispatch import receiver
from django.http import HttpRequest

from oauthcore.applications import (
    approve_scope,
    ask_for_scope,
    dry_run,
    refuse_scope,
    scopes_in_groups,
    set_keys,
    upgrade,
)
from oauthcore.models import (
    Application,
    GrantType,
    LegacySwitch,
    LegacyUse,
    Passkey,
    Profile,
    Refusal,
    ScopeRequest,
    SecurityEvent,
)
from oauthcore.signals import security_event
from oauthcore.tracing import hide_address

#: For OpenTelemetry's instrumentation of Django.
request_hook: Callable[[Any, HttpRequest], None] = hide_address


@receiver(security_event)
def tell(sender: object, event: SecurityEvent, **_: Any) -> None:
    print(event.kind, event.at)


def register(owner: User) -> str | None:
    application, secret = Application.objects.register(
        name="Old Printer",
        owner=owner,
        client_type=Application.ClientType.CONFIDENTIAL,
        profile=Profile.OAUTH_2_0,
        legacy_switches=[LegacySwitch.QUERY_TOKEN],
        grant_types=[GrantType.AUTHORIZATION_CODE],
        scopes=["notes.read"],
    )
    set_keys(application, '{"keys": []}', user=owner)
    return secret


def move(application: Application, staff: User, now: datetime) -> bool:
    asked: ScopeRequest = ask_for_scope(application, scope="notes.write", reason="It writes.", user=staff)
    if not approve_scope(asked, staff=staff):
        refuse_scope(asked, staff=staff, answer="No.")
    return dry_run(application, now=now).is_clean and upgrade(application, staff, now=now)


def report(application: Application) -> Iterator[str]:
    for group in scopes_in_groups(application.scopes):
        yield str(group)
    for use in LegacyUse.objects.filter(application=application):
        yield use.example
    for refusal in Refusal.objects.filter(application_ref=application.client_id):
        yield refusal.reason
    yield f"{Passkey.objects.count()} passkeys"
