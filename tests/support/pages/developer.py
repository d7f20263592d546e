"""A developer at their browser: the Applications pages as somebody uses them, form by form."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from oauthcore.models import Application
from tests.support.factories import REDIRECT_URI, UserFactory, register

NEW = "/oauth/applications/new"
LIST = "/oauth/applications/"


class Developer:
    """Somebody who is logged in: ``register``, ``change``, ``rotate`` … send what their browser would."""

    def __init__(self, user: Any = None) -> None:
        self.user = user or UserFactory()
        self.browser = Client()
        self.browser.force_login(self.user)

    def has(self, **values: Any) -> Application:
        """Give the developer an application, as staff would."""
        return register(owner=self.user, **values).application

    def get(self, path: str) -> Any:
        return self.browser.get(path)

    def see(self, application: Application, part: str = "") -> Any:
        """Open a page of an application."""
        return self.browser.get(f"{LIST}{application.pk}/{part}")

    def send(self, application: Application, part: str, **form: Any) -> Any:
        """Send a form of an application."""
        return self.browser.post(f"{LIST}{application.pk}/{part}", form)

    def register(self, *, page: str | None = None, **changes: Any) -> Any:
        """Open the form and register a confidential application; a change to None leaves a field out."""
        if page is None:
            page = self.get(NEW).context["page"]
        form = {
            "page": page,
            "name": "Photo Printer",
            "client_type": "confidential",
            "redirect_uris": REDIRECT_URI,
            "grant_types": ["authorization_code", "refresh_token"],
            "scopes": ["read"],
            **changes,
        }
        return self.browser.post(NEW, {name: value for name, value in form.items() if value is not None})

    def change(self, application: Application, **changes: Any) -> Any:
        """Send the settings as they are, but for the changes."""
        form = {
            "name": application.name,
            "website": application.website,
            "redirect_uris": "\r\n".join(application.redirect_uris),
            "grant_types": sorted(application.grant_types),
            "scopes": sorted(application.scopes),
            "default_scopes": sorted(application.default_scopes),
            "required_scopes": sorted(application.required_scopes),
            **({"dpop_bound_access_tokens": "on"} if application.dpop_bound_access_tokens else {}),
            **changes,
        }
        return self.send(application, "edit", **form)

    def rotate(self, application: Application, *, overlap: int = 0, page: str | None = None) -> Any:
        """Open the page of secrets and ask for a new one."""
        if page is None:
            page = self.see(application, "secrets").context["page"]
        return self.send(application, "secrets", page=page, overlap=overlap)


def secret_in(response: Any) -> str:
    """Return the secret that a page shows."""
    assert response.status_code == 200, response.content
    return re.findall(r'<output id="secret"[^>]*>([^<]+)<', response.content.decode())[0]


def problems_in(response: Any) -> dict[str, list[str]]:
    """Return what a page says is wrong, by field."""
    assert response.status_code == 400, response.content
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}


def after(response: Any) -> Any:
    """Follow a redirect within the site as the browser would."""
    assert response.status_code == 303, response.content
    return response.client.get(response["Location"])
