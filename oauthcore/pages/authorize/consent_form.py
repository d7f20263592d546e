"""What the consent page shows, and what a person ticked on it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from oauthcore.accounts import Account, User, person_of
from oauthcore.flows.oauth.authorization_request import AuthorizationRequest
from oauthcore.flows.oauth.consent.question import (
    AccessRequest,
    Question,
    Ticked,
    accounts_on_offer,
    is_for,
    remembered_account,
)
from oauthcore.flows.oauth.consent.shown_page import ShownPage
from oauthcore.flows.oauth.resources import in_words
from oauthcore.models import Consent
from oauthcore.pages.authorize.consent_claims import claim_context
from oauthcore.pages.authorize.consent_scopes import (
    FOLLOWED_ACCOUNTS,
    rows,
    scope_groups,
    shown_as_scopes,
    withheld,
)
from oauthcore.pages.authorize.waiting import switch_path
from oauthcore.pages.frame.responses import page
from oauthcore.recording.login_sessions import LOGIN_MARK
from oauthcore.rules.oauth import redirect_uris
from oauthcore.rules.oauth.self_registration import described_host
from oauthcore.rules.text.hosts import host_of


@dataclass(frozen=True)
class ConsentForm:
    """What is ticked, the chosen account, and the problem with them in words, if there is one."""

    ticked: Ticked
    account: Account | None
    problem: str = ""

    @classmethod
    def read(
        cls, body: QueryDict, *, shown: ShownPage, consent: Consent | None, accounts: Sequence[Account]
    ) -> ConsentForm:
        """Read the page's form. A scope or claim that was not shown stays in; the decision refuses it."""
        ticked = Ticked(frozenset(body.getlist("scope")), frozenset(body.getlist("claim")))
        sent = body.get("account") or None
        if sent is None and len(shown.account_uuids) == 1:
            sent = shown.account_uuids[0]  # a page with only one account offers no choice
        chosen = [one for one in accounts if str(one.uuid) == sent]
        problem = ""
        if not shown.question.decide(ticked).scopes:
            problem = _("Select at least one thing that the application may do, or choose Cancel.")
        elif accounts and not chosen:
            problem = _("Choose the account that the application may work on.")
        elif chosen and shown.question.kept and consent is not None and not is_for(consent, chosen[0]):
            problem = _(
                "You allowed access to another account before. Check what the application may do on this one."
            )
        return cls(ticked, chosen[0] if chosen else None, problem)


def consent_page(
    request: HttpRequest,
    query: str,
    asked: AuthorizationRequest,
    *,
    accounts: Sequence[Account],
    form: ConsentForm | None = None,
) -> HttpResponse:
    """Show the page, with the problem of the decision that was sent, if there is one."""
    context = {
        **question_context(
            request,
            asked.access,
            consent=asked.target.consent,
            accounts=accounts,
            bound_to=asked.bound_to,
            form=form,
        ),
        "switch_url": switch_path(request, query),
        "destination": {
            "host": redirect_uris.host_of(asked.target.redirect_uri),
            "scheme": redirect_uris.private_use_scheme(asked.target.redirect_uri),
            "is_device": redirect_uris.is_impersonable(asked.target.redirect_uri),
            "is_code": asked.target.is_out_of_band,
        },
        "form_action": f"{request.path}?{query}",
    }
    status = 400 if form else 200
    return page(
        request, "oauthcore/authorize/consent.html", context, status=status, has_form=True, leads_away=True
    )


def question_context(
    request: HttpRequest,
    asked: AccessRequest,
    *,
    consent: Consent | None,
    accounts: Sequence[Account],
    bound_to: tuple[str, ...],
    form: ConsentForm | None,
) -> dict[str, Any]:
    """Return the context of every consent page: application, person, scopes and transaction."""
    accounts = accounts_on_offer(asked, consent, accounts)
    selected = form.account if form else remembered_account(consent, accounts)
    user = person_of(request)
    question = Question.about(asked, consent, selected, user)
    ticked = form.ticked if form else None
    groups = scope_groups(question, asked, consent, accounts, ticked=ticked)
    kept = rows(shown_as_scopes(question.kept, asked), accounts)
    return {
        "application": asked.application,
        "application_host": host_of(asked.application.website),
        "described_host": described_host(
            asked.application.client_id, is_self_registered=asked.application.is_self_registered
        ),
        "is_verified": asked.application.is_verified,
        "is_trusted": asked.application.is_trusted,
        "person_name": _name_of(user),
        "resources": in_words(asked.resources),
        "scope_groups": groups,
        "can_untick": question.scopes != question.required,
        "kept": kept,
        **claim_context(question, asked, consent, user, ticked=ticked),
        "has_denials": any(
            one["denials"] for one in [*kept, *(row for group in groups for row in group["scopes"])]
        ),
        "withheld": withheld(asked.scopes),
        "accounts": [
            {
                "uuid": str(one.uuid),
                "name": one.name,
                "role": one.role,
                "selected": one == selected,
                "number": number if number <= FOLLOWED_ACCOUNTS else None,
            }
            for number, one in enumerate(accounts if asked.concerns_account else (), 1)
        ],
        "transaction": ShownPage.sign(
            asked,
            question,
            user=user,
            login_mark=login_mark_of(request),
            bound_to=bound_to,
            accounts=accounts,
        ),
        "form_error": form.problem if form else "",
    }


def login_mark_of(request: HttpRequest) -> str:
    """Return the value that binds a page to this session until the next login.

    The session key cannot be used, because a cookie session changes its key with each save.
    """
    mark: str = request.session.get(LOGIN_MARK) or secrets.token_urlsafe(16)
    if LOGIN_MARK not in request.session:  # the person logged in before this release
        request.session[LOGIN_MARK] = mark
    return mark


def _name_of(user: User) -> str:
    return str(user.get_full_name() or user.get_username()) if hasattr(user, "get_full_name") else str(user)
