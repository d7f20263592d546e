"""How often applications may begin something that leaves a row, before a person was asked."""

from __future__ import annotations

from oauthcore import request_context
from oauthcore.limiter import Limit, require_try
from oauthcore.models import Application


def count_begun(application: Application, *, if_proven: Limit, by_address: Limit) -> None:
    """Count it for the application if it has authenticated, otherwise for the address.

    Raises Throttled.
    """
    if request_context.current().is_proven:
        require_try(if_proven, application.client_id)
    else:
        require_try(by_address, request_context.address_group())
