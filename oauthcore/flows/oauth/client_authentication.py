"""Client authentication: the one place that decides which application is calling (RFC 6749 §2.3, §3.2.1)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from django.utils import timezone
from django.utils.crypto import salted_hmac

from oauthcore import conf, request_context
from oauthcore.flows.oauth import client_assertions
from oauthcore.flows.oauth.imported_secrets import find_imported
from oauthcore.flows.tokens.proofs import KeyProof
from oauthcore.limiter import Limit, Try, count_tries, give_back, seconds_full
from oauthcore.models import Application, ClientSecret, Grant
from oauthcore.models.statements import Row, Select, param
from oauthcore.observing import observed
from oauthcore.recording import last_uses
from oauthcore.rules.errors.oauth import InvalidClient, InvalidRequest, SlowDown
from oauthcore.rules.jose.problems import InvalidJWT
from oauthcore.rules.oauth.client_credentials import ClientCredentials
from oauthcore.rules.oauth.self_registration import is_document
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.text.numbers import whole_number
from oauthcore.rules.tokens.secrets import digest_of

_NO_DIGEST = bytes(32)


@dataclass(frozen=True)
class Client:
    """An authenticated application, and its grant for itself, if that was requested."""

    application: Application
    standing_grant: Grant | None = None
    #: The proof of possession of a key, if its tokens must be bound to one (RFC 9449).
    proof: KeyProof | None = None

    def bound_to(self) -> bytes | None:
        """Use its proof up, if it has shown one, and return the thumbprint of the key to bind tokens to.

        Call it after all other checks, so that strangers cannot fill the memory of used proofs.
        Raises InvalidDPoPProof for a proof that was used before.
        """
        return None if self.proof is None else self.proof.use()


@observed("oauthcore client authenticate")
def authenticate(credentials: ClientCredentials, *, for_itself: bool = False) -> Client:
    """Return the application that the credentials belong to: one query.

    ``for_itself`` also reads the grant that the application has for itself. An unknown application and a
    wrong secret take the same time and give the same answer. Raises InvalidClient, SlowDown after too many
    wrong secrets, and InvalidRequest if body and header name different applications.
    """
    if credentials.assertion is not None:
        return _by_assertion(credentials, for_itself=for_itself)
    rows = _exact(_rows(credentials.client_id, for_itself=for_itself), credentials.client_id)
    application: Application | None = rows[0][""] if rows else None
    if application is not None:
        request_context.name_application(application.client_id)
    _check_secret(application, [row["client_secrets"] for row in rows], credentials)
    if application is None or not application.is_live:
        raise InvalidClient("the application is disabled, suspended or deleted")
    if credentials.also not in (None, application.client_id, str(application.pk)):
        raise InvalidRequest("The client_id in the body is not the one in the Authorization header.")
    return Client(application, rows[0].get("standing_grant"))


def _by_assertion(credentials: ClientCredentials, *, for_itself: bool) -> Client:
    """Return the application that has signed an assertion: one query, and one for its identifier.

    A wrong assertion counts like a wrong secret. After too many, signatures are not checked any more.
    """
    assertion = client_assertions.read(credentials)
    find = _KEYS_FOR_ITSELF if for_itself else _KEYS
    rows = _exact(find.rows(client_id=assertion.client_id), assertion.client_id)
    application: Application | None = rows[0][""] if rows else None
    if application is not None:
        request_context.name_application(application.client_id)
    for limit, parts in _limits(application, assertion.client_id):
        wait = seconds_full(limit, *parts)
        if wait is not None:
            raise SlowDown("too many wrong client assertions", retry_after=wait)
    keys = [row["client_keys"] for row in rows if row["client_keys"] is not None]
    try:
        used = client_assertions.check(application, keys, assertion)
    except InvalidJWT as problem:
        _count_failure(application, assertion.client_id)
        raise InvalidClient(f"client assertion: {problem}") from None
    if application is None or not application.is_live:
        raise InvalidClient("the application is disabled, suspended or deleted")
    last_uses.note_key(used.pk)
    request_context.prove_application(is_self_registered=application.is_self_registered)
    return Client(application, rows[0].get("standing_grant"))


def find_application(client_id: str) -> Application | None:
    """Return the live application with this client ID or number, or None; refusals are logged under it."""
    application = Application.objects.filter(**named(client_id)).first()
    if application is not None and not is_called(application, client_id):
        return None
    if application is not None:
        request_context.name_application(application.client_id)
    return application if application is not None and application.is_live else None


def named(client_id: str) -> dict[str, object]:
    """Return the query parameters that find an application by client ID or, for a number, by its number."""
    number = whole_number(client_id)
    return {"client_id": client_id} if number is None else {"pk": number}


def is_called(application: Application, client_id: str) -> bool:
    """Return whether an application that was found by a client ID has it byte for byte, or that number.

    MariaDB and MySQL ignore upper and lower case, and spaces at the end. A client that a document describes
    has no number: where a number names it, no document is read.
    """
    if application.client_id == client_id:
        return True
    is_described = application.is_self_registered and is_document(application.client_id)
    return whole_number(client_id) is not None and not is_described


def _exact(rows: list[Row], client_id: str) -> list[Row]:
    """Return the rows of an application, or none if its client ID is not exactly the one that was sent."""
    return rows if rows and is_called(rows[0][""], client_id) else []


def _rows(client_id: str, *, for_itself: bool) -> list[Row]:
    number = whole_number(client_id)
    if number is not None:
        return _BY_NUMBER.rows(id=number)
    find = _FOR_ITSELF if for_itself else _BY_CLIENT_ID
    return find.rows(client_id=client_id)


def _check_secret(
    application: Application | None, stored: list[ClientSecret | None], credentials: ClientCredentials
) -> None:
    if application is not None and not application.is_confidential:
        if credentials.secrets:
            raise InvalidClient("a public application sent a secret")
        return
    if not credentials.secrets:
        raise InvalidClient("a confidential or unknown application sent no secret")
    now = timezone.now()
    live = [one for one in stored if one is not None and one.is_live(now)]
    used = _right_digest(live, credentials.secrets) or _counted(application, live, credentials)
    if application is None or used is None:
        why = "the secret is wrong or has ended" if application else "the application is unknown"
        raise InvalidClient(why)
    last_uses.note_secret(used.pk)
    request_context.prove_application(is_self_registered=application.is_self_registered)


def _right_digest(live: list[ClientSecret], sent: tuple[HiddenText, ...]) -> ClientSecret | None:
    """Return the secret that was sent, or None. All secrets are compared, so the time shows nothing."""
    shown = [digest_of(text.reveal()) for text in sent]
    digested = [one for one in live if one.digest is not None]
    compared = [(one, hmac.compare_digest(one.digest or b"", two)) for one in digested for two in shown]
    if not digested:  # an unknown application costs the same
        hmac.compare_digest(_NO_DIGEST, shown[0])
    return next((one for one, is_right in compared if is_right), None)


def _counted(
    application: Application | None, live: list[ClientSecret], credentials: ClientCredentials
) -> ClientSecret | None:
    """Count a secret without digest as wrong, then check it against an imported Django hash.

    So a guess beyond the limit costs no hashing. The try of a right secret is given back.
    """
    tries = _count_failure(application, credentials.client_id)
    used = find_imported(live, credentials.secrets)
    if used is not None:
        give_back(tries)
    return used


def _count_failure(application: Application | None, client_id: str) -> list[Try]:
    """Count a wrong secret for the address, and for the application from there; raise SlowDown.

    Unknown client IDs share a few rows, so that invented IDs cannot fill the table. The answers do not show
    this, because one address can fill only a few of those rows.
    """
    counted = count_tries(*_limits(application, client_id))
    wait = counted[-1].wait
    if wait is not None:
        raise SlowDown("too many wrong secrets", retry_after=wait)
    return counted


def _limits(application: Application | None, client_id: str) -> tuple[tuple[Limit, tuple[str, ...]], ...]:
    address, settings = request_context.address_group(), conf.settings()
    named = ("known", application.client_id) if application else ("unknown", _share_of_unknown(client_id))
    return (
        (Limit("client-secret-address", *settings.CLIENT_SECRET_ADDRESS_LIMIT), (address,)),
        (Limit("client-secret", *settings.CLIENT_SECRET_LIMIT), (*named, address)),
    )


def _share_of_unknown(client_id: str) -> str:
    """Return which of 256 counters of an address counts an unknown client ID. Clients cannot predict it."""
    return salted_hmac("oauthcore.unknown_clients", client_id, algorithm="sha256").hexdigest()[:2]


# Every client authentication reads these columns. Columns for pages are not among them.
_APPLICATION = (
    "client_id client_type profile legacy_switches redirect_uris grant_types scopes default_scopes"
    " access_token_format access_token_lifetime refresh_token_lifetime refresh_token_grace"
    " access_tokens_expire may_introspect dpop_bound_access_tokens is_enabled is_suspended"
    " is_self_registered id_token_signed_response_alg subject_type deleted_at"
)
_SECRET = "application digest encoded expires_at"
_STANDING_GRANT = "kind uuid application user scopes expires_at revoked_at standing_for"
_BY_CLIENT_ID = Select(
    lambda: Application.objects.filter(client_id=param(Application, "client_id")),
    {"": _APPLICATION, "client_secrets": _SECRET},
)
_FOR_ITSELF = Select(
    lambda: Application.objects.filter(client_id=param(Application, "client_id")),
    {"": _APPLICATION, "client_secrets": _SECRET, "standing_grant": _STANDING_GRANT},
)
_BY_NUMBER = Select(
    lambda: Application.objects.filter(id=param(Application, "id")),
    {"": _APPLICATION, "client_secrets": _SECRET, "standing_grant": _STANDING_GRANT},
)
# For an assertion, the columns about keys are read in place of the secrets.
_WITH_KEYS = f"{_APPLICATION} uses_keys jwks_uri keys_fetched_at"
_KEY = "application name jwk"
_KEYS = Select(
    lambda: Application.objects.filter(client_id=param(Application, "client_id")),
    {"": _WITH_KEYS, "client_keys": _KEY},
)
_KEYS_FOR_ITSELF = Select(
    lambda: Application.objects.filter(client_id=param(Application, "client_id")),
    {"": _WITH_KEYS, "client_keys": _KEY, "standing_grant": _STANDING_GRANT},
)
