"""A person who signs in at an application with OpenID Connect, and logs out again."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from oauthcore.flows.logout.deliveries import send_due
from oauthcore.models import Grant, LogoutDelivery, RelyingPartySession
from oauthcore.models.subjects import subject_of
from tests.support.factories import Registered, UserFactory, register
from tests.support.oauth import OAuthClient
from tests.support.signing import ISSUER, make_keys, signed_by_the_site

PAGE = "/oauth/logout"
#: Where people return to the application.
AFTERWARDS = "https://client.example/loggedout"
TOLD_AT = "https://client.example/backchannel"


def switch_on(settings: Any) -> None:
    """Let applications sign people in with OpenID Connect."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}


def register_openid(**values: Any) -> Registered:
    """Register an application that signs people in."""
    return register(
        **{
            "scopes": ["read", "openid"],
            "post_logout_redirect_uris": [AFTERWARDS],
            "backchannel_logout_uri": TOLD_AT,
            **values,
        }
    )


class SignedIn(OAuthClient):
    """An application in which a person is signed in, from one browser."""

    def __init__(self, user: Any = None, *, browser: Client | None = None, **values: Any) -> None:
        self.user = user or UserFactory()
        if browser is None:
            browser = Client()
            browser.force_login(self.user)
        super().__init__(register_openid(**values), browser)
        self.sign_in()

    def sign_in(self, **changes: Any) -> Grant:
        """Have the person approve, as each sign-in does, and return the grant."""
        self.code(**{"scope": "openid read", **changes})
        found = Grant.objects.filter(application=self.registered.application).order_by("-pk").first()
        assert found is not None
        return found

    @property
    def session(self) -> RelyingPartySession | None:
        """The person's session at the application, as long as it lasts."""
        rows = RelyingPartySession.objects.filter(application=self.registered.application, user=self.user)
        return rows.order_by("-pk").first()

    @property
    def deliveries(self) -> list[LogoutDelivery]:
        """The deliveries to the application, the oldest first."""
        return list(self.registered.application.logout_deliveries.order_by("pk"))

    def id_token(self, *, type_: str = "JWT", **changes: Any) -> str:
        """Return an id token of the person's sign-in, expired by now."""
        now = int(timezone.now().timestamp())
        claims = {
            "iss": ISSUER,
            "sub": str(subject_of(Grant(user=self.user))),
            "aud": self.registered.client_id,
            "iat": now - 7200,
            "exp": now - 3600,
            "sid": str(self.session.sid) if self.session else None,
            **changes,
        }
        said = {name: value for name, value in claims.items() if value is not None}
        return signed_by_the_site(said, type_=type_)

    def ask(self, **changes: Any) -> Any:
        """Send the browser to the logout page, as the application does."""
        parameters = {
            "client_id": self.registered.client_id,
            "post_logout_redirect_uri": AFTERWARDS,
            "state": "a state",
            **changes,
        }
        return self.browser.get(
            PAGE, {name: value for name, value in parameters.items() if value is not None}
        )

    def confirm(self, page: Any, **changes: Any) -> Any:
        """Answer the page."""
        return self.browser.post(PAGE, {"asked": page.context["asked"], "decision": "log_out", **changes})

    @property
    def is_logged_in(self) -> bool:
        """Whether the browser is logged in at the site."""
        return "_auth_user_id" in self.browser.session


def other_person() -> Any:
    """Return somebody else."""
    return get_user_model()._default_manager.get(pk=UserFactory().pk)


def with_keys(settings: Any) -> None:
    """Switch OpenID Connect on, with keys to sign with."""
    switch_on(settings)
    make_keys()


def send_logouts(**limits: Any) -> tuple[int, int]:
    """Send the logout tokens that are due; return how many were delivered, and how many were not."""
    counted = send_due(now=timezone.now(), **limits)
    return counted[True], counted[False]
