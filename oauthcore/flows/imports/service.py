"""Imported keys that become service tokens: what the command must say of them."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from oauthcore.flows.imports.source import Options
from oauthcore.flows.service_tokens.limits import Limits, check
from oauthcore.rules.imports.values import Damaged


def require_limits(options: Options) -> None:
    """Raise Damaged with what is wrong with the scopes, the account or the end of service tokens."""
    if not options.scopes:
        raise Damaged("name what service tokens may do: --scopes")
    limits = Limits(label="imported", scopes=options.scopes, expires_at=options.expires_at)
    try:
        check(limits, now=options.now, account_uuid=options.account_uuid)
    except ValidationError as problem:
        names = {"account_uuid": "--account", "expires_at": "--expires", "scopes": "--scopes"}
        raise Damaged(
            "\n".join(
                f"{names.get(name, name)}: {' '.join(texts)}" for name, texts in problem.message_dict.items()
            )
        ) from None
