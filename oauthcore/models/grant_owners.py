"""Who owns a grant: the conditions for application, user and account, by kind."""

from __future__ import annotations

from django.db import models

#: The owner of a grant, by kind. A new kind adds a line.
OWNERS = {
    "application": models.Q(
        application__isnull=False, user__isnull=False, password_mark__isnull=False, standing_for__isnull=True
    ),
    "client": models.Q(application__isnull=False, user__isnull=True, account_uuid__isnull=True)
    & (models.Q(standing_for__isnull=True) | models.Q(standing_for=models.F("application"))),
    "session": models.Q(
        application__isnull=True, user__isnull=False, password_mark__isnull=False, standing_for__isnull=True
    ),
    # On a site without accounts it has no account, and works on the whole site.
    "service": models.Q(application__isnull=True, user__isnull=True, standing_for__isnull=True),
}
