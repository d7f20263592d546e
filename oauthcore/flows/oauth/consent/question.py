"""What a person is asked: by whom, for what, and whether at all (RFC 6749 §4.1.1, OAuth 2.1 §7.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oauthcore import conf
from oauthcore.accounts import Account
from oauthcore.models import Application, Consent
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oauth.self_registration import is_document
from oauthcore.rules.oauth.step_up import UNKNOWN_LOGIN, Login


@dataclass(frozen=True)
class AccessRequest:
    """What an application asks a person for. The caller decides where the answer goes.

    ``resources`` are the requested resources; empty means all. ``is_impersonable`` says that another program
    could pose as the application. ``is_refreshable`` says that the grant gets refresh tokens.
    ``redirect_host`` is approved too; it is empty if it needs no approval. ``login`` is when and how the
    person logged in; the grant records it.
    """

    application: Application
    scopes: Scopes
    prompts: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()
    is_impersonable: bool = False
    is_refreshable: bool = True
    redirect_host: str = ""
    login: Login = UNKNOWN_LOGIN

    @property
    def is_silent(self) -> bool:
        """Whether no page may be shown."""
        return "none" in self.prompts

    @property
    def wants_page(self) -> bool:
        """Whether the page is wanted even where nothing is left to ask (OpenID Connect Core §3.1.2.1)."""
        return bool(self.prompts & {"consent", "select_account"})

    def goes_elsewhere(self, consent: Consent) -> bool:
        """Return whether the answer goes to another host than those that the person approved."""
        return bool(self.redirect_host) and self.redirect_host not in consent.redirect_hosts


def within_reach(application: Application) -> Scopes:
    """Return the scopes an application may ask for: its own and, if it registered itself, all open scopes.

    It could register again with any open scope. So it may ask for a scope that a challenge names, and the
    approval adds the scope to its own. A client with a metadata document has the scopes of its document.
    """
    widens = application.is_self_registered and not application.is_legacy
    widens = widens and not is_document(application.client_id)
    return application.scopes | conf.settings().open_scopes if widens else application.scopes


@dataclass(frozen=True)
class Question:
    """The question to a person: the scopes, which of them stay ticked, and the scopes kept from before."""

    scopes: Scopes
    required: Scopes = frozenset()
    kept: Scopes = frozenset()

    @classmethod
    def about(cls, asked: AccessRequest, consent: Consent | None, account: Account | None) -> Question:
        """Return the question of a request: after an earlier consent, only the new scopes.

        The question has all scopes if none is new but the page is shown, if the application asks for consent
        again, if the consent is for another account, or if the answer goes to another host.
        """
        vocabulary = conf.settings().vocabulary
        kept: Scopes = frozenset()
        if consent is not None and "consent" not in asked.prompts and is_for(consent, account):
            kept = frozenset(one for one in asked.scopes if consent.covers(frozenset([one]), asked.resources))
            kept = frozenset() if asked.goes_elsewhere(consent) else kept
        if kept == asked.scopes:
            kept = frozenset()
        new = asked.scopes - kept
        needed = asked.application.required_scopes
        return cls(new, frozenset(one for one in new if vocabulary.allows(needed, one)), kept)

    def granted(self, ticked: Scopes) -> Scopes:
        """Return what is granted when these are ticked."""
        return ticked | self.required | self.kept


def needs_page(asked: AccessRequest, consent: Consent | None, accounts: Sequence[Account]) -> bool:
    """Return whether the person must be asked, given their earlier consent and their accounts.

    If another program on the device could pose as the application, consent is asked each time, even for a
    trusted application (RFC 8252 §8.6). It is asked again if the approved account is gone.
    """
    if asked.wants_page or asked.is_impersonable:
        return True
    if asked.application.is_trusted:
        return False
    if consent is None or not _has_account(consent, accounts) or asked.goes_elsewhere(consent):
        return True
    return not consent.covers(asked.scopes, asked.resources)


def _has_account(consent: Consent, accounts: Sequence[Account]) -> bool:
    """Return whether the approved account is still the person's, or no account is needed."""
    return not accounts or any(is_for(consent, account) for account in accounts)


def is_for(consent: Consent, account: Account | None) -> bool:
    """Return whether a consent was given for this account; True without account."""
    return account is None or consent.account_uuid == account.uuid


def remembered_account(consent: Consent | None, accounts: Sequence[Account]) -> Account | None:
    """Return the account chosen last if it is still among those of the person, or the first, or None."""
    chosen = [one for one in accounts if consent is not None and one.uuid == consent.account_uuid]
    return next(iter([*chosen, *accounts]), None)
