"""A check of the setting for dynamic registration."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from oauthcore import conf
from oauthcore.conf.keys import Registration


@register()
def check_registration(**_: Any) -> list[CheckMessage]:
    """Check that ``DYNAMIC_REGISTRATION`` is one of its allowed values."""
    if conf.settings().DYNAMIC_REGISTRATION in list(Registration):
        return []
    hint = f"Choose one of {', '.join(repr(one.value) for one in Registration)}."
    return [
        Error(
            "DYNAMIC_REGISTRATION is not a way to register, so it is closed.", hint=hint, id="oauthcore.E034"
        )
    ]
