"""The claims on the consent page: in words, with the values that the application gets."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from oauthcore.accounts import User
from oauthcore.flows.oauth.consent.question import AccessRequest, Question, Ticked
from oauthcore.flows.oauth.scope_words import in_words as scope_in_words
from oauthcore.flows.oidc.claim_words import in_words
from oauthcore.flows.oidc.requested_claims import claims_by_scope
from oauthcore.models import Consent


def claim_context(
    question: Question, asked: AccessRequest, consent: Consent | None, user: User, *, ticked: Ticked | None
) -> dict[str, Any]:
    """Return the context of the claims: the new ones in groups, and those that were allowed before.

    Without the scope ``openid`` there are none, and nobody is asked for values.
    """
    if asked.claims is None:
        return {"claim_groups": [], "kept_claims": [], "can_untick_claims": False}
    values = asked.claims.values_of(user)
    withheld = consent.withheld_claims if consent else frozenset()
    before = consent.claims | withheld if consent else question.claims

    def row(name: str, label: str, value: str) -> dict[str, Any]:
        is_required = name in question.required_claims
        is_ticked = name in ticked.claims if ticked else name not in withheld
        return {
            "name": name,
            "label": label,
            "value": value,
            "is_required": is_required,
            "is_new": name not in before,
            "checked": is_required or is_ticked,
        }

    return {
        "claim_groups": [
            {
                "title": scope_in_words(scope).description if scope else _("More about you"),
                "claims": [row(one.name, one.label, one.value) for one in in_words(values, names)],
            }
            for scope, names in claims_by_scope(question.scopes, question.claims)
        ],
        "kept_claims": in_words(values, question.kept_claims),
        "can_untick_claims": question.claims != question.required_claims,
    }
