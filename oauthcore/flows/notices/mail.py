"""Mail: a template of plain text, sent through Django."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings as django_settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import get_language

from oauthcore import conf
from oauthcore.accounts import KnowsLanguages, User

logger = logging.getLogger("oauthcore")

#: The most characters of a subject: mail programs cut longer subjects.
_LONGEST_SUBJECT = 150


def send(name: str, context: dict[str, Any], *, to: str) -> bool:
    """Send the mail of a template name, in the language that is spoken; return whether that worked.

    The first line of the template is the subject. Errors of the mail backend are caught and logged, because
    only the people who run the site can correct them.
    """
    try:
        text = render_to_string(f"oauthcore/notices/{name}.txt", {"site": conf.site_name(), **context})
        subject, _, body = text.strip().partition("\n")
        mail = EmailMessage(
            subject[:_LONGEST_SUBJECT],
            body.strip() + "\n",
            to=[to],
            headers={
                "Auto-Submitted": "auto-generated",
                "Content-Language": get_language() or django_settings.LANGUAGE_CODE,
            },
        )
        return bool(mail.send())
    except Exception:
        logger.exception("the mail %s could not be sent", name)
        return False


def language_of(user: User) -> str:
    """Return the language of a person as the account backend knows it; empty where it knows none."""
    backend = conf.settings().account_backend
    return backend.language_of(user) if isinstance(backend, KnowsLanguages) else ""
