"""The demo's applications: one of each kind, and the sample application of the page ``/``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from joserfc.jwk import ECKey

from oauthcore.addresses import at_issuer
from oauthcore.applications import ask_for_scope, set_keys
from oauthcore.models import Application, GrantType, LegacySwitch, Profile, ScopeRequest
from reference_site.playground import sample
from reference_site.scopes import LIBRARY_SCOPES

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
MANAGED = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LUMEN_PRINTS = "lumen-prints"
_OPENID = ("openid", "profile", "email")
_CODE = (GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN)
_ASKED = "api.images.delete"
_REASON = (
    "Spring Clean finds blurred and double pictures, shows them side by side, and deletes those that a "
    "person has picked. Without this scope they have to be looked for again on the site."
)


@dataclass(frozen=True)
class Sample:
    """An application as the demo registers it."""

    client_id: str
    name: str
    client_type: Application.ClientType
    #: Empty if the application needs none.
    redirect_uri: str
    grant_types: tuple[str, ...]
    may_introspect: bool = False
    is_verified: bool = False
    profile: Profile = Profile.OAUTH_2_1
    legacy_switches: tuple[LegacySwitch, ...] = ()
    scopes: tuple[str, ...] = tuple(LIBRARY_SCOPES)
    uses_keys: bool = False
    #: Whether all its tokens are bound to its key (RFC 9449).
    is_bound: bool = False
    access_token_format: str = "opaque"
    #: Where people may return after a logout, and where logout tokens are sent (OpenID Connect).
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""


@dataclass(frozen=True)
class Installed:
    """A registered application with its secret of this run. The secret is None for a public application."""

    application: Application
    client_secret: str | None
    #: The private key of this run, for an application that signs instead of sending a secret.
    private_jwk: Mapping[str, Any] | None = None


def samples() -> tuple[Sample, ...]:
    """Return the demo's applications. The first one has all that a confidential application can have."""
    shop = settings.LUMEN_PRINTS_URL
    return (
        Sample(
            "light-table",
            "Light Table",
            Application.ClientType.CONFIDENTIAL,
            "http://127.0.0.1:8801/callback",
            (*_CODE, GrantType.CLIENT_CREDENTIALS, DEVICE_CODE),
            is_verified=True,
            scopes=(*LIBRARY_SCOPES, *_OPENID),
            post_logout_redirect_uris=("http://127.0.0.1:8801/loggedout",),
        ),
        Sample(
            "pocket-darkroom",
            "Pocket Darkroom",
            Application.ClientType.PUBLIC,
            "http://127.0.0.1:8802/callback",
            _CODE,
        ),
        Sample(
            "print-shop",
            "Print Shop",
            Application.ClientType.CONFIDENTIAL,
            "http://127.0.0.1:8803/callback",
            (GrantType.CLIENT_CREDENTIALS, TOKEN_EXCHANGE, MANAGED),
            may_introspect=True,
        ),
        Sample(
            "contact-sheet",
            "Contact Sheet",
            Application.ClientType.CONFIDENTIAL,
            "http://127.0.0.1:8804/callback",
            (*_CODE, GrantType.CLIENT_CREDENTIALS),
            profile=Profile.OAUTH_2_0,
            legacy_switches=tuple(LegacySwitch),
        ),
        Sample(
            "picture-frame",
            "Picture Frame",
            Application.ClientType.PUBLIC,
            "https://picture-frame.example/callback",
            (GrantType.IMPLICIT,),
            profile=Profile.OAUTH_2_0,
        ),
        Sample(
            "night-train",
            "Night Train",
            Application.ClientType.CONFIDENTIAL,
            "",
            (GrantType.CLIENT_CREDENTIALS,),
            uses_keys=True,
            is_bound=True,
            access_token_format="jwt",
        ),
        Sample(
            "living-room",
            "Living Room",
            Application.ClientType.PUBLIC,
            "",
            (DEVICE_CODE, GrantType.REFRESH_TOKEN),
        ),
        Sample(
            LUMEN_PRINTS,
            "Lumen Prints",
            Application.ClientType.CONFIDENTIAL,
            f"{shop}/callback",
            _CODE,
            is_verified=True,
            scopes=_OPENID,
            post_logout_redirect_uris=(f"{shop}/logged-out",),
            backchannel_logout_uri=f"{shop}/backchannel-logout" if _reaches_this_machine() else "",
        ),
        Sample(
            sample.CLIENT_ID,
            sample.NAME,
            Application.ClientType.PUBLIC,
            at_issuer(reverse("playground:callback")),
            _CODE,
            is_verified=True,
        ),
    )


