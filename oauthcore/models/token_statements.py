"""The compiled statements that find, insert, turn and end tokens."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import F

from oauthcore.models.grants import Grant
from oauthcore.models.inserts import Insert, UpdateThenInsert
from oauthcore.models.security_events import INSERT_EVENT
from oauthcore.models.statements import EVERY_COLUMN, Select, Update, param
from oauthcore.rules.imports.sources import MOST_BASES


def _token() -> Any:
    """Return the model. Its module imports this one."""
    return apps.get_model("oauthcore", "Token")


# Columns cost time, so each statement names only the columns that its path reads.
_CHAIN = (
    "kind grant digest hint scopes account_uuid created_at expires_at revoked_at turn previous turned_at"
    " successor key_thumbprint"
)
#: The columns of a grant from which tokens of a person are made, and which say whether it is live.
GRANT_COLUMNS = (
    "kind uuid application user account_uuid scopes resources authenticated_at acr amr claims"
    " pairwise_subject sid expires_at revoked_at password_mark"
)
_LIMITS = "expires_at revoked_at password_mark allowed_networks max_request_bytes"
_AROUND_IT = {
    "grant": f"kind uuid label application user account_uuid scopes {_LIMITS}",
    "grant__user": EVERY_COLUMN,
    "grant__application": "client_id name profile legacy_switches scopes is_enabled is_suspended"
    " is_self_registered deleted_at",
}
FIND = Select(
    lambda: _token().objects.filter(digest=param(_token(), "digest")),
    {
        "": "kind grant hint scopes account_uuid created_at expires_at revoked_at turn turned_at resource"
        " actor key_thumbprint",
        **_AROUND_IT,
    },
).plus(grant="authenticated_at acr claims pairwise_subject")
# Every request with a token pays for each column of these.
FIND_ACCESS = Select(
    lambda: _token().objects.filter(digest=param(_token(), "digest")),
    {
        "": "kind grant hint scopes account_uuid expires_at revoked_at resource actor key_thumbprint",
        "grant": f"kind uuid label application user {_LIMITS}",
        "grant__user": EVERY_COLUMN,
        "grant__application": "client_id name scopes is_enabled is_suspended is_self_registered deleted_at",
    },
)
FIND_ACCESS_AND_LOGIN = FIND_ACCESS.plus(grant="authenticated_at acr")
FIND_ACCESS_AND_CLAIMS = FIND_ACCESS_AND_LOGIN.plus(grant="scopes claims pairwise_subject")
#: As many digests as a text has with all sources switched on: as an access token, and as a refresh token.
MOST_DIGESTS = MOST_BASES + 1
FIND_IMPORTED = Select(
    lambda: _token().objects.filter(
        digest__in=[param(_token(), f"digest_{number}", field="digest") for number in range(MOST_DIGESTS)]
    ),
    {
        "": "kind grant hint scopes account_uuid created_at expires_at revoked_at turn turned_at resource"
        " actor key_thumbprint",
        **_AROUND_IT,
    },
).plus(grant="authenticated_at acr claims pairwise_subject imported_from")
FIND_OF = Select(
    lambda: _token().objects.filter(
        kind=_token().Kind.REFRESH,
        digest=param(_token(), "digest"),
        grant__application=param(Grant, "application"),
    ),
    {
        "": _CHAIN,
        "grant": GRANT_COLUMNS,
        "grant__user": EVERY_COLUMN,
    },
)
FIND_OF_DEVICE = Select(
    lambda: _token().objects.filter(
        kind=_token().Kind.REFRESH,
        digest=param(_token(), "digest"),
        grant__kind=Grant.Kind.SESSION,
    ),
    {
        "": _CHAIN,
        "grant": "kind uuid label application user account_uuid scopes created_at expires_at revoked_at"
        " revoked_reason password_mark",
        "grant__user": EVERY_COLUMN,
    },
)
FIND_IMPORTED_OF = FIND_OF.plus(grant="imported_from")
FIND_IMPORTED_OF_DEVICE = FIND_OF_DEVICE.plus(grant="imported_from")
INSERT = Insert(
    _token,
    "kind grant_id digest hint scopes account_uuid created_at expires_at turn resource key_thumbprint",
)


def _chain_at_its_turn() -> Any:
    return _token().objects.filter(id=param(_token(), "id"), turn=param(_token(), "shown", field="turn"))


def _next_turn() -> dict[str, Any]:
    return {
        # First, because MariaDB and MySQL read values that they have just written.
        "previous": F("turn"),
        "turn": param(_token(), "next", field="turn"),
        "successor": param(_token(), "successor"),
        "turned_at": param(_token(), "turned_at"),
    }


TURN = Update(_chain_at_its_turn, _next_turn)
#: The turn of a chain that was opened by an imported token, which had an earlier end.
TURN_IMPORTED = Update(
    _chain_at_its_turn, lambda: {**_next_turn(), "expires_at": param(_token(), "expires_at")}
)
TURN_AND_INSERT = UpdateThenInsert(TURN, INSERT)
TURN_IMPORTED_AND_INSERT = UpdateThenInsert(TURN_IMPORTED, INSERT)
REVOKE = Update(
    lambda: _token().objects.filter(id=param(_token(), "id"), revoked_at__isnull=True),
    lambda: {"revoked_at": param(_token(), "revoked_at")},
)
REVOKE_AND_ADD = UpdateThenInsert(REVOKE, INSERT_EVENT)
