"""The words for the scopes of OpenID Connect, for a site that does not declare them itself."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from oauthcore.rules.oidc.claims import OFFLINE_ACCESS, OPENID, PROFILE

SCOPE_DESCRIPTIONS: Mapping[str, object] = {
    OPENID: _("Know who you are when you sign in"),
    PROFILE: _("See your profile, such as your name"),
    "email": _("See your e-mail address"),
    OFFLINE_ACCESS: _("Keep its access while you are away"),
}
