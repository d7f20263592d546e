"""Several tabs of one browser: one session, and pages that are answered independently of each other."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.test import Client

from oauthcore.models import Consent
from reference_site.scopes import SCOPES
from tests.support.factories import register
from tests.support.oauth import OAuthClient, answer, with_person
from tests.support.races.crowd import Crowd


def in_own_tab(oauth: OAuthClient) -> OAuthClient:
    """Return the same session in a client of its own, which no other thread uses."""
    tab = Client()
    tab.cookies = oauth.browser.cookies.copy()
    return OAuthClient(oauth.registered, tab)


def given(responses: list[Any]) -> list[dict[str, str]]:
    """Return what the application was told; every other answer must be the page that refuses a second one."""
    pages = [one for one in responses if one.status_code != 302]
    assert {one.status_code for one in pages} <= {400}
    return [answer(one) for one in responses if one.status_code == 302]


def approve_pages_at_once(crowd: Crowd) -> tuple[Consent, set[str]]:
    """Let a person approve a page in every tab at once, each for another scope, for the first time.

    Returns the consent that is remembered, and the scopes of all the pages.
    """
    names = list(SCOPES)[1 : crowd.size + 1]
    oauth = with_person(register(scopes=["read", *names]))
    approvals = []
    for name in names:
        tab, scope = in_own_tab(oauth), f"read {name}"
        transaction = tab.authorize(scope=scope).context["transaction"]
        approvals.append(partial(tab.decide, transaction=transaction, scope=scope))
    codes = {one["code"] for one in given(crowd.at_once(approvals))}
    assert len(codes) == len(names)
    return Consent.objects.get(application=oauth.registered.application), {"read", *names}
