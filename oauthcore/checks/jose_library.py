"""A check that the JOSE library is installed if a setting needs it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from django.core.checks import CheckMessage, Error, register

from oauthcore import conf
from oauthcore.rules.imports.sources import SIMPLEJWT

#: The settings with which clients send signed JWTs, or the site signs them.
_SIGNED = (
    "PRIVATE_KEY_JWT",
    "JWT_ACCESS_TOKENS",
    "OPENID_CONNECT",
    "ENTERPRISE_MANAGED_AUTHORIZATION",
    "DPOP",
)


@register()
def check_jose_library(**_: Any) -> list[CheckMessage]:
    """Check that joserfc is installed if the site reads or signs JWTs."""
    settings = conf.settings()
    switched_on = [name for name in _SIGNED if getattr(settings, name)]
    if SIMPLEJWT in settings.IMPORTED_TOKENS:
        switched_on.append(f"IMPORTED_TOKENS with {SIMPLEJWT!r}")
    if not switched_on or find_spec("joserfc") is not None:
        return []
    hint = 'Install oauthcore with its "jose" extra, or switch it off.'
    text = f"{switched_on[0]} needs the joserfc package."
    return [Error(text, hint=hint, id="oauthcore.E070")]
