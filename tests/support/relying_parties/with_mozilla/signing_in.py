"""What mozilla-django-oidc leaves to a site: who the person is, and where a logout goes on to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from mozilla_django_oidc.auth import OIDCAuthenticationBackend


class Lumen(OIDCAuthenticationBackend):
    """Finds people by ``sub``, which never changes. The default goes by the e-mail address, which may."""

    def filter_users_by_claims(self, claims: dict[str, Any]) -> Any:
        return self.UserModel.objects.filter(username=claims["sub"])

    def get_username(self, claims: dict[str, Any]) -> str:
        return str(claims["sub"])

    def create_user(self, claims: dict[str, Any]) -> Any:
        return self.update_user(super().create_user(claims), claims)

    def update_user(self, user: Any, claims: dict[str, Any]) -> Any:
        user.first_name, user.last_name = claims.get("given_name", ""), claims.get("family_name", "")
        user.email = claims.get("email", "")
        user.save()
        return user

    def get_or_create_user(self, access_token: str, id_token: str, payload: dict[str, Any]) -> Any:
        self.request.session["sid"] = payload.get("sid")
        return super().get_or_create_user(access_token, id_token, payload)


def logout_url(request: HttpRequest) -> str:
    """Return where the provider logs the person out too, and sends them back."""
    back = {"id_token_hint": request.session["oidc_id_token"], "post_logout_redirect_uri": f"{settings.URL}/"}
    return f"{settings.ISSUER}/oauth/logout?{urlencode(back)}"
