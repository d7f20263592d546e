"""A person who approves an application in one tab of their browser, and takes it back in another."""

from __future__ import annotations

from functools import partial

from django.contrib.auth import get_user_model

from oauthcore.models import Consent, Grant
from tests.support.factories import bearer
from tests.support.oauth import OAuthClient
from tests.support.races.crowd import Act

# What is written first and last: between them, one act could slip into another.
HOLDING = ("INSERT INTO oauthcore_consent", "UPDATE oauthcore_consent")
OPENING = ("INSERT INTO oauthcore_grant",)
FORGETTING = ("DELETE FROM oauthcore_consent",)
ENDING = ("UPDATE oauthcore_grant",)
TAKING = (*FORGETTING, *ENDING, "INSERT INTO oauthcore_securityevent")


def withdraws(page: OAuthClient) -> Act:
    """Let the person end the application's access."""
    return partial(page.browser.post, "/oauth/connections/", {"application": page.registered.application.pk})


def approves(tab: OAuthClient) -> Act:
    """Open the consent page, and let the person say yes on it."""
    transaction = tab.authorize(prompt="consent").context["transaction"]
    return partial(tab.decide, transaction=transaction, prompt="consent")


def asks_silently(tab: OAuthClient) -> Act:
    """Ask for a code without a page."""
    return partial(tab.authorize, prompt="none")


def live() -> int:
    return Grant.objects.filter(revoked_at=None).count()


def approved_before(oauth: OAuthClient) -> str:
    """Let there be a consent, and a grant under it; return its access token."""
    person, application = get_user_model().objects.get(), oauth.registered.application
    Consent.objects.create(user=person, application=application, scopes=["read"])
    return bearer(user=person, application=application)
