"""``python manage.py send_notices``: the mails and logout tokens that are due. Run it every ten minutes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from oauthcore import conf
from oauthcore.flows.logout.deliveries import send_due
from oauthcore.flows.notices.expiry_notices import send_expiry_notices
from oauthcore.flows.notices.security_notices import send_security_notices
from oauthcore.management.arguments import TypedCommand


class Command(TypedCommand):
    """Safe at any time, beside the running site and beside another copy of itself."""

    help = (
        "Write to contacts of service tokens that expire soon, and to people about their security; "
        "tell applications of logouts."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Send what is due; raise CommandError where a mail could not be sent: the next run tries again."""
        now = timezone.now()
        sent = {
            "expiry notices": send_expiry_notices(now=now),
            "security notices": send_security_notices(now=now),
        }
        for what, counted in sent.items():
            if options["verbosity"] > 0:
                self.stdout.write(f"{what}: {counted[True]}")
        # Applications that do not answer are tried again later. That is no fault of the site.
        told = send_due(now=now)
        if options["verbosity"] > 0 and conf.settings().OPENID_CONNECT:
            self.stdout.write(f"logout tokens: {told[True]}")
        failed = sum(counted[False] for counted in sent.values())
        if failed:
            raise CommandError(f"{failed} could not be sent; the log says why. The next run tries again.")