#: The banner does not name it. It is for staff, who decide about its request.
_ASKING = Sample(
    "spring-clean",
    "Spring Clean",
    Application.ClientType.PUBLIC,
    "http://127.0.0.1:8805/callback",
    _CODE,
    scopes=("read", "api.images.read"),
)


def _reaches_this_machine() -> bool:
    """Return whether logout tokens may go to this machine. A real site refuses such an address."""
    return bool(settings.OAUTHCORE.get("METADATA_DOCUMENT_LOOPBACK"))


def install_applications(owner: User) -> list[Installed]:
    """Register the applications or reset them. Confidential ones get new secrets; the old secrets end."""
    return [_install(one, owner) for one in samples()]


def install_scope_request(owner: User) -> None:
    """Register an application with an open request for a scope that staff approve."""
    application = _install(_ASKING, owner).application
    if not application.scope_requests.filter(scope=_ASKED, state=ScopeRequest.State.WAITING).exists():
        ask_for_scope(application, scope=_ASKED, reason=_REASON, user=owner)


def _install(one: Sample, owner: User) -> Installed:
    application = Application.objects.filter(client_id=one.client_id).first() or Application(
        client_id=one.client_id
    )
    application.name, application.owner = one.name, owner
    application.profile = one.profile
    application.legacy_switches = [switch.value for switch in one.legacy_switches]
    application.client_type, application.uses_keys = one.client_type, one.uses_keys
    application.access_token_format = one.access_token_format
    application.dpop_bound_access_tokens = one.is_bound
    application.redirect_uris = [one.redirect_uri] if one.redirect_uri else []
    application.grant_types = [str(grant_type) for grant_type in one.grant_types]
    application.scopes = list(one.scopes)
    application.default_scopes = ["read"] if "read" in one.scopes else []
    application.post_logout_redirect_uris = list(one.post_logout_redirect_uris)
    application.backchannel_logout_uri = one.backchannel_logout_uri
    application.backchannel_logout_session_required = bool(one.backchannel_logout_uri)
    application.may_introspect = one.may_introspect
    application.is_verified = one.is_verified
    application.is_trusted, application.is_suspended = False, False
    application.is_enabled, application.deleted_at = True, None
    application.full_clean()
    application.save()
    application.client_secrets.all().delete()
    if application.uses_keys:
        return Installed(application, None, _install_key(application, owner))
    installed = Installed(application, application.add_secret() if application.is_confidential else None)
    if one.client_id == LUMEN_PRINTS:
        _hand_over(installed)
    return installed


def _hand_over(installed: Installed) -> None:
    """Write the client secret into the folder of Lumen Prints."""
    if not settings.LUMEN_PRINTS_FOLDER:
        return
    file = Path(settings.LUMEN_PRINTS_FOLDER) / "client_secret"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(installed.client_secret or "")
    draft.replace(file)


def _install_key(application: Application, owner: User) -> Mapping[str, Any]:
    """Replace the keys of an application by a new key; return the private part."""
    key = ECKey.generate_key("P-256", auto_kid=True)
    set_keys(application, json.dumps({"keys": [key.as_dict(private=False)]}), user=owner)
    return key.as_dict(private=True)
