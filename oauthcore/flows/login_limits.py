"""How often somebody may try to log in: counted before a password is looked at."""

from __future__ import annotations

from oauthcore import conf, request_context
from oauthcore.limiter import Limit, count_try
from oauthcore.rules.logins import one_spelling
from oauthcore.rules.networks import group_of


def count_login(login: str) -> int | None:
    """Count a try; return the seconds to wait after one too many from this address or for this login.

    Raises TemporarilyUnavailable when the limiter's store does not answer.
    """
    settings, address = conf.settings(), group_of(request_context.current().address)
    wait = count_try(Limit("login-address", *settings.LOGIN_ADDRESS_LIMIT), address)
    if wait is not None:
        return wait  # without a row for each login that is made up meanwhile
    return count_try(Limit("login", *settings.LOGIN_LIMIT), one_spelling(login), address)
