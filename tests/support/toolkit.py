"""A site with django-oauth-toolkit, asked through its own views."""

from __future__ import annotations

import json
from importlib.metadata import version
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.management import call_command
from django.test import Client

from oauthcore.models import Application as OurApplication
from oauthcore.rules.imports.sources import DJANGO_OAUTH_TOOLKIT
from oauthcore.rules.oauth.pkce import challenge_of
from tests.support.factories import Registered
from tests.support.oauth import VERIFIER, OAuthClient, post

REDIRECT_URI = "https://printer.example/callback"
SECRET = "a secret that only the application knows, and it is long"
#: The release that is installed here: 3 with the site's own versions, 2 in environments of their own
#: (``tests.support.versions``).
RELEASE, _MINOR = (int(one) for one in version("django-oauth-toolkit").split(".")[:2])
needs_release_3 = pytest.mark.skipif(RELEASE < 3, reason="release 2 has no such column")
needs_release_2 = pytest.mark.skipif(RELEASE > 2, reason="release 3 does something else")
needs_plain_secrets = pytest.mark.skipif((RELEASE, _MINOR) < (2, 4), reason="every secret is hashed")
#: What the site has set for the package.
SETTINGS = {
    "SCOPES": {"read": "Read", "api.images.read": "Read images", "old.scope": "Not declared any more"},
    "DEFAULT_SCOPES": ["read"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
}


def register(user: Any = None, **values: Any) -> Any:
    """Register an application with the package."""
    from oauth2_provider.models import Application

    return Application.objects.create(
        **{
            "name": "Photo Printer",
            "user": user,
            "client_type": Application.CLIENT_CONFIDENTIAL,
            "authorization_grant_type": Application.GRANT_AUTHORIZATION_CODE,
            "redirect_uris": REDIRECT_URI,
            "client_secret": SECRET,
            **values,
        }
    )


def approve(application: Any, user: Any, *, scope: str = "read", **changes: Any) -> dict[str, Any]:
    """Have a person approve at the package's authorize view, and redeem the code at its token view.

    Nobody is asked for an application with ``skip_authorization``.
    """
    browser = Client()
    browser.force_login(user)
    parameters = {
        "response_type": "code",
        "client_id": application.client_id,
        "redirect_uri": REDIRECT_URI,
        "scope": scope,
        "state": "a state",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
        **changes,
    }
    if application.skip_authorization:
        answered = browser.get("/before/authorize/", parameters)
    else:
        answered = browser.post("/before/authorize/", {**parameters, "allow": "Authorize"})
    assert answered.status_code == 302, answered.content
    code = dict(parse_qsl(urlsplit(answered["Location"]).query))["code"]
    return token(
        application,
        grant_type="authorization_code",
        code=code,
        redirect_uri=REDIRECT_URI,
        code_verifier=VERIFIER,
    )


def token(application: Any, lead: str = "/before", **parameters: Any) -> dict[str, Any]:
    """Ask the package's token view."""
    credentials = {"client_id": application.client_id}
    if application.client_type == application.CLIENT_CONFIDENTIAL:
        credentials["client_secret"] = SECRET
    answered = post(f"{lead}/token/", credentials | parameters)
    assert answered.status_code == 200, answered.content
    told: dict[str, Any] = answered.json()
    return told


def run(**options: Any) -> dict[str, Any]:
    """Import, and return the report."""
    printed = StringIO()
    call_command("import_tokens", source=DJANGO_OAUTH_TOOLKIT, json=True, stdout=printed, **options)
    told: dict[str, Any] = json.loads(printed.getvalue())
    return told


def at_the_aliases(application: Any) -> OAuthClient:
    """Return the client of an application that was imported."""
    return OAuthClient(Registered(OurApplication.objects.get(client_id=application.client_id), SECRET))
