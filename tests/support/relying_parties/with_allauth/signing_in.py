"""What allauth leaves to a site: where a logout goes on to, and which session of the provider it was."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import user_logged_in
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):
    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Return where the provider logs the person out too. allauth keeps no id token to send along."""
        back = {"client_id": settings.CLIENT_ID, "post_logout_redirect_uri": f"{settings.URL}/"}
        return f"{settings.ISSUER}/oauth/logout?{urlencode(back)}"


@receiver(user_logged_in)
def note_session(request: HttpRequest, sociallogin: Any = None, **_: Any) -> None:
    request.session["sid"] = sociallogin.account.extra_data["id_token"].get("sid")
