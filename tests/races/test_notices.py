"""Two schedulers at once send one mail, and none waits for the other's mail server."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from oauthcore.models import ExpiryNotice, SecurityEvent, SecurityNotice
from oauthcore.recording import events
from tests.support.factories import UserFactory, device_session
from tests.support.service_tokens.commands import made


def test_of_many_copies_at_once_one_sends_each_notice(crowd, mailoutbox):
    for number in range(3):
        contact, soon = f"ops{number}@example.org", timezone.now() + timedelta(days=3)
        made(contact=contact, expires_at=soon)
    user = UserFactory()
    for _ in range(5):
        events.record(SecurityEvent.Kind.REFRESH_TOKEN_REPLAYED, grant=device_session(user))

    crowd.all_at_once(lambda: call_command("send_notices", verbosity=0))

    assert sorted(one.to[0] for one in mailoutbox) == sorted(
        ["ops0@example.org", "ops1@example.org", "ops2@example.org", user.email]
    )
    assert ExpiryNotice.objects.filter(sent_at__isnull=False).count() == 3
    assert SecurityNotice.objects.filter(sent_at__isnull=False).count() == 5
