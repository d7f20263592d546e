"""Client configuration: an application reads, changes and deletes its own registration (RFC 7592)."""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from oauthcore import conf, request_context
from oauthcore.flows.oauth.registration import registering
from oauthcore.flows.oauth.registration.changes import (
    forget_verification,
    mark_deleted,
    remove_keys,
    set_keys,
)
from oauthcore.flows.oauth.registration.dynamic_registration import (
    Registered,
    client_type_of,
    extras_of,
    keys_of,
    read,
    refuse_problems,
    refuse_sector,
    secret_of,
    values_of,
)
from oauthcore.models import Application, ClientSecret, DynamicRegistration, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events
from oauthcore.rules.errors.registration import (
    InvalidClientMetadata,
    InvalidRegistrationToken,
    RegistrationSuspended,
)
from oauthcore.rules.errors.resources import NotAuthenticated
from oauthcore.rules.jose.public_keys import PublicKey
from oauthcore.rules.oauth.client_metadata import ClientMetadata
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import Secret, SecretKind, digest_of

#: Members that a change may not send, because only the server sets them (RFC 7592 §2.2).
_OURS = (
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
)


def find_registration(client_id: str, *, token: HiddenText | None, is_locked: bool = False) -> Registered:
    """Return the registration that a registration access token is for: one query (RFC 7592 §2.1).

    With ``is_locked`` it locks the application's row until the transaction ends.

    The answer is the same for an unknown application, a deleted one, and the token of another. Raises
    NotAuthenticated, InvalidRegistrationToken and RegistrationSuspended.
    """
    if token is None:
        raise NotAuthenticated("no registration access token was sent")
    secret = secret_of(token, SecretKind.REGISTRATION)
    found = None if secret is None else DynamicRegistration.find(secret)
    if secret is None or found is None or found.application.client_id != client_id:
        raise InvalidRegistrationToken("the registration access token is unknown, or another application's")
    request_context.name_application(client_id)
    if is_locked:
        found = _locked(found, secret)
    if not found.application.is_live:
        raise RegistrationSuspended("the application is suspended or disabled")
    return Registered(found, token)


def _locked(registration: DynamicRegistration, secret: Secret) -> DynamicRegistration:
    """Lock the application's row, and return the registration as it is then."""
    Application.objects.select_for_update().filter(pk=registration.application_id).first()
    found = DynamicRegistration.find(secret)
    if found is None:
        raise InvalidRegistrationToken("the application or its registration access token ended a moment ago")
    return found


@sensitive_variables("document", "sent")  # it may hold the secret of the application in clear
def change_registration(client_id: str, document: object, *, token: HiddenText | None) -> Registered:
    """Replace the client metadata of an application (RFC 7592 §2.2).

    Missing members are removed; decisions of staff stay. A public application stays public, and a
    confidential one confidential: keys can replace its secret, and a new secret its keys. Raises the
    errors of ``find_registration`` and ``register_dynamically``. Never call it in a transaction.
    """
    found = find_registration(client_id, token=token)
    registering.count_by_address("dynamic_registration", conf.settings().DYNAMIC_REGISTRATION_LIMIT)
    _check_names(document, found.application)
    described = read(document, signs_already=found.application.uses_keys)
    if client_type_of(described.auth_method) != found.application.client_type:
        raise InvalidClientMetadata("token_endpoint_auth_method cannot change to none, or from none.")
    refuse_sector(described)
    return _change(client_id, described, keys_of(described), token=token)


def delete_registration(client_id: str, *, token: HiddenText | None) -> None:
    """Delete an application; its tokens stop working at once (RFC 7592 §2.3)."""
    mark_deleted(find_registration(client_id, token=token).application, user=None)


def _check_names(document: object, application: Application) -> None:
    """Refuse a change with another client ID or secret, or with members that only the server sets."""
    sent: dict[str, Any] = document if isinstance(document, dict) else {}
    if sent.get("client_id") != application.client_id:
        raise InvalidClientMetadata("client_id must be the one that is changed.")
    if any(name in sent for name in _OURS):
        raise InvalidClientMetadata(f"A change has none of {', '.join(_OURS)}.")
    secret = sent.get("client_secret")
    if secret is not None and not (isinstance(secret, str) and _has_secret(application, HiddenText(secret))):
        raise InvalidClientMetadata("client_secret must be the one that was issued, or be left out.")


def _has_secret(application: Application, secret: HiddenText) -> bool:
    live = ClientSecret.objects.filter(application=application).live(timezone.now())
    sent = digest_of(secret.reveal())
    return any(hmac.compare_digest(one.digest or b"", sent) for one in live)


@retried
def _change(
    client_id: str, described: ClientMetadata, keys: tuple[PublicKey, ...], *, token: HiddenText | None
) -> Registered:
    """Write the changes, with one event that names them. Raises the errors of ``find_registration``.

    Authority is looked at again: a token may have ended while another server was asked for keys. An
    application that has given up its keys gets a secret.
    """
    secret = None
    with atomic():
        registered = find_registration(client_id, token=token, is_locked=True)
        registration, found = registered.registration, registered.application
        had, values, extras = found.scopes, values_of(described), extras_of(described)
        kept = found.grant_types - registering.choosable()
        values["grant_types"] = described.grant_types | kept
        changed = [name for name, value in values.items() if getattr(found, name) != value]
        changed += [name for name, value in extras.items() if getattr(registration, name) != value]
        for name, value in values.items():
            setattr(found, name, value)
        found.required_scopes = found.required_scopes & found.scopes
        refuse_problems(found, described, had=had)
        if described.signs:
            is_rekeyed = set_keys(found, keys, jwks_uri=described.given_keys.jwks_uri, now=timezone.now())
        elif is_rekeyed := remove_keys(found):
            secret = found.add_secret()
        changed += ["keys"] if is_rekeyed else []
        if not changed:
            return registered
        forget_verification(found, changed, had=had)
        found.save(update_fields=[*values, "required_scopes", "is_verified", "is_trusted"])
        for name, value in extras.items():
            setattr(registration, name, value)
        registration.save(update_fields=list(extras))
        events.record(
            SecurityEvent.Kind.APPLICATION_CHANGED,
            application=found,
            reason=f"by itself: {', '.join(changed)}",
        )
    return replace(registered, registration=registration, client_secret=secret)
