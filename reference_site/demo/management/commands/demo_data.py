"""``python manage.py demo_data``: fill the site with people, accounts, applications, tokens and pictures."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from reference_site.demo import (
    applications,
    devices,
    history,
    library,
    partners,
    people,
    report,
    second_factors,
    service_tokens,
)


class Command(BaseCommand):
    """It can be run at any time. Each run makes new secrets, service tokens and recovery codes."""

    help = "Make the demo's users, accounts, applications, tokens and pictures, and print how to try them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of the banner")
        parser.add_argument("--force", action="store_true", help="run although DEBUG is off")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG and not options["force"]:
            raise CommandError(
                "DEBUG is off, and everybody knows the passwords of these logins. Give --force to run anyway."
            )
        call_command("rotate_signing_keys", "--if-missing", stdout=StringIO())
        with transaction.atomic():
            users = people.install_people()
            people.install_accounts(users)
            codes = second_factors.install_second_factors(users, now=timezone.now())
            installed = applications.install_applications(owner=users["ada"])
            applications.install_scope_request(owner=users["ben"])
            companies = partners.install_partners(users["ben"], users["staff"], now=timezone.now())
            tokens = service_tokens.install_service_tokens(users["staff"], now=timezone.now())
        history.install_history(installed, person=users["ben"], now=timezone.now())
        devices.install_devices(users["ben"], now=timezone.now())
        library.install_pictures()
        made = report.Made(installed, tokens, codes, companies)
        self.stdout.write(json.dumps(report.as_document(made)) if options["json"] else report.as_banner(made))
