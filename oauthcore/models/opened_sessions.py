"""Storing a session of a person on a device: its rows are inserted together."""

from __future__ import annotations

from datetime import datetime

from oauthcore.models import token_statements
from oauthcore.models.database import primary
from oauthcore.models.devices import Device
from oauthcore.models.grants import Grant
from oauthcore.models.inserts import Insert, NewRow
from oauthcore.models.known_addresses import KnownAddress
from oauthcore.models.limit_windows import SURELY_OVER, LimitWindow
from oauthcore.models.row_chains import RowChain, Step
from oauthcore.models.security_events import INSERT_EVENT, SecurityEvent
from oauthcore.models.statements import Select, param

_GRANT = (
    "kind uuid label contact user_id scopes resources authenticated_at acr amr created_at expires_at"
    " revoked_reason password_mark"
)
_HELD, _GRANTED = 0, 1
_CHAIN = RowChain(
    [
        Step(Insert(lambda: LimitWindow, "key count ends_at", key="key", over="key")),
        Step(Insert(lambda: Grant, _GRANT), after=_HELD),
        Step(
            Insert(lambda: Device, "grant_id platform app_version client_uuid address"), _GRANTED, "grant_id"
        ),
        Step(token_statements.INSERT, _GRANTED, "grant_id"),
        Step(Insert(lambda: KnownAddress, "digest last_at", key="digest", over="last_at"), _GRANTED),
        Step(INSERT_EVENT, _GRANTED),
    ]
)

_BESIDE = Select(
    lambda: Grant.objects.filter(
        user=param(Grant, "user"), application__isnull=True, revoked_at__isnull=True
    ).exclude(id=param(Grant, "beside", field="id")),
    {"": "kind"},
)


def store(
    grant: Grant,
    device: Device,
    token: NewRow,
    address: KnownAddress,
    event: SecurityEvent,
    *,
    held: bytes,
    now: datetime,
) -> None:
    """Insert the rows of a session, and hold the row of a limit until the transaction ends.

    The limit's row is locked first, as ``LimitWindow.hold`` does. A statement that comes later, in the same
    transaction, sees what all others have stored who held it before.
    """
    lock = {"key": held, "count": 0, "ends_at": now - SURELY_OVER}
    keys = _CHAIN.run(lock, vars(grant), vars(device), token, vars(address), vars(event))
    for row, key in ((grant, keys[1]), (device, keys[2]), (address, keys[4]), (event, keys[5])):
        row.pk = key
        row._state.adding, row._state.db = False, primary()
    device.grant = grant


def unended_beside(grant: Grant) -> int:
    """Return how many other sessions of the person nobody has ended: at least as many as are live."""
    return len(_BESIDE.rows(user=grant.user_id, beside=grant.pk))
