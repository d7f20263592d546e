"""Requests to log out: what an application asks for (OpenID Connect RP-Initiated Logout §2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing

from oauthcore.accounts import User
from oauthcore.flows.oauth.authorization_parameters import LONGEST_STATE
from oauthcore.flows.oauth.client_authentication import find_application
from oauthcore.flows.oidc.id_token_hints import Hint, read_hint
from oauthcore.models import Application, RelyingPartySession
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.oidc.logout import answer_to
from oauthcore.rules.wire.parameters import Parameters

#: The parameters that are read; all others are ignored.
PARAMETERS = frozenset(
    ["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales", "logout_hint", "lang"]
)

_SALT = "oauthcore.logout"
#: For how many seconds the person may look at the page.
_SECONDS = 600


class LogoutRefused(OAuthError):
    """The request is wrong. A page says so, and the browser is not redirected."""

    error = "invalid_request"
    status = 400

    def __init__(self, reason: str, *, application: Application | None = None) -> None:
        super().__init__(reason)
        self.application = application


@dataclass(frozen=True)
class LogoutRequest:
    """A valid request. ``application`` is None if the person came on their own.

    ``redirect_uri`` is registered for the application, and empty if the person stays here afterwards.
    """

    application: Application | None = None
    redirect_uri: str = ""
    state: str = ""
    hint: Hint | None = None
    languages: str = ""

    @classmethod
    def parse(cls, parameters: Parameters) -> LogoutRequest:
        """Build the request; raise LogoutRefused. A redirect URI needs a known application."""
        if parameters.repeated:
            raise LogoutRefused("a parameter was sent more than once")
        hint, client_id = read_hint(parameters.get("id_token_hint")), parameters.get("client_id")
        if hint is not None and client_id is None:
            client_id = hint.client_id
        application = None if client_id is None else _named(client_id)
        if client_id is not None and application is None:
            raise LogoutRefused("no enabled application has this client_id")
        if application is not None and hint is not None and hint.client_id != application.client_id:
            raise LogoutRefused("the id_token_hint is of another application", application=application)
        uri, state = parameters.get("post_logout_redirect_uri") or "", parameters.get("state") or ""
        if uri:
            _check_target(application, uri)
        if len(state.encode()) > LONGEST_STATE:
            raise LogoutRefused("the state is too long", application=application)
        languages = " ".join(filter(None, (parameters.get("lang"), parameters.get("ui_locales"))))
        return cls(application, uri, state if uri else "", hint, languages)

    @classmethod
    def load(cls, text: str) -> LogoutRequest:
        """Return the request that ``sign`` wrote, checked again; raise LogoutRefused."""
        try:
            content = signing.loads(text, salt=_SALT, max_age=_SECONDS)
        except signing.BadSignature:
            raise LogoutRefused("the page is too old, or is not ours") from None
        client_id, uri, state, hint, languages = content
        application = None if client_id is None else find_application(client_id)
        if client_id is not None and application is None:
            raise LogoutRefused("the application was disabled meanwhile")
        if uri:
            _check_target(application, uri)
        return cls(application, uri, state, None if hint is None else Hint.load(hint), languages)

    def sign(self) -> str:
        """Return the request as a signed text without the id token, for our own form and address."""
        client_id = None if self.application is None else self.application.client_id
        hint = None if self.hint is None else self.hint.dump()
        content: list[Any] = [client_id, self.redirect_uri, self.state, hint, self.languages]
        return signing.dumps(content, salt=_SALT, compress=True)

    @property
    def answer(self) -> str:
        """The address to go on to, with the state, or an empty text."""
        return answer_to(self.redirect_uri, self.state) if self.redirect_uri else ""

    def goes_on_at_once(self, *, was_asked: bool) -> bool:
        """Return whether the browser is redirected to the address, once nobody is logged in.

        Anybody can register an application, and send people through a link of this site. So a person who was
        not asked anything follows a link, unless staff know the application (RP-Initiated Logout §3).
        """
        is_stranger = self.application is not None and self.application.is_stranger
        return bool(self.answer) and (was_asked or not is_stranger)

    def is_of_somebody_else(self, user: User, *, browser: bytes) -> bool:
        """Return whether the hint names a person or session that is not the browser's."""
        if self.hint is None or self.application is None:
            return False
        rows = RelyingPartySession.objects.in_browser(browser).filter(application=self.application)
        found = rows.filter(user=user).first()
        if found is None or str(found.subject) != self.hint.subject:
            return True
        return self.hint.sid not in (None, found.sid)


def _named(client_id: str) -> Application | None:
    """Return the application of a client ID. Its number is not enough: numbers can be guessed.

    The pages show the names of applications, also to people who are not logged in.
    """
    found = find_application(client_id)
    return found if found is not None and found.client_id == client_id else None


def _check_target(application: Application | None, uri: str) -> None:
    """Refuse an address that is not registered byte for byte, or breaks a newer rule."""
    if application is None:
        raise LogoutRefused("post_logout_redirect_uri needs a client_id or an id_token_hint")
    is_registered = uri in application.post_logout_redirect_uris
    if not is_registered or application.problem_with_redirect_uri(uri, is_registered=True) is not None:
        raise LogoutRefused(
            "post_logout_redirect_uri is not registered for the application", application=application
        )
