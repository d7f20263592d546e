"""What a person is asked: by whom, for what, and whether at all (RFC 6749 §4.1.1, OAuth 2.1 §7.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oauthcore import conf
from oauthcore.accounts import Account, User
from oauthcore.flows.oidc.requested_claims import Claims, RequestedClaims, required_among, told_by_claims
from oauthcore.models import Application, Consent
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oauth.self_registration import is_document
from oauthcore.rules.oauth.step_up import UNKNOWN_LOGIN, Login
from oauthcore.rules.oidc.claims import OPENID, OPENID_SCOPES


@dataclass(frozen=True)
class AccessRequest:
    """What an application asks a person for. The caller decides where the answer goes.

    ``resources`` are the requested resources; empty means all. ``is_impersonable`` says that another program
    could pose as the application. ``is_refreshable`` says that the grant gets refresh tokens.
    ``redirect_host`` is approved too; it is empty if it needs no approval. ``login`` is when and how the
    person logged in; the grant records it. ``claims`` are the requested claims of an OpenID request.
    """

    application: Application
    scopes: Scopes
    prompts: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()
    is_impersonable: bool = False
    is_refreshable: bool = True
    redirect_host: str = ""
    login: Login = UNKNOWN_LOGIN
    claims: RequestedClaims | None = None
    #: The digest of the browser session in which the person approves, if it ends with their logout.
    browser: bytes | None = None

    @property
    def is_silent(self) -> bool:
        """Whether no page may be shown."""
        return "none" in self.prompts

    @property
    def wants_page(self) -> bool:
        """Whether the page is wanted even where nothing is left to ask (OpenID Connect Core §3.1.2.1)."""
        return bool(self.prompts & {"consent", "select_account"})

    @property
    def required_scopes(self) -> Scopes:
        """The scopes that the person cannot untick. In an OpenID request, those of OpenID Connect too.

        People decide about the claims that ``profile`` and ``email`` stand for, one by one. If such a scope
        includes others of the site, they decide about the scope as well.
        """
        vocabulary, required = conf.settings().vocabulary, self.application.required_scopes
        chosen = frozenset(one for one in self.scopes if vocabulary.allows(required, one))
        return chosen if self.claims is None else chosen | {OPENID} | told_by_claims(self.scopes)

    @property
    def concerns_account(self) -> bool:
        """Whether it asks for more than a sign-in, so that the person chooses an account for it."""
        return self.claims is None or bool(self.scopes - OPENID_SCOPES)

    @property
    def claim_names(self) -> Claims:
        """The names of the requested claims; none without the scope ``openid``."""
        return frozenset() if self.claims is None else self.claims.names

    def claims_with_values(self, user: User) -> Claims:
        """Return the requested claims for which the person has a value."""
        return frozenset() if self.claims is None else frozenset(self.claims.values_of(user))

    def new_claims(self, consent: Consent, user: User) -> Claims:
        """Return the claims about which the person has not decided, as far as they have a value for them."""
        unknown = self.claim_names - consent.claims - consent.withheld_claims
        return unknown & self.claims_with_values(user) if unknown else unknown

    def covered_by(self, consent: Consent, account: Account | None) -> Scopes:
        """Return the requested scopes that were approved before, for this account."""
        if not is_for(consent, account):
            return frozenset()
        return frozenset(one for one in self.scopes if consent.covers(frozenset([one]), self.resources))

    def goes_elsewhere(self, consent: Consent) -> bool:
        """Return whether the answer goes to another host than those that the person approved."""
        return bool(self.redirect_host) and self.redirect_host not in consent.redirect_hosts


def within_reach(application: Application) -> Scopes:
    """Return the scopes an application may ask for: its own and, if it registered itself, all open scopes.

    It could register again with any open scope. So it may ask for a scope that a challenge names, and the
    approval adds the scope to its own. A client with a metadata document has the scopes of its document. One
    that staff trust keeps to its own scopes: staff give it others themselves.
    """
    widens = application.is_self_registered and not application.is_legacy and not application.is_trusted
    widens = widens and not is_document(application.client_id)
    return application.scopes | conf.settings().open_scopes if widens else application.scopes


def new_for_application(application: Application, scopes: Scopes) -> Scopes:
    """Return those of the scopes that the application does not have: an approval would add them."""
    vocabulary = conf.settings().vocabulary
    return frozenset(one for one in scopes if not vocabulary.allows(application.scopes, one))


@dataclass(frozen=True)
class Ticked:
    """The scopes and the claims that a person has ticked."""

    scopes: Scopes
    claims: Claims = frozenset()


@dataclass(frozen=True)
class Decided:
    """What a person has approved, and what they were asked about and withheld."""

    scopes: Scopes
    claims: Claims = frozenset()
    withheld: Scopes = frozenset()
    withheld_claims: Claims = frozenset()


@dataclass(frozen=True)
class Question:
    """The question to a person: the scopes, which of them stay ticked, and the scopes kept from before.

    The claims of an OpenID request are asked in the same way.
    """

    scopes: Scopes
    required: Scopes = frozenset()
    kept: Scopes = frozenset()
    claims: Claims = frozenset()
    required_claims: Claims = frozenset()
    kept_claims: Claims = frozenset()

    @classmethod
    def about(
        cls, asked: AccessRequest, consent: Consent | None, account: Account | None, user: User
    ) -> Question:
        """Return the question of a request: after an earlier consent, only the new scopes and claims.

        The question has all of them if none is new but the page is shown, if the application asks for consent
        again, if the consent is for another account, or if the answer goes to another host. Claims for which
        the person has no value are left out.
        """
        kept, kept_claims, claims = frozenset[str](), frozenset[str](), asked.claims_with_values(user)
        if consent is not None and "consent" not in asked.prompts and not asked.goes_elsewhere(consent):
            kept, new_claims = asked.covered_by(consent, account), asked.new_claims(consent, user)
            if kept == asked.scopes and not new_claims:
                kept = frozenset()
            else:
                claims, kept_claims = new_claims, asked.claim_names & consent.claims
        new = asked.scopes - kept
        return cls(
            new,
            new & asked.required_scopes,
            kept,
            claims,
            required_among(claims, asked.application.required_scopes),
            kept_claims,
        )

    @property
    def parts(self) -> tuple[frozenset[str], ...]:
        """Its sets, in the order in which they are given."""
        return (
            self.scopes,
            self.required,
            self.kept,
            self.claims,
            self.required_claims,
            self.kept_claims,
        )

    def decide(self, ticked: Ticked) -> Decided:
        """Return what is approved and what is withheld when these are ticked."""
        scopes = ticked.scopes | self.required | self.kept
        claims = ticked.claims | self.required_claims | self.kept_claims
        return Decided(scopes, claims, self.scopes - scopes, self.claims - claims)

    def was_asked(self, ticked: Ticked) -> bool:
        """Return whether the question has every ticked scope and claim."""
        scopes, claims = self.scopes | self.kept, self.claims | self.kept_claims
        return ticked.scopes <= scopes and ticked.claims <= claims


def needs_page(
    asked: AccessRequest, consent: Consent | None, accounts: Sequence[Account], user: User
) -> bool:
    """Return whether the person must be asked, given their earlier consent and their accounts.

    If another program on the device could pose as the application, consent is asked each time, even for a
    trusted application (RFC 8252 §8.6). It is asked again if the approved account is gone, and for a
    scope that is not among the application's own.
    """
    if asked.wants_page or asked.is_impersonable:
        return True
    if new_for_application(asked.application, asked.scopes):
        return True  # the approval adds them to its own
    if asked.application.is_trusted:
        return False
    if consent is None or not _has_account(consent, accounts) or asked.goes_elsewhere(consent):
        return True
    return not consent.covers(asked.scopes, asked.resources) or bool(asked.new_claims(consent, user))


def _has_account(consent: Consent, accounts: Sequence[Account]) -> bool:
    """Return whether the approved account is still the person's, or no account is needed."""
    return not accounts or any(is_for(consent, account) for account in accounts)


def is_for(consent: Consent, account: Account | None) -> bool:
    """Return whether a consent was given for this account; True without account."""
    return account is None or consent.account_uuid == account.uuid


def accounts_on_offer(
    asked: AccessRequest, consent: Consent | None, accounts: Sequence[Account]
) -> Sequence[Account]:
    """Return the accounts from which the person chooses. For a sign-in alone, only the earlier choice."""
    if asked.concerns_account:
        return accounts
    account = remembered_account(consent, accounts)
    return [account] if account else []


def remembered_account(consent: Consent | None, accounts: Sequence[Account]) -> Account | None:
    """Return the account chosen last if it is still among those of the person, or the first, or None."""
    chosen = [one for one in accounts if consent is not None and one.uuid == consent.account_uuid]
    return next(iter([*chosen, *accounts]), None)
