"""The scopes on the consent page: in words, with what the person's role on each account denies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from oauthcore.accounts import Account
from oauthcore.flows.oauth.consent.question import AccessRequest, Question, Ticked
from oauthcore.flows.oauth.scope_words import (
    Denial,
    ScopeInWords,
    denial,
    in_groups,
    sensitive_beyond,
)
from oauthcore.flows.oidc.requested_claims import told_by_claims
from oauthcore.models import Consent
from oauthcore.rules.oauth.scopes import Scopes

#: For so many accounts the stylesheet shows what the chosen one denies; for more, the page says it of all.
FOLLOWED_ACCOUNTS = 20

_MOST_WITHHELD = 3


def scope_groups(
    question: Question,
    asked: AccessRequest,
    consent: Consent | None,
    accounts: Sequence[Account],
    *,
    ticked: Ticked | None,
) -> list[dict[str, Any]]:
    """Return the scopes that are asked about, as rows with a box each, under the titles of their groups."""

    def is_new(name: str) -> bool:
        return consent is not None and not consent.covers(frozenset([name]), asked.resources)

    return [
        {
            "title": group.title,
            "scopes": [
                _row(scope, accounts)
                | {
                    "is_new": is_new(scope.name),
                    "is_required": scope.name in question.required,
                    "checked": ticked is None or scope.name in ticked.scopes | question.required,
                }
                for scope in group.scopes
            ],
        }
        for group in in_groups(shown_as_scopes(question.scopes, asked))
    ]


def shown_as_scopes(scopes: Scopes, asked: AccessRequest) -> Scopes:
    """Return the scopes without those that an OpenID request shows as claims, with their values."""
    return scopes if asked.claims is None else scopes - told_by_claims(scopes)


def rows(scopes: Scopes, accounts: Sequence[Account]) -> list[dict[str, Any]]:
    """Return scopes as rows for the page, in the vocabulary's order."""
    return [_row(scope, accounts) for group in in_groups(scopes) for scope in group.scopes]


def withheld(asked: Scopes) -> list[str]:
    """Return in words what the application cannot do, such as seeing the password."""
    said = [scope.description for scope in sensitive_beyond(asked)[: _MOST_WITHHELD - 1]]
    return [_("See or change your password"), *said]


def _row(scope: ScopeInWords, accounts: Sequence[Account]) -> dict[str, Any]:
    """Return a scope in words, with the ``denials`` of the person's role on each account.

    ``denied_on`` are the numbers of the accounts where the scope allows nothing. ``is_denied`` says that
    these are all accounts of the person.
    """
    places: Sequence[Account | None] = accounts or [None]
    found = [denial(scope.name, account) for account in places]
    whole = [one is not None and one.is_whole for one in found]
    return {
        "name": scope.name,
        "description": scope.description,
        "is_sensitive": scope.is_sensitive,
        "is_denied": all(whole),
        "denied_on": [number for number, is_whole in enumerate(whole, 1) if is_whole],
        "denials": list(_denials(found)),
    }


def _denials(found: Iterable[Denial | None]) -> Iterable[dict[str, Any]]:
    """Yield what each account denies, and one sentence for all after those that are followed."""
    has_more = False
    for number, one in enumerate(found, 1):
        if one is None:
            continue
        if number <= FOLLOWED_ACCOUNTS:
            yield {"number": number, "reason": one.reason, "parts": one.parts}
        has_more = has_more or number > FOLLOWED_ACCOUNTS
    if has_more:
        yield {"number": "more", "reason": _("not on some of your other accounts"), "parts": []}
