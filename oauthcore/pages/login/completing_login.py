"""Logging in after the password was right: at once, or after the second step if the person has one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import uuid4

from django.contrib.auth import SESSION_KEY, login
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from oauthcore.accounts import User
from oauthcore.flows.passwords.credentials import still_there
from oauthcore.flows.passwords.password_tries import NO_TRIES, Tries, known_address
from oauthcore.flows.second_factor.challenges import ask_for_second_factor
from oauthcore.models import MFAChallenge, SecurityEvent
from oauthcore.models.database import atomic, not_again, retried
from oauthcore.pages.authorize.waiting import carry
from oauthcore.pages.frame.notes import SeeOther
from oauthcore.recording import events, logouts
from oauthcore.recording.login_sessions import LOGIN_METHODS, PASSED_SECOND_STEP, SECOND_STEP_AT
from oauthcore.rules.errors.sign_in import InvalidCredentials
from oauthcore.rules.oauth.step_up import PASSWORD, SECOND_FACTOR
from oauthcore.rules.sign_in.devices import DeviceDescriptor

_PENDING = "oauthcore_pending_login"
#: Session key: the methods that the person of the waiting login has shown already.
_SHOWN = "oauthcore_pending_methods"
#: Session key: the person of the waiting login has logged in already, and only shows the second factor again.
_CONFIRMS = "oauthcore_pending_confirms"


@dataclass(frozen=True)
class PendingLogin:
    """A login that waits for its second step. The session keeps it, without the password."""

    challenge: int
    backend: str
    next_url: str
    methods: list[str]
    #: How the person has logged in so far (RFC 8176).
    amr: tuple[str, ...] = ()
    #: Whether the person has logged in already, and only shows the second factor again.
    confirms: bool = False

    @classmethod
    def of(cls, request: HttpRequest) -> PendingLogin | None:
        """Return the login that waits in this session, or None."""
        kept = request.session.get(_PENDING)
        if not kept:
            return None
        amr, confirms = tuple(request.session.get(_SHOWN, ())), request.session.get(_CONFIRMS, False)
        return cls(**kept, amr=amr, confirms=confirms)

    def keep(self, request: HttpRequest) -> None:
        """Store the login in this session. It replaces an earlier one."""
        kept = asdict(self)
        # These have their own keys, so that processes of the previous release can still read the rest.
        request.session[_SHOWN] = list(kept.pop("amr"))
        request.session[_CONFIRMS] = kept.pop("confirms")
        request.session[_PENDING] = kept

    def live_challenge(self) -> MFAChallenge | None:
        """Return the challenge with its person, or None if it has expired."""
        challenge = MFAChallenge.find(pk=self.challenge, channel=MFAChallenge.Channel.BROWSER)
        return challenge if challenge is not None and challenge.obstacle(timezone.now()) is None else None


@retried
def complete_login(request: HttpRequest, user: User, backend: str, *, amr: Sequence[str] = ()) -> None:
    """Log a person in, in one transaction. The caller has checked password and second factor.

    ``amr`` are the methods with which the person proved who they are (RFC 8176), such as ``pwd``, ``otp`` and
    ``mfa``; empty is unknown.
    """
    # Django does not keep what a session was given in a request whose answer is 500 or more.
    with atomic():
        known_address(user, now=timezone.now()).remember()
        events.record(SecurityEvent.Kind.SIGNED_IN, user=user, reason="browser")
        not_again()  # the session changes, and the site's receivers are told
        _forget_pending(request)
        vars(request).update({PASSED_SECOND_STEP: True, LOGIN_METHODS: tuple(amr)})
        carry(request)
        if SESSION_KEY in request.session:
            request.session.cycle_key()  # Django does not for one and the same person
            if request.user.pk != user.pk:
                logouts.end_of_browser(request)  # Django ends the session if another person logs in
        login(request, user, backend=backend)
        if SECOND_FACTOR in amr:
            request.session[SECOND_STEP_AT] = time.time()


def confirm_login(request: HttpRequest, *, amr: Sequence[str]) -> None:
    """Note that a person who is logged in has shown the second factor again.

    It is no new login: the second factor alone does not answer an application that asks for one
    (``prompt=login``, ``max_age``).
    """
    not_again()  # the session changes
    _forget_pending(request)
    request.session[LOGIN_METHODS] = list(amr)
    request.session[SECOND_STEP_AT] = time.time()
    request.session.cycle_key()


def _forget_pending(request: HttpRequest) -> None:
    for key in (_PENDING, _SHOWN, _CONFIRMS):
        request.session.pop(key, None)


def log_in_or_ask(
    request: HttpRequest, user: User, *, backend: str, next_url: str, tries: Tries = NO_TRIES
) -> HttpResponseBase:
    """Log a person in after the right password, or redirect them to the second step.

    ``tries`` are the tries that were counted for the password. They are given back after the login. Raises
    InvalidCredentials for a person who was deleted meanwhile, and then stores nothing in the session.
    """
    try:
        with still_there(user):
            pending = ask(user, backend=backend, next_url=next_url, tries=tries, amr=(PASSWORD,))
            if pending is None:
                complete_login(request, user, backend, amr=(PASSWORD,))
    except InvalidCredentials:
        request.session.flush()
        request.user = AnonymousUser()
        raise
    if pending is None:
        tries.give_back()
        return HttpResponseRedirect(next_url)
    pending.keep(request)
    request.session.cycle_key()
    return SeeOther(reverse("oauthcore:second_step"))


def ask(
    user: User, *, backend: str, next_url: str, amr: tuple[str, ...], tries: Tries = NO_TRIES
) -> PendingLogin | None:
    """Return a login that waits for the second step, or None if the person has no second factor.

    ``amr`` says how the person has logged in so far.
    """
    # Each browser counts as its own device, so that somebody with the password cannot end another login.
    browser = DeviceDescriptor(client_uuid=uuid4())
    asked = ask_for_second_factor(user, MFAChallenge.Channel.BROWSER, browser, tries=tries)
    if asked is None:
        return None
    return PendingLogin(asked.challenge.pk, backend, next_url, list(asked.methods), amr)
