"""Client authentication: the one place that decides which application is calling (RFC 6749 §2.3, §3.2.1)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from oauthcore import conf, request_context, secret_use
from oauthcore.limiter import Limit, count_try
from oauthcore.models import Application, ClientSecret, Grant
from oauthcore.models.database import primary
from oauthcore.models.statements import Row, Select, param
from oauthcore.rules.client_credentials import ClientCredentials
from oauthcore.rules.errors import InvalidClient, InvalidRequest, SlowDown
from oauthcore.rules.networks import group_of
from oauthcore.rules.numbers import whole_number
from oauthcore.rules.secrets import digest_of

_NO_DIGEST = bytes(32)


@dataclass(frozen=True)
class Client:
    """An application that has proved who it is, and the grant it has for itself where that was asked for."""

    application: Application
    standing_grant: Grant | None = None


def authenticate(credentials: ClientCredentials, *, for_itself: bool = False) -> Client:
    """Return the application that the credentials belong to: one query.

    ``for_itself`` says that it asks in its own name, and brings the grant it has for that along. An unknown
    application and a wrong secret cost the same and look the same. Raises InvalidClient, SlowDown after too
    many wrong secrets, and InvalidRequest when body and header name different applications.
    """
    rows = _rows(credentials.client_id, for_itself=for_itself)
    application: Application | None = rows[0][""] if rows else None
    if application is not None:
        request_context.name_application(application.client_id)
    _check_secret(application, [row["client_secrets"] for row in rows], credentials)
    if application is None or not application.is_live:
        raise InvalidClient("the application is disabled, suspended or deleted")
    if credentials.also not in (None, application.client_id, str(application.pk)):
        raise InvalidRequest("The client_id in the body is not the one in the Authorization header.")
    return Client(application, rows[0].get("standing_grant"))


def find_application(client_id: str) -> Application | None:
    """Return the live application of that string or number, or None; a refusal is put down to either."""
    application = Application.objects.using(primary()).filter(**named(client_id)).first()
    if application is not None:
        request_context.name_application(application.client_id)
    return application if application is not None and application.is_live else None


def named(client_id: str) -> dict[str, object]:
    """Return what finds the application of that string or, where it is one, of that number."""
    number = whole_number(client_id)
    return {"client_id": client_id} if number is None else {"pk": number}


def _rows(client_id: str, *, for_itself: bool) -> list[Row]:
    number = whole_number(client_id)
    if number is not None:
        return _BY_NUMBER.rows(primary(), id=number)
    find = _FOR_ITSELF if for_itself else _BY_CLIENT_ID
    return find.rows(primary(), client_id=client_id)


def _check_secret(
    application: Application | None, stored: list[ClientSecret | None], credentials: ClientCredentials
) -> None:
    if application is not None and not application.is_confidential:
        if credentials.secrets:
            raise InvalidClient("a public application sent a secret")
        return
    if not credentials.secrets:
        raise InvalidClient("a confidential or unknown application sent no secret")
    used = _right_one(stored, credentials.secrets)
    if used is None:
        _count_failure(application.client_id if application else credentials.client_id)
        why = "the secret is wrong or has ended" if application else "the application is unknown"
        raise InvalidClient(why)
    secret_use.note(used.pk)


@sensitive_variables("sent")
def _right_one(stored: list[ClientSecret | None], sent: tuple[str, ...]) -> ClientSecret | None:
    """Return the live secret that was sent, or None; each is compared, and one that is not there too."""
    now = timezone.now()
    live = [one for one in stored if one is not None and one.is_live(now)]
    shown = [digest_of(text) for text in sent]
    digested = [one for one in live if one.digest is not None]
    compared = [(one, hmac.compare_digest(one.digest or b"", two)) for one in digested for two in shown]
    if not digested:  # an unknown application costs the same
        hmac.compare_digest(_NO_DIGEST, shown[0])
    right = [one for one, is_right in compared if is_right]
    imported = (one for one in live for text in sent if one.encoded and _was_imported(one, one.encoded, text))
    return right[0] if right else next(imported, None)


@sensitive_variables("sent")
def _was_imported(stored: ClientSecret, encoded: str, sent: str) -> bool:
    """Check a secret that came with a Django hash; keep its digest instead, which costs nothing to check."""
    if not check_password(sent, encoded):
        return False
    ClientSecret.objects.using(primary()).filter(pk=stored.pk).update(digest=digest_of(sent), encoded=None)
    return True


def _count_failure(client_id: str) -> None:
    limit = Limit("client_secret", *conf.settings().CLIENT_SECRET_LIMIT)
    retry_after = count_try(limit, client_id, group_of(request_context.current().address)).wait
    if retry_after is not None:
        raise SlowDown("too many wrong secrets", retry_after=retry_after)


# What no endpoint for programs looks at is left where it is.
_DEFERRED = (
    *("website", "owner", "created_at"),
    *("required_scopes", "first_approved_at", "logo_version"),
    *("client_secrets__hint", "client_secrets__created_at", "client_secrets__last_used_at"),
    *(f"standing_grant__{name}" for name in ("label", "account_uuid", "created_at", "revoked_reason")),
    *(f"standing_grant__{name}" for name in ("password_mark", "allowed_networks", "max_request_bytes")),
)
_BY_CLIENT_ID = Select(
    lambda: Application.objects.filter(client_id=param(Application, "client_id")),
    joined=("client_secrets",),
    deferred=_DEFERRED,
)
_FOR_ITSELF = Select(
    lambda: Application.objects.filter(client_id=param(Application, "client_id")),
    joined=("client_secrets", "standing_grant"),
    deferred=(*_DEFERRED, "redirect_uris"),
)
_BY_NUMBER = Select(
    lambda: Application.objects.filter(id=param(Application, "id")),
    joined=("client_secrets", "standing_grant"),
    deferred=_DEFERRED,
)
